import type { CatalogReader, CatalogTables, Touched } from '../storage/sql/catalog-schema.ts';
import { CatalogSnapshot, codeKey, type SnapshotTables } from './catalog-snapshot.ts';
import { readAccounts, readEnabled, readIngest, readMembers, readSegments, readSharing, readSyncHosts } from './read-tables.ts';
import { LayeredMap } from '../kit/layered-map.ts';
import type { MemberId, SegmentId } from '../kit/ids.ts';

type Rows = ReadonlySet<number> | null;

const everything: Touched = new Map(
  (['member', 'account', 'segment', 'sharing_record', 'data_buyer_provider', 'batch_segment_config', 'sync_host'] as const).map((table) => [
    table,
    null,
  ]),
);

/**
 * Keeps the snapshot in step with the catalog. Every committed change renews what it touched and swaps the snapshot whole,
 * before the change is answered; so the next call sees it.
 */
export class CatalogView {
  readonly #db: CatalogReader;
  #current: CatalogSnapshot;
  /** A renewal failed; the snapshot is older than the catalog. */
  #missed = false;
  /** Renewals run one after the other, so that a later commit is never overtaken by an earlier one. */
  #renewing: Promise<void> = Promise.resolve();

  private constructor(db: CatalogReader, current: CatalogSnapshot) {
    this.#db = db;
    this.#current = current;
  }

  static async load(db: CatalogReader): Promise<CatalogView> {
    const empty: SnapshotTables = {
      members: new LayeredMap(),
      accounts: new LayeredMap(),
      segments: new LayeredMap(),
      segmentCodes: new LayeredMap(),
      platformMember: undefined,
      membershipLimits: new Map(),
      sharing: new Map(),
      enabled: new Map(),
      ingest: new Map(),
      syncHosts: new Map(),
    };
    const view = new CatalogView(db, new CatalogSnapshot(empty));
    await view.renew(everything);
    return view;
  }

  /** The state of the last commit. Take it once a call. */
  current(): CatalogSnapshot {
    return this.#current;
  }

  /** Reads all again: nobody knows what was changed. */
  reload(): Promise<void> {
    return this.renew(everything);
  }

  renew(touched: Touched): Promise<void> {
    const renewed = this.#renewing.then(() => this.#renewOrRemember(touched));
    this.#renewing = renewed.catch(() => {});
    return renewed;
  }

  /** What could not be read is read again, whole, with the next renewal: a change must not stay unseen. */
  async #renewOrRemember(touched: Touched): Promise<void> {
    const missed = this.#missed;
    this.#missed = true;
    await this.#renew(missed ? everything : touched);
    this.#missed = false;
  }

  async #renew(touched: Touched): Promise<void> {
    let { tables } = this.#current;
    const rows = (table: keyof CatalogTables): Rows | undefined => touched.get(table);
    const members = rows('member');
    if (members !== undefined) tables = await this.#withMembers(tables, members);
    const accounts = rows('account');
    if (accounts !== undefined)
      tables = { ...tables, accounts: renewed(tables.accounts, accounts, await readAccounts(this.#db, accounts)) };
    const segments = rows('segment');
    if (segments !== undefined) tables = await this.#withSegments(tables, segments);
    if (touched.has('sharing_record')) tables = { ...tables, sharing: await readSharing(this.#db) };
    if (touched.has('data_buyer_provider')) tables = { ...tables, enabled: await readEnabled(this.#db) };
    if (touched.has('batch_segment_config')) tables = { ...tables, ingest: await readIngest(this.#db) };
    if (touched.has('sync_host')) tables = { ...tables, syncHosts: await readSyncHosts(this.#db) };
    this.#current = new CatalogSnapshot(tables);
  }

  async #withMembers(tables: SnapshotTables, rows: Rows): Promise<SnapshotTables> {
    const members = renewed(tables.members, rows, await readMembers(this.#db, rows));
    const known = tables.platformMember === undefined ? undefined : members.get(tables.platformMember);
    const platform = known?.primaryType === 'platform' ? known : [...members.values()].find((member) => member.primaryType === 'platform');
    return { ...tables, members, platformMember: platform?.id, membershipLimits: limitsOf(members) };
  }

  async #withSegments(tables: SnapshotTables, rows: Rows): Promise<SnapshotTables> {
    const read = await readSegments(this.#db, rows);
    const segments = renewed(tables.segments, rows, read);
    const codes: [string, SegmentId | undefined][] = [];
    const before = rows === null ? [] : [...rows].map((id) => tables.segments.get(id as SegmentId));
    for (const segment of before) if (segment?.code) codes.push([codeKey(segment.memberId, segment.code), undefined]);
    for (const [id, segment] of read) if (segment.code !== null) codes.push([codeKey(segment.memberId, segment.code), id]);
    const base = rows === null ? new LayeredMap<string, SegmentId>() : tables.segmentCodes;
    return { ...tables, segments, segmentCodes: base.with(codes) };
  }
}

function limitsOf(members: SnapshotTables['members']): Map<MemberId, number> {
  const limits = new Map<MemberId, number>();
  for (const { id, membershipLimit } of members.values()) if (membershipLimit !== null) limits.set(id, membershipLimit);
  return limits;
}

/** The table with these rows read again; rows that were not found are gone. */
function renewed<Key extends number, Facts>(
  table: LayeredMap<Key, Facts>,
  rows: Rows,
  read: ReadonlyMap<Key, Facts>,
): LayeredMap<Key, Facts> {
  if (rows === null) return new LayeredMap(read);
  return table.with([...rows].map((id) => [id as Key, read.get(id as Key)]));
}
