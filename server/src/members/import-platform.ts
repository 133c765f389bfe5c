import type { CatalogChange } from '../storage/sql/catalog-change.ts';
import type { MemberTable } from '../storage/sql/catalog-schema.ts';
import type { Imported } from '../storage/sql/import-parts.ts';
import { highestId } from '../storage/sql/import-parts.ts';
import { insertMember } from './store/member-store.ts';

interface NamedMember {
  readonly id?: number;
  readonly name?: string;
  readonly kind?: unknown;
}

/**
 * The platform's member of the first start gives way to a file that has another one, or needs its id for somebody else: a
 * company that moves in keeps its own ids. Its accounts go along. One that anybody has used stays, and the file is in conflict.
 * Answers the id of the member that was made in its place.
 */
export async function moveFirstPlatform(
  change: CatalogChange,
  platform: MemberTable | undefined,
  members: readonly Imported<NamedMember>[],
): Promise<number | undefined> {
  if (!platform) return undefined;
  const wanted = members.find(({ fields }) => fields.kind === 'platform')?.fields;
  const taken = members.some(({ fields }) => fields.id === platform.id && fields.kind !== 'platform');
  if (wanted ? wanted.id === platform.id : !taken) return undefined;
  if (!(await isUntouched(change, platform.id))) return undefined;
  await change.reserveIds('member', highestId(members));
  const name = wanted?.name ?? platform.name;
  const id = await insertMember(change, { ...(wanted?.id === undefined ? {} : { id: wanted.id }), name, primary_type: 'platform' });
  for (const account of await change.db.selectFrom('account').select('id').where('member_id', '=', platform.id).execute()) {
    await change.db.updateTable('account').set({ member_id: id }).where('id', '=', account.id).execute();
    change.record({
      objectType: 'account',
      objectId: account.id,
      memberId: id,
      before: { member_id: platform.id },
      after: { member_id: id },
    });
    change.touch('account', account.id);
  }
  await change.db.deleteFrom('member').where('id', '=', platform.id).execute();
  change.record({ objectType: 'member', objectId: platform.id, memberId: platform.id, before: { ...platform }, after: null });
  change.touch('member', platform.id);
  return id;
}

/** The account of the first start hangs on it, and nothing else. */
async function isUntouched({ db }: CatalogChange, id: number): Promise<boolean> {
  const first = await db.selectFrom('account').select('id').where('member_id', '=', id).where('first_start', '=', 1).executeTakeFirst();
  const account = await db.selectFrom('account').select('id').where('member_id', '=', id).where('first_start', '=', 0).executeTakeFirst();
  const advertiser = await db.selectFrom('advertiser').select('id').where('member_id', '=', id).executeTakeFirst();
  const segment = await db.selectFrom('segment').select('id').where('member_id', '=', id).executeTakeFirst();
  const settings = await db.selectFrom('batch_segment_config').select('id').where('member_id', '=', id).executeTakeFirst();
  const grant = await db
    .selectFrom('member_segment_access')
    .select('member_id')
    .where((eb) => eb.or([eb('member_id', '=', id), eb('segment_owner_member_id', '=', id)]))
    .executeTakeFirst();
  const enabled = await db.selectFrom('data_buyer_provider').select('id').where('buyer_member_id', '=', id).executeTakeFirst();
  const category = await db.selectFrom('data_category').select('id').where('member_id', '=', id).executeTakeFirst();
  const shared = await db.selectFrom('sharing_record').select('id').where('buyer_member_id', '=', id).executeTakeFirst();
  return (
    first !== undefined && [account, advertiser, segment, settings, grant, enabled, category, shared].every((row) => row === undefined)
  );
}
