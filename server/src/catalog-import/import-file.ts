import { importAccounts } from '../access/import-accounts.ts';
import type { PasswordHasher } from '../access/password-hasher.ts';
import type { SessionRegistry } from '../access/session-registry.ts';
import { asAccountId } from '../kit/ids.ts';
import { importCategories } from '../marketplace/import-categories.ts';
import { importEnabled } from '../marketplace/import-enabled.ts';
import { importAdvertisers } from '../members/import-advertisers.ts';
import { importGrants } from '../members/import-grants.ts';
import { importMembers } from '../members/import-members.ts';
import { importSegments } from '../segments/import-segments.ts';
import type { ChangeContext } from '../storage/sql/catalog-change.ts';
import type { Catalog } from '../storage/sql/catalog.ts';
import type { KindCounts } from '../storage/sql/import-parts.ts';
import type { ImportKind } from './import-schema.ts';
import type { ImportFile } from './read-import.ts';

export type ImportResult = Readonly<Record<ImportKind, KindCounts>>;

export interface ImportParts {
  readonly catalog: Catalog;
  readonly hasher: PasswordHasher;
  readonly sessions: SessionRegistry;
  readonly taxonomyIds: ReadonlySet<string>;
}

/**
 * Imports a file, ids kept, all or nothing: makes what is missing, changes what differs, leaves the rest (platform.md section 11).
 * Passwords apply to accounts that it makes, and to the one that the server itself made at first start.
 * @throws Refusal import.conflict naming the object
 */
export async function importFile(parts: ImportParts, context: ChangeContext, file: ImportFile): Promise<ImportResult> {
  const first = await readFirstAccounts(parts.catalog);
  const hashes = await hashNewPasswords(parts, file);
  const result = await parts.catalog.change(context, async (change) => ({
    members: await importMembers(change, file.members),
    users: await importAccounts(change, file.users, { hashes, testPasswords: file.testPasswords }),
    advertisers: await importAdvertisers(change, file.advertisers),
    segments: await importSegments(change, file.segments, parts.taxonomyIds),
    enabled_data_providers: await importEnabled(change, file.enabled_data_providers),
    member_segment_access: await importGrants(change, file.member_segment_access),
    data_categories: await importCategories(change, file.data_categories),
  }));
  const left = new Set(await readFirstAccounts(parts.catalog));
  for (const id of first) if (!left.has(id)) await parts.sessions.endOthers(asAccountId(id), undefined);
  return result;
}

/** Accounts of the first start. A file that takes one over ends its sessions: their tokens must not act for somebody else. */
async function readFirstAccounts(catalog: Catalog): Promise<number[]> {
  return (await catalog.read.selectFrom('account').select('id').where('first_start', '=', 1).execute()).map((row) => row.id);
}

/** Hashing is slow and must not hold the transaction. By account id. */
async function hashNewPasswords({ catalog, hasher }: ImportParts, file: ImportFile): Promise<Map<number, string>> {
  const rows = await catalog.read.selectFrom('account').select(['id', 'first_start']).execute();
  const kept = new Set(rows.filter((row) => row.first_start === 0).map((row) => row.id));
  const hashes = new Map<number, string>();
  for (const { fields } of file.users) {
    const { id, password } = fields;
    if (id !== undefined && password !== undefined && !kept.has(id)) hashes.set(id, await hasher.hash(password));
  }
  return hashes;
}
