import { type AccountOperation, reading } from '../../http/operation.ts';
import { addressedIds, listAnswer, narrowedTo, notFound, oneAnswer } from '../../http/answers.ts';
import { describeFields, readListRequest, trimmed } from '../../http/list-parameters.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { accountSchema } from '../account-schema.ts';
import { accountOnWire } from '../account-wire.ts';
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
    const asked = readListRequest(parameters, accountFields);
    const member = caller.role === 'admin' ? null : caller.memberId;
    const only = current ? caller.accountId : ids?.length === 1 ? ids[0] : undefined;
    if (only !== undefined) {
      const row = only === null ? undefined : await readAccount(db, only);
      if (!row || (member !== null && row.member_id !== member)) throw notFound('user', 'id', only ?? 'of the operator');
      return oneAnswer('user', trimmed(accountOnWire(row), asked.shown));
    }
    const { rows, count } = await listRows(db, member, narrowedTo(asked, ids));
    return listAnswer(
      'users',
      rows.map((row) => trimmed(accountOnWire(row), asked.shown)),
      count,
      asked,
    );
  },
});

/** `GET /user/meta`. */
export const describeAccounts = (): AccountOperation => ({
  id: 'describeAccounts',
  method: 'GET',
  paths: ['/user/meta'],
  summary: 'The fields of accounts, and which of them sort and filter',
  access: reading,
  handle: () => ({ fields: { fields: describeFields(accountFields) }, outputTerm: 'fields' }),
});
