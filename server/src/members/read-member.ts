import type { CatalogReader, MemberTable } from '../storage/sql/catalog-schema.ts';

/** A member by its id. */
export function readMember(db: CatalogReader, id: number): Promise<MemberTable | undefined> {
  return db.selectFrom('member').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The kinds of all members, by id. */
export async function readMemberTypes(db: CatalogReader): Promise<Map<number, string>> {
  return new Map((await db.selectFrom('member').select(['id', 'primary_type']).execute()).map((row) => [row.id, row.primary_type]));
}
