import { sightOf } from '../access/acting-member.ts';
import type { CatalogSnapshot } from '../catalog-view/catalog-snapshot.ts';
import { notFound } from '../http/answers.ts';
import type { Call } from '../http/operation.ts';
import type { MemberId } from '../kit/ids.ts';

/**
 * As whom a call of `/user-segments` or `/identity-link` acts (ingest.md section 5); null: as the administrator, who sees everything.
 * @throws Refusal access.otherMember, http.notFound for a member that is not there
 */
export function lookingMember(call: Call, snapshot: CatalogSnapshot): MemberId | null {
  const member = sightOf(call, 'member_id');
  if (member !== null && !snapshot.member(member)) throw notFound('member', 'id', member);
  return member;
}
