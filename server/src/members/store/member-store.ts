import { fold } from '../../kit/fold.ts';
import type { ListFields, ListQuery } from '../../kit/list-query.ts';
import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { CatalogReader, MemberTable } from '../../storage/sql/catalog-schema.ts';
import { listRows } from '../../storage/sql/list-rows.ts';

export const memberFields: ListFields = {
  id: { type: 'int', column: 'member.id', search: true },
  name: { type: 'string', column: 'member.name', foldedColumn: 'member.name_folded', search: true },
  state: { type: 'enum', column: 'member.state' },
  active: { type: 'bool', column: 'member.active' },
  code: { type: 'string', column: 'member.code', foldedColumn: 'member.code_folded', search: true, ignoresCase: true },
  primary_type: { type: 'enum', column: 'member.primary_type' },
  platform_exposure: { type: 'enum', column: 'member.platform_exposure' },
  bidder_id: { type: 'int', constant: null },
  timezone: { type: 'string', column: 'member.timezone' },
  default_currency: { type: 'string', column: 'member.default_currency' },
  contact_email: { type: 'string', column: 'member.contact_email' },
  reads_per_minute: { type: 'int', column: 'member.reads_per_minute' },
  writes_per_minute: { type: 'int', column: 'member.writes_per_minute' },
  domain: { type: 'string', column: 'member.domain' },
  reach_per_day: { type: 'int', column: 'member.reach_per_day' },
  segment_limit: { type: 'int', column: 'member.segment_limit' },
  membership_limit: { type: 'int', column: 'member.membership_limit' },
  externally_integrated_dsp: { type: 'bool', column: 'member.externally_integrated_dsp' },
  last_modified: { type: 'timestamp', column: 'member.last_modified' },
};

/** What `/platform-member` shows of every member. */
export const platformMemberFields: ListFields = {
  id: { type: 'int', column: 'member.id', search: true },
  name: { type: 'string', column: 'member.shown_name', foldedColumn: 'member.shown_name_folded', search: true },
  primary_type: { type: 'enum', column: 'member.primary_type' },
  platform_exposure: { type: 'enum', column: 'member.platform_exposure' },
};

/** A member sees itself; null sees all. */
export function listMembers(db: CatalogReader, sight: number | null, query: ListQuery): Promise<{ rows: MemberTable[]; count: number }> {
  const all = db
    .selectFrom('member')
    .selectAll()
    .select((eb) => eb.case().when('state', '=', 'active').then(1).else(0).end().as('active'));
  const seen = sight === null ? all : all.where('id', '=', sight);
  return listRows(db.selectFrom(seen.as('member')).selectAll(), memberFields, query);
}

/** Members that show themselves; a private one goes by `Member ID`. */
export function listPlatformMembers(db: CatalogReader, query: ListQuery) {
  const shown = db
    .selectFrom('member')
    .select(['id', 'primary_type', 'platform_exposure'])
    .select((eb) => {
      const number = eb.cast<string>('id', 'text');
      const isPrivate = eb('platform_exposure', '=', 'private');
      return [
        eb
          .case()
          .when(isPrivate)
          .then(eb.fn<string>('concat', [eb.cast(eb.val('Member '), 'text'), number]))
          .else(eb.ref('name'))
          .end()
          .as('shown_name'),
        eb
          .case()
          .when(isPrivate)
          .then(eb.fn<string>('concat', [eb.cast(eb.val('member '), 'text'), number]))
          .else(eb.ref('name_folded'))
          .end()
          .as('shown_name_folded'),
      ];
    })
    .where('platform_exposure', '!=', 'hidden')
    .where('primary_type', '!=', 'platform');
  return listRows(db.selectFrom(shown.as('member')).selectAll(), platformMemberFields, query);
}

export type NewMember = Partial<Omit<MemberTable, 'name_folded' | 'code_folded' | 'last_modified'>> &
  Pick<MemberTable, 'name' | 'primary_type'>;

export async function insertMember(change: CatalogChange, member: NewMember): Promise<number> {
  const id = member.id ?? (await change.newIds('member'));
  const row: MemberTable = {
    id,
    name: member.name,
    name_folded: fold(member.name),
    code: member.code ?? null,
    code_folded: member.code === null || member.code === undefined ? null : fold(member.code),
    state: member.state ?? 'active',
    primary_type: member.primary_type,
    platform_exposure: member.platform_exposure ?? 'public',
    timezone: member.timezone ?? 'EST5EDT',
    default_currency: member.default_currency ?? 'USD',
    contact_email: member.contact_email ?? null,
    externally_integrated_dsp: member.externally_integrated_dsp ?? 0,
    reads_per_minute: member.reads_per_minute === undefined ? 1000 : member.reads_per_minute,
    writes_per_minute: member.writes_per_minute === undefined ? 1000 : member.writes_per_minute,
    domain: member.domain ?? null,
    reach_per_day: member.reach_per_day === undefined ? 200 : member.reach_per_day,
    segment_limit: member.segment_limit ?? null,
    membership_limit: member.membership_limit ?? null,
    last_modified: change.nowMs,
  };
  await change.db.insertInto('member').values(row).execute();
  change.record({ objectType: 'member', objectId: id, memberId: id, before: null, after: { ...row } });
  change.touch('member', id);
  return id;
}

/** Fields of a member that a call changes, as rows hold them. */
export type MemberChanges = Partial<Omit<MemberTable, 'id' | 'primary_type' | 'name_folded' | 'code_folded' | 'last_modified'>>;

export async function updateMember(change: CatalogChange, before: MemberTable, fields: MemberChanges): Promise<MemberTable> {
  const merged = { ...before, ...fields };
  const after = {
    ...merged,
    name_folded: fold(merged.name),
    code_folded: merged.code === null ? null : fold(merged.code),
    last_modified: change.nowMs,
  };
  await change.db.updateTable('member').set(after).where('id', '=', before.id).execute();
  change.record({ objectType: 'member', objectId: before.id, memberId: before.id, before: { ...before }, after });
  change.touch('member', before.id);
  return after;
}
