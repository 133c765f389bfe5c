import type { CatalogChange } from '../storage/sql/catalog-change.ts';
import type { AccountTable } from '../storage/sql/catalog-schema.ts';
import { differing, highestId, type Imported, importConflict, type KindCounts, noCounts } from '../storage/sql/import-parts.ts';
import { defaultLoginsPer5Minutes } from './account.ts';
import { insertAccount, updateAccount, type WrittenAccount } from './store/account-store.ts';

/** An account in an import file: `users` (platform.md section 11). */
export interface ImportedAccount {
  readonly id?: number;
  readonly member_id?: number;
  readonly username?: string;
  readonly password?: string;
  readonly role?: 'admin' | 'member' | 'viewer';
  readonly state?: 'active' | 'inactive';
  readonly logins_per_5_minutes?: number | null;
  readonly email?: string;
  readonly first_name?: string;
  readonly last_name?: string;
}

export interface AccountImportOptions {
  /** Hashes of the passwords of accounts that are to be made, by id. */
  readonly hashes: ReadonlyMap<number, string>;
  /** The file's passwords are known to everybody. */
  readonly testPasswords: boolean;
}

type NameHolder = Pick<AccountTable, 'id' | 'first_start'>;

/** Accounts by id. One that is there keeps its member, its name and its password; the one of the first start is taken over whole. */
export async function importAccounts(
  change: CatalogChange,
  users: readonly Imported<ImportedAccount>[],
  options: AccountImportOptions,
): Promise<KindCounts> {
  const counts = noCounts();
  const known = new Map((await change.db.selectFrom('account').selectAll().execute()).map((row) => [row.id, row]));
  const names = new Map([...known.values()].map((row): [string, NameHolder] => [row.username, row]));
  const memberTypes = new Map(
    (await change.db.selectFrom('member').select(['id', 'primary_type']).execute()).map((row) => [row.id, row.primary_type]),
  );
  for (const { object, fields } of users) {
    const { id = 0, member_id: memberId = 0, username = '', role } = fields;
    const memberType = memberTypes.get(memberId);
    if (memberType === undefined) throw importConflict(object, `there is no member ${memberId}`);
    if (role === 'admin' && memberType !== 'platform')
      throw importConflict(object, `member ${memberId} is not the platform, and only its accounts can be admins`);
    const holder = names.get(username);
    if (holder && holder.id !== id) {
      if (holder.first_start === 0) throw importConflict(object, `the user name '${username}' belongs to account ${holder.id}`);
      const first = known.get(holder.id);
      if (first) await removeFirstAccount(change, first);
      known.delete(holder.id);
    }
    const before = known.get(id);
    const wanted = wantedFields(fields);
    if (before?.first_start === 1) await takeOver(change, id, { ...newAccount(fields, options), ...wanted });
    else if (before) {
      if (before.username !== username)
        throw importConflict(object, `account ${id} is there with the user name '${before.username}', which cannot change`);
      if (before.member_id !== memberId)
        throw importConflict(object, `account ${id} belongs to member ${before.member_id}, which cannot change`);
      const changed = differing<AccountTable>(before, wanted);
      if (changed) await updateAccount(change, id, changed);
      counts[changed ? 'changed' : 'unchanged'] += 1;
      continue;
    } else await insertAccount(change, { ...newAccount(fields, options), ...wanted }, id);
    names.set(username, { id, first_start: 0 });
    counts.created += 1;
  }
  await change.reserveIds('account', highestId(users));
  return counts;
}

/** What the file says of an account that may be there already: everything but its password. */
function wantedFields(fields: ImportedAccount): Partial<AccountTable> {
  const { role, state, logins_per_5_minutes: logins, email, first_name: firstName, last_name: lastName } = fields;
  return {
    ...(role === undefined ? {} : { user_type: role === 'admin' ? 'admin' : 'member', read_only: Number(role === 'viewer') }),
    ...(state === undefined ? {} : { state }),
    ...(logins === undefined ? {} : { logins_per_5_minutes: logins }),
    ...(email === undefined ? {} : { email }),
    ...(firstName === undefined ? {} : { first_name: firstName }),
    ...(lastName === undefined ? {} : { last_name: lastName }),
  };
}

function newAccount(fields: ImportedAccount, options: AccountImportOptions): WrittenAccount {
  const { id = 0, member_id: memberId = 0, username = '' } = fields;
  const passwordHash = options.hashes.get(id);
  if (passwordHash === undefined) throw new Error(`account ${id} appeared while its import was prepared`);
  return {
    member_id: memberId,
    username,
    password_hash: passwordHash,
    password_expires_on: null,
    first_name: '',
    last_name: '',
    email: '',
    phone: null,
    user_type: 'member',
    read_only: 0,
    api_login: 1,
    state: 'active',
    logins_per_5_minutes: defaultLoginsPer5Minutes,
    test_password: Number(options.testPasswords),
    first_start: 0,
  };
}

/** Whoever could act as the account before cannot any more. */
async function removeCredentials(change: CatalogChange, id: number): Promise<void> {
  await change.db.deleteFrom('session').where('account_id', '=', id).execute();
  await change.db.deleteFrom('public_key').where('account_id', '=', id).execute();
}

async function takeOver(change: CatalogChange, id: number, account: WrittenAccount): Promise<void> {
  await removeCredentials(change, id);
  await updateAccount(change, id, account);
}

async function removeFirstAccount(change: CatalogChange, account: AccountTable): Promise<void> {
  await removeCredentials(change, account.id);
  await change.db.deleteFrom('account').where('id', '=', account.id).execute();
  change.record({ objectType: 'account', objectId: account.id, memberId: account.member_id, before: { ...account }, after: null });
  change.touch('account', account.id);
}
