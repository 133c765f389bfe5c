import type { Membership } from '@foyer/sdk/wire.ts';
import { textTable } from './text-table.ts';

/** `names`: of segments, by id, as far as they are known. */
export function membershipTable(memberships: readonly Membership[], names: ReadonlyMap<number, string>): string[] {
  if (memberships.length === 0) return ['no memberships that may be seen'];
  return textTable(
    [
      { title: 'segment', align: 'right' },
      { title: 'name' },
      { title: 'owner', align: 'right' },
      { title: 'value', align: 'right' },
      { title: 'added (UTC)' },
      { title: 'expires (UTC)' },
      { title: 'source' },
    ],
    memberships.map((membership) => [
      String(membership.segment_id),
      names.get(membership.segment_id) ?? membership.code ?? '',
      String(membership.member_id),
      String(membership.value),
      membership.added_at,
      membership.expires_at ?? 'never',
      membership.source,
    ]),
  );
}
