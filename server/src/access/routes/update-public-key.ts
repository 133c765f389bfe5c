import { notFound, oneAnswer } from '../../http/answers.ts';
import { httpErrors } from '../../http/http-errors.ts';
import { type AccountOperation, writing } from '../../http/operation.ts';
import { readOne } from '../../http/read-body.ts';
import { readObject } from '../../http/read-object.ts';
import { refusal } from '../../kit/refusal.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import { changeContext } from '../acting-member.ts';
import { keyOwner } from '../key-owner.ts';
import { publicKeyChangeSchema, publicKeySchema } from '../public-key-schema.ts';
import { publicKeyOnWire } from '../public-key-wire.ts';
import { readPublicKey, updatePublicKey as updateRow } from '../store/public-key-store.ts';

/** `PUT /public-key?key_id=&user_id=`: switches a key on or off, from the next login on (Token-Based API Authentication). */
export const updatePublicKey = (catalog: Catalog): AccountOperation => ({
  id: 'updatePublicKey',
  method: 'PUT',
  paths: ['/public-key'],
  summary: 'Switch a registered key on or off',
  access: writing,
  body: publicKeyChangeSchema,
  answer: publicKeySchema,
  parameters: [
    { name: 'key_id', description: 'The key' },
    { name: 'user_id', description: 'Its account: your own; administrators name any' },
  ],
  async handle(call) {
    const account = await keyOwner(catalog.read, call);
    const id = call.parameters.id('key_id');
    if (id === undefined) throw refusal(httpErrors.missingParameter, { name: 'key_id' });
    const sent = readObject(publicKeyChangeSchema, readOne(call.body, 'public_key', call.warnings), 'public-key', call.warnings);
    const row = await catalog.change(changeContext(call, 'updatePublicKey'), async (change) => {
      const before = await readPublicKey(change.db, account.id, id);
      if (!before) throw notFound('key', 'id', id);
      return updateRow(change, account.member_id, before, { active: sent.active === undefined ? before.active : Number(sent.active) });
    });
    return oneAnswer('public-key', publicKeyOnWire(row), { id });
  },
});
