import { fold } from '../../kit/fold.ts';
import type { ListFields, ListQuery } from '../../kit/list-query.ts';
import { refusal } from '../../kit/refusal.ts';
import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { CatalogReader, PublicKeyTable } from '../../storage/sql/catalog-schema.ts';
import { listRows } from '../../storage/sql/list-rows.ts';
import { accessErrors } from '../access-errors.ts';
import { loginColumns } from './account-store.ts';

export const publicKeyFields: ListFields = {
  id: { type: 'int', column: 'public_key.id', search: true },
  name: { type: 'string', column: 'public_key.name', foldedColumn: 'public_key.name_folded', search: true },
  user_id: { type: 'int', column: 'public_key.account_id' },
  active: { type: 'bool', column: 'public_key.active' },
  encoded_value: { type: 'string' },
  last_modified: { type: 'timestamp', column: 'public_key.last_modified' },
};

export function listPublicKeys(db: CatalogReader, account: number, query: ListQuery): Promise<{ rows: PublicKeyTable[]; count: number }> {
  return listRows(db.selectFrom('public_key').selectAll().where('account_id', '=', account), publicKeyFields, query);
}

export function readPublicKey(db: CatalogReader, account: number, id: number): Promise<PublicKeyTable | undefined> {
  return db.selectFrom('public_key').selectAll().where('account_id', '=', account).where('id', '=', id).executeTakeFirst();
}

/**
 * What a signed login is checked against: the account of this name together with its active key of this name. One question, so that
 * nobody learns from its time which of the two is missing.
 */
export function readKeyLogin(db: CatalogReader, username: string, keyName: string) {
  return db
    .selectFrom('account')
    .innerJoin('member', 'member.id', 'account.member_id')
    .innerJoin('public_key', 'public_key.account_id', 'account.id')
    .select([...loginColumns, 'public_key.encoded_value'])
    .where('account.username', '=', username)
    .where('public_key.name', '=', keyName)
    .where('public_key.active', '=', 1)
    .executeTakeFirst();
}

/** @throws Refusal access.keyNameTaken */
export async function insertPublicKey(
  change: CatalogChange,
  member: number,
  key: Pick<PublicKeyTable, 'account_id' | 'name' | 'encoded_value' | 'active'>,
): Promise<PublicKeyTable> {
  const { account_id: account, name } = key;
  const holder = change.db.selectFrom('public_key').select('id').where('account_id', '=', account).where('name', '=', name);
  if (await holder.executeTakeFirst()) throw refusal(accessErrors.keyNameTaken, { name });
  const id = await change.newIds('public_key');
  const row: PublicKeyTable = { ...key, id, name_folded: fold(name), last_modified: change.nowMs };
  await change.db.insertInto('public_key').values(row).execute();
  change.record({ objectType: 'public_key', objectId: id, memberId: member, before: null, after: { ...row } });
  return row;
}

export async function updatePublicKey(
  change: CatalogChange,
  member: number,
  before: PublicKeyTable,
  fields: Pick<PublicKeyTable, 'active'>,
): Promise<PublicKeyTable> {
  const row = { ...before, ...fields, last_modified: change.nowMs };
  await change.db.updateTable('public_key').set(row).where('id', '=', row.id).execute();
  change.record({ objectType: 'public_key', objectId: row.id, memberId: member, before: { ...before }, after: { ...row } });
  return row;
}
