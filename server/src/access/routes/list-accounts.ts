import { type AccountOperation, reading } from '../../http/operation.ts';
import { addressedIds, addressedList, listedAnswer, notFound, oneAnswer } from '../../http/answers.ts';
import { readListRequest, trimmed } from '../../http/list-parameters.ts';
import { metaOperation } from '../../http/meta-operation.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { accountSchema } from '../account-schema.ts';
import { accountOnWire } from '../account-wire.ts';
import { sightOf } from '../acting-member.ts';
import { accountFields, listAccounts as listRows, readAccount } from '../store/account-store.ts';

/** `GET /user`, `/user?current`, `/user/current`, `/user?id=` (User Service). Members see their own accounts. */
export const listAccounts = (db: CatalogReader): AccountOperation => ({
  id: 'listAccounts',
  method: 'GET',
  paths: ['/user', '/user/:first'],
  summary: 'Read accounts (API logins)',
  access: reading,
  answer: accountSchema,
  async handle(call) {
    const { caller, parameters, path } = call;
    const current = parameters.flag('current') === true || path.first === 'current';
    const ids = addressedIds(parameters, path.first === 'current' ? undefined : path.first);
    const member = sightOf(call, 'member_id');
    const list = addressedList(readListRequest(parameters, accountFields), ids);
    if (current) {
      const own = caller.accountId === null ? undefined : await readAccount(db, caller.accountId);
      if (!own) throw notFound('user', 'id', 'of the operator');
      return oneAnswer('user', trimmed(accountOnWire(own), list.shown));
    }
    const { rows, count } = await listRows(db, member, list);
    const shown = rows.map((row) => trimmed(accountOnWire(row), list.shown));
    return listedAnswer({ one: 'user', many: 'users' }, list, shown, count);
  },
});

/** `GET /user/meta`. */
export const describeAccounts = (): AccountOperation => metaOperation('describeAccounts', ['/user'], 'accounts', accountFields);
