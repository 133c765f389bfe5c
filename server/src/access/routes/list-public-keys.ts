import { addressedIds, addressedList, listedAnswer } from '../../http/answers.ts';
import { readListRequest, trimmed } from '../../http/list-parameters.ts';
import { metaOperation } from '../../http/meta-operation.ts';
import { type AccountOperation, reading } from '../../http/operation.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { keyOwner } from '../key-owner.ts';
import { publicKeySchema } from '../public-key-schema.ts';
import { publicKeyOnWire } from '../public-key-wire.ts';
import { listPublicKeys as listRows, publicKeyFields } from '../store/public-key-store.ts';

/** `GET /public-key?user_id=`: an account's registered keys (Token-Based API Authentication). */
export const listPublicKeys = (db: CatalogReader): AccountOperation => ({
  id: 'listPublicKeys',
  method: 'GET',
  paths: ['/public-key', '/public-key/:first'],
  summary: 'Read the registered keys of an account',
  access: reading,
  answer: publicKeySchema,
  parameters: [{ name: 'user_id', description: 'The account: your own; administrators name any' }],
  async handle(call) {
    const account = await keyOwner(db, call);
    const ids = addressedIds(call.parameters, call.path.first);
    const list = addressedList(readListRequest(call.parameters, publicKeyFields), ids);
    const { rows, count } = await listRows(db, account.id, list);
    const shown = rows.map((row) => trimmed(publicKeyOnWire(row), list.shown));
    return listedAnswer({ one: 'public-key', many: 'public-keys' }, list, shown, count);
  },
});

/** `GET /public-key/meta`. */
export const describePublicKeys = (): AccountOperation => metaOperation('describePublicKeys', ['/public-key'], 'keys', publicKeyFields);
