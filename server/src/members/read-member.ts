import { notFound } from '../http/answers.ts';
import type { CatalogReader, MemberTable } from '../storage/sql/catalog-schema.ts';

/** A member by its id. */
export function readMember(db: CatalogReader, id: number): Promise<MemberTable | undefined> {
  return db.selectFrom('member').selectAll().where('id', '=', id).executeTakeFirst();
}

/** An administrator can name a member that is none. @throws Refusal http.notFound */
export async function requireMember(db: CatalogReader, id: number): Promise<void> {
  if (!(await readMember(db, id))) throw notFound('member', 'id', id);
}

/** The kinds of all members, by id. */
export async function readMemberTypes(db: CatalogReader): Promise<Map<number, string>> {
  return new Map((await db.selectFrom('member').select(['id', 'primary_type']).execute()).map((row) => [row.id, row.primary_type]));
}
