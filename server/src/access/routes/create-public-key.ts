import { oneAnswer } from '../../http/answers.ts';
import { httpErrors } from '../../http/http-errors.ts';
import { type AccountOperation, writing } from '../../http/operation.ts';
import { readOne } from '../../http/read-body.ts';
import { readObject, requireFields } from '../../http/read-object.ts';
import { refusal } from '../../kit/refusal.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import { changeContext } from '../acting-member.ts';
import { keyOwner } from '../key-owner.ts';
import { readPublicKey } from '../public-key.ts';
import { publicKeySchema } from '../public-key-schema.ts';
import { publicKeyOnWire } from '../public-key-wire.ts';
import { insertPublicKey } from '../store/public-key-store.ts';

/** `POST /public-key?user_id=`: registers a key with which the account may log in (Token-Based API Authentication). */
export const createPublicKey = (catalog: Catalog): AccountOperation => ({
  id: 'createPublicKey',
  method: 'POST',
  paths: ['/public-key'],
  summary: 'Register a public key for logins by signed tokens',
  access: writing,
  body: publicKeySchema,
  answer: publicKeySchema,
  parameters: [{ name: 'user_id', description: 'The account that the key is for: your own; administrators name any' }],
  async handle(call) {
    const account = await keyOwner(catalog.read, call);
    const sent = readObject(publicKeySchema, readOne(call.body, 'public_key', call.warnings), 'public-key', call.warnings);
    requireFields(sent, ['name', 'encoded_value'], 'public-key');
    const { name = '', encoded_value: pem = '', user_id: user = account.id, active = true } = sent;
    if (user !== account.id)
      throw refusal(httpErrors.invalidField, { path: 'public-key.user_id', fault: `must be ${account.id}, as the address says` });
    readPublicKey(pem);
    const row = await catalog.change(changeContext(call, 'createPublicKey'), (change) =>
      insertPublicKey(change, account.member_id, { account_id: account.id, name, encoded_value: pem, active: Number(active) }),
    );
    return oneAnswer('public-key', publicKeyOnWire(row), { id: row.id });
  },
});
