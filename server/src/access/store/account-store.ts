import { fold } from '../../kit/fold.ts';
import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { AccountTable, CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { listRows } from '../../storage/sql/list-rows.ts';
import type { ListFields, ListQuery } from '../../kit/list-query.ts';

type FoldedColumn = 'username_folded' | 'first_name_folded' | 'last_name_folded' | 'email_folded';

/** An account with what the wire shows of its member. */
export type AccountRow = Omit<AccountTable, 'password_hash' | FoldedColumn> & { readonly entity_name: string; readonly timezone: string };

export const accountFields: ListFields = {
  id: { type: 'int', column: 'account.id', search: true },
  username: { type: 'string', column: 'account.username', foldedColumn: 'account.username_folded', search: true },
  first_name: { type: 'string', column: 'account.first_name', foldedColumn: 'account.first_name_folded', search: true },
  last_name: { type: 'string', column: 'account.last_name', foldedColumn: 'account.last_name_folded', search: true },
  email: { type: 'string', column: 'account.email', foldedColumn: 'account.email_folded' },
  phone: { type: 'string', column: 'account.phone' },
  user_type: { type: 'enum', column: 'account.user_type' },
  read_only: { type: 'bool', column: 'account.read_only' },
  api_login: { type: 'bool', column: 'account.api_login' },
  entity_id: { type: 'int', column: 'account.member_id' },
  entity_name: { type: 'string', column: 'member.name', foldedColumn: 'member.name_folded' },
  state: { type: 'enum', column: 'account.state' },
  timezone: { type: 'string', column: 'member.timezone' },
  password_expires_on: { type: 'timestamp', column: 'account.password_expires_on' },
  last_modified: { type: 'timestamp', column: 'account.last_modified' },
};

const shownColumns = [
  'account.id',
  'account.member_id',
  'account.username',
  'account.password_expires_on',
  'account.first_name',
  'account.last_name',
  'account.email',
  'account.phone',
  'account.user_type',
  'account.read_only',
  'account.api_login',
  'account.state',
  'account.logins_per_5_minutes',
  'account.test_password',
  'account.first_start',
  'account.last_modified',
  'member.name as entity_name',
  'member.timezone as timezone',
] as const;

const joined = (db: CatalogReader) =>
  db
    .selectFrom('account')
    .innerJoin('member', 'member.id', 'account.member_id')
    .select([...shownColumns]);

/** Accounts that a caller may see, listed. A null member sees all. */
export function listAccounts(db: CatalogReader, member: number | null, query: ListQuery): Promise<{ rows: AccountRow[]; count: number }> {
  const base = member === null ? joined(db) : joined(db).where('account.member_id', '=', member);
  return listRows(base, accountFields, query);
}

export function readAccount(db: CatalogReader, id: number): Promise<AccountRow | undefined> {
  return joined(db).where('account.id', '=', id).executeTakeFirst();
}

/** What every login asks of an account, however it is proved (login-rules.ts). */
export const loginColumns = [
  'account.id',
  'account.api_login',
  'account.state',
  'account.logins_per_5_minutes',
  'member.state as member_state',
] as const;

/** What a login by password is checked against. */
export function readLogin(db: CatalogReader, username: string) {
  return db
    .selectFrom('account')
    .innerJoin('member', 'member.id', 'account.member_id')
    .select([...loginColumns, 'account.password_hash', 'account.password_expires_on'])
    .where('username', '=', username)
    .executeTakeFirst();
}

export function memberType(db: CatalogReader, id: number): Promise<{ primary_type: string } | undefined> {
  return db.selectFrom('member').select('primary_type').where('id', '=', id).executeTakeFirst();
}

export async function isUsernameTaken(db: CatalogReader, username: string): Promise<boolean> {
  return (await db.selectFrom('account').select('id').where('username', '=', username).executeTakeFirst()) !== undefined;
}

/** An account as it is written; the store folds its text. */
export type WrittenAccount = Omit<AccountTable, 'id' | 'last_modified' | FoldedColumn>;

const withFolded = <Row extends WrittenAccount>(row: Row): Row & Pick<AccountTable, FoldedColumn> => ({
  ...row,
  username_folded: fold(row.username),
  first_name_folded: fold(row.first_name),
  last_name_folded: fold(row.last_name),
  email_folded: fold(row.email),
});

function auditOf({ test_password: _test, first_start: _first, ...shown }: AccountTable) {
  return shown;
}

export async function insertAccount(change: CatalogChange, account: WrittenAccount, id?: number): Promise<number> {
  const given = id ?? (await change.newIds('account'));
  const inserted = { ...withFolded(account), id: given, last_modified: change.nowMs };
  await change.db.insertInto('account').values(inserted).execute();
  change.record({ objectType: 'account', objectId: given, memberId: account.member_id, before: null, after: auditOf(inserted) });
  change.touch('account', given);
  return given;
}

/** Changes an account that exists. */
export async function updateAccount(change: CatalogChange, id: number, fields: Partial<WrittenAccount>): Promise<void> {
  const before = await change.db.selectFrom('account').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const after = withFolded({ ...before, ...fields, last_modified: change.nowMs });
  await change.db.updateTable('account').set(after).where('id', '=', id).execute();
  change.record({ objectType: 'account', objectId: id, memberId: before.member_id, before: auditOf(before), after: auditOf(after) });
  change.touch('account', id);
}
