import { roleOf } from '../access/account.ts';
import { type AccountId, asAccountId, asAdvertiserId, asMemberId, asSegmentId, type MemberId, type SegmentId } from '../kit/ids.ts';
import { defaultIngestSettings, type MemberIngest, type SetIngestSettings } from '../members/ingest-settings.ts';
import type { CatalogReader } from '../storage/sql/catalog-schema.ts';
import type { PiggybackPixel } from '../segments/segment.ts';
import { runsOf } from '../storage/sql/id-runs.ts';
import type { AccountFacts, MemberFacts, SegmentFacts, SharingFacts } from './catalog-snapshot.ts';

type Rows = ReadonlySet<number> | null;

const noPixels: readonly PiggybackPixel[] = [];

export async function readMembers(db: CatalogReader, rows: Rows): Promise<Map<MemberId, MemberFacts>> {
  const found = new Map<MemberId, MemberFacts>();
  for (const ids of rows === null ? [null] : runsOf([...rows])) {
    const query = db.selectFrom('member').selectAll();
    for (const row of await (ids ? query.where('id', 'in', ids) : query).execute()) {
      found.set(asMemberId(row.id), {
        id: asMemberId(row.id),
        name: row.name,
        primaryType: row.primary_type,
        active: row.state === 'active',
        exposure: row.platform_exposure,
        readsPerMinute: row.reads_per_minute,
        writesPerMinute: row.writes_per_minute,
        membershipLimit: row.membership_limit === 0 ? null : row.membership_limit,
      });
    }
  }
  return found;
}

export async function readAccounts(db: CatalogReader, rows: Rows): Promise<Map<AccountId, AccountFacts>> {
  const found = new Map<AccountId, AccountFacts>();
  for (const ids of rows === null ? [null] : runsOf([...rows])) {
    const query = db.selectFrom('account').select(['id', 'username', 'member_id', 'user_type', 'read_only', 'state']);
    for (const row of await (ids ? query.where('id', 'in', ids) : query).execute()) {
      found.set(asAccountId(row.id), {
        id: asAccountId(row.id),
        username: row.username,
        memberId: asMemberId(row.member_id),
        role: roleOf(row.user_type, row.read_only === 1),
        readOnly: row.read_only === 1,
        active: row.state === 'active',
      });
    }
  }
  return found;
}

export async function readSegments(db: CatalogReader, rows: Rows): Promise<Map<SegmentId, SegmentFacts>> {
  const found = new Map<SegmentId, SegmentFacts>();
  for (const ids of rows === null ? [null] : runsOf([...rows])) {
    const query = db
      .selectFrom('segment')
      .select(['id', 'member_id', 'code', 'short_name', 'state', 'advertiser_id', 'expire_minutes', 'client_side', 'taxonomy_id'])
      .select(['enable_rm_piggyback', 'piggyback_pixels']);
    for (const row of await (ids ? query.where('id', 'in', ids) : query).execute()) {
      found.set(asSegmentId(row.id), {
        id: asSegmentId(row.id),
        memberId: asMemberId(row.member_id),
        code: row.code,
        shortName: row.short_name,
        active: row.state === 'active',
        advertiserId: row.advertiser_id === null ? null : asAdvertiserId(row.advertiser_id),
        expireMinutes: row.expire_minutes,
        clientSide: row.client_side === 1,
        taxonomyId: row.taxonomy_id,
        piggyback:
          row.enable_rm_piggyback === 1 && row.piggyback_pixels !== null
            ? (JSON.parse(row.piggyback_pixels) as PiggybackPixel[])
            : noPixels,
      });
    }
  }
  return found;
}

export async function readSharing(db: CatalogReader): Promise<Map<MemberId, Map<MemberId, SharingFacts>>> {
  const lists = new Map<number, Set<SegmentId>>();
  for (const row of await db.selectFrom('sharing_record_segment').selectAll().execute()) {
    const list = lists.get(row.record_id);
    if (list) list.add(asSegmentId(row.segment_id));
    else lists.set(row.record_id, new Set([asSegmentId(row.segment_id)]));
  }
  const sharing = new Map<MemberId, Map<MemberId, SharingFacts>>();
  for (const row of await db.selectFrom('sharing_record').selectAll().execute()) {
    const buyer = asMemberId(row.buyer_member_id);
    const byProvider = sharing.get(buyer) ?? new Map<MemberId, SharingFacts>();
    const segments = row.segment_exposure === 'all' ? null : (lists.get(row.id) ?? new Set());
    sharing.set(buyer, byProvider.set(asMemberId(row.data_member_id), { segments, exportAllowed: row.export_allowed === 1 }));
  }
  return sharing;
}

export async function readEnabled(db: CatalogReader): Promise<Map<MemberId, Set<MemberId>>> {
  const enabled = new Map<MemberId, Set<MemberId>>();
  for (const row of await db.selectFrom('data_buyer_provider').selectAll().where('active', '=', 1).execute()) {
    const buyer = asMemberId(row.buyer_member_id);
    enabled.set(buyer, (enabled.get(buyer) ?? new Set()).add(asMemberId(row.data_provider_member_id)));
  }
  return enabled;
}

export async function readIngest(db: CatalogReader): Promise<Map<MemberId, MemberIngest>> {
  const owners = new Map<MemberId, Set<MemberId>>();
  for (const row of await db.selectFrom('member_segment_access').selectAll().execute()) {
    const member = asMemberId(row.member_id);
    owners.set(member, (owners.get(member) ?? new Set()).add(asMemberId(row.segment_owner_member_id)));
  }
  const ingest = new Map<MemberId, MemberIngest>();
  for (const row of await db.selectFrom('batch_segment_config').selectAll().execute()) {
    const set = JSON.parse(row.settings) as SetIngestSettings;
    const member = asMemberId(row.member_id);
    ingest.set(member, { settings: { ...defaultIngestSettings, ...set }, set, writableOwners: owners.get(member) ?? new Set() });
  }
  for (const [member, writableOwners] of owners) {
    if (!ingest.has(member)) ingest.set(member, { settings: defaultIngestSettings, set: {}, writableOwners });
  }
  return ingest;
}

export async function readSyncHosts(db: CatalogReader): Promise<Map<string, Set<MemberId>>> {
  const hosts = new Map<string, Set<MemberId>>();
  for (const row of await db.selectFrom('sync_host').select(['host', 'member_id']).where('state', '=', 'active').execute())
    hosts.set(row.host, (hosts.get(row.host) ?? new Set()).add(asMemberId(row.member_id)));
  return hosts;
}
