import type { AccessSnapshot, AccountRights } from '../access/account.ts';
import type { AccountId, AdvertiserId, MemberId, SegmentId } from '../kit/ids.ts';
import type { LayeredMap } from '../kit/layered-map.ts';
import type { PiggybackPixel } from '../segments/segment.ts';
import { defaultIngestSettings, type MemberIngest } from '../members/ingest-settings.ts';

export interface MemberFacts {
  readonly id: MemberId;
  readonly name: string;
  readonly primaryType: string;
  readonly active: boolean;
  readonly exposure: string;
  readonly readsPerMinute: number | null;
  readonly writesPerMinute: number | null;
  /** Memberships in its segments; null is no limit. */
  readonly membershipLimit: number | null;
}

/** A segment, as hot paths need it. */
export interface SegmentFacts {
  readonly id: SegmentId;
  readonly memberId: MemberId;
  readonly code: string | null;
  readonly shortName: string | null;
  readonly active: boolean;
  /** Null: member level. */
  readonly advertiserId: AdvertiserId | null;
  /** Minutes; null: 180 days or the sender's default, 0: the ad call only (platform.md section 5). */
  readonly expireMinutes: number | null;
  readonly clientSide: boolean;
  readonly taxonomyId: string | null;
  /** Pixels of others that come along with the segment's own; none where `enable_rm_piggyback` is off. */
  readonly piggyback: readonly PiggybackPixel[];
}

/** What one member shares with one buyer. */
export interface SharingFacts {
  /** Null: all member-level segments, those made later too. */
  readonly segments: ReadonlySet<SegmentId> | null;
  readonly exportAllowed: boolean;
}

export interface AccountFacts {
  readonly id: AccountId;
  readonly username: string;
  readonly memberId: MemberId;
  readonly role: AccountRights['role'];
  readonly readOnly: boolean;
  readonly active: boolean;
}

export interface SnapshotTables {
  readonly members: LayeredMap<MemberId, MemberFacts>;
  readonly accounts: LayeredMap<AccountId, AccountFacts>;
  readonly segments: LayeredMap<SegmentId, SegmentFacts>;
  /** By `member:code`, exact in case: ingestion matches codes exactly. */
  readonly segmentCodes: LayeredMap<string, SegmentId>;
  readonly platformMember: MemberId | undefined;
  /** Members that may hold so many memberships in their segments and no more; others have no such limit. */
  readonly membershipLimits: ReadonlyMap<MemberId, number>;
  /** Buyer → data member → what it shares. */
  readonly sharing: ReadonlyMap<MemberId, ReadonlyMap<MemberId, SharingFacts>>;
  /** Buyer → the data providers that it has enabled. */
  readonly enabled: ReadonlyMap<MemberId, ReadonlySet<MemberId>>;
  readonly ingest: ReadonlyMap<MemberId, MemberIngest>;
  /** A host, or `*.` and a name → the members whose syncs may lead there. */
  readonly syncHosts: ReadonlyMap<string, ReadonlySet<MemberId>>;
}

const nobodyConfigured: MemberIngest = { settings: defaultIngestSettings, set: {}, writableOwners: new Set() };

export const codeKey = (member: number, code: string): string => `${member}:${code}`;

/**
 * The catalog in memory, as it was after one commit. Immutable: a call takes one reference and sees one state of the world.
 */
export class CatalogSnapshot implements AccessSnapshot {
  readonly tables: SnapshotTables;
  /** Of accounts that have called since this snapshot was made. */
  readonly #rights = new Map<AccountId, AccountRights>();

  constructor(tables: SnapshotTables) {
    this.tables = tables;
  }

  member(id: MemberId): MemberFacts | undefined {
    return this.tables.members.get(id);
  }
  segment(id: SegmentId): SegmentFacts | undefined {
    return this.tables.segments.get(id);
  }
  /** The segment of that member with exactly this code, case included. */
  segmentByCode(member: MemberId, code: string): SegmentFacts | undefined {
    const id = this.tables.segmentCodes.get(codeKey(member, code));
    return id === undefined ? undefined : this.tables.segments.get(id);
  }
  ingest(member: MemberId): MemberIngest {
    return this.tables.ingest.get(member) ?? nobodyConfigured;
  }
  platformMember(): MemberId | undefined {
    return this.tables.platformMember;
  }
  accountRights(id: AccountId): AccountRights | undefined {
    return this.#rights.get(id) ?? this.#joinRights(id);
  }

  #joinRights(id: AccountId): AccountRights | undefined {
    const account = this.tables.accounts.get(id);
    const member = account && this.tables.members.get(account.memberId);
    if (!account || !member) return undefined;
    const rights = {
      ...account,
      active: account.active && member.active,
      readsPerMinute: member.readsPerMinute,
      writesPerMinute: member.writesPerMinute,
    };
    this.#rights.set(id, rights);
    return rights;
  }
}
