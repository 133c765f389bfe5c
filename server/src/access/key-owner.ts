import { notFound } from '../http/answers.ts';
import { httpErrors } from '../http/http-errors.ts';
import type { Call } from '../http/operation.ts';
import { refusal } from '../kit/refusal.ts';
import type { CatalogReader } from '../storage/sql/catalog-schema.ts';
import { accessErrors } from './access-errors.ts';
import { type AccountRow, readAccount } from './store/account-store.ts';

/**
 * Whose keys is a call about? `user_id` names the account: one's own, for administrators any (platform.md section 2, "JWT").
 * @throws Refusal http.missingParameter, access.keysNotYours, http.notFound
 */
export async function keyOwner(db: CatalogReader, call: Call): Promise<AccountRow> {
  const id = call.parameters.id('user_id');
  if (id === undefined) throw refusal(httpErrors.missingParameter, { name: 'user_id' });
  if (call.caller.role !== 'admin' && id !== call.caller.accountId) throw refusal(accessErrors.keysNotYours);
  const account = await readAccount(db, id);
  if (!account) throw notFound('user', 'id', id);
  return account;
}
