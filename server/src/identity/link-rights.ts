import type { CatalogSnapshot } from '../catalog-view/catalog-snapshot.ts';
import type { MemberId } from '../kit/ids.ts';
import type { Identifier } from '../profiles/identifier.ts';

/**
 * May a member link and unlink this identifier: own external ids, any device id, eid and ifa, narrowed by `link_identifiers` of its batch
 * config (ingest.md section 1.5)? Null: the administrator, who may for everybody.
 */
export function mayLink(snapshot: CatalogSnapshot, member: MemberId | null, identifier: Identifier): boolean {
  if (identifier.kind === 'user') return false;
  if (member === null) return true;
  const allowed = snapshot.ingest(member).settings.link_identifiers;
  if (identifier.kind === 'external') return allowed !== 'none' && identifier.member === member;
  return allowed === 'all';
}

/** May a member name a user by this member's external ids: its own, and those of its `external_member_uid` (ingest.md section 5)? */
export const mayNameExternal = (snapshot: CatalogSnapshot, member: MemberId | null, owner: MemberId): boolean =>
  member === null || owner === member || owner === snapshot.ingest(member).settings.external_member_uid;
