import { asMemberId, asSegmentId, type MemberId } from '../../kit/ids.ts';
import type { CatalogSnapshot, SegmentFacts } from '../../catalog-view/catalog-snapshot.ts';
import { canWrite } from '../../catalog-view/segment-rights.ts';
import { longestLifetimeMinutes } from '../../profiles/operation-batch.ts';
import type { ParsedBlock } from './parse-users.ts';

/** Why a segment takes nothing: unknown, no right to populate it, or switched off (ingest.md section 3.2). */
export type SegmentState = 'usable' | 'invalid' | 'unauthorized' | 'inactive';

/**
 * A segment as calls of one member name it; one object for one segment in a call, however often and by whatever it is named. Calls that
 * name segments by id share them as long as the catalog does not change.
 */
export interface SegmentUse {
  readonly state: SegmentState;
  /** Undefined where it is unknown or may not be looked for. */
  readonly segment: SegmentFacts | undefined;
  /** For the statistics: the id, code and owner as far as the sender may know them (ingest.md section 3.4). */
  readonly id: number | string;
  code: string;
  readonly owner: number | string;
  /** Its number among those that its call can name. */
  readonly index: number;
  /** Whose marks the following are. */
  countedBy: object | null;
  /** The last users (by their number in the call) that were counted for this segment as addition or problem, and as removal. */
  addedFor: number;
  removedFor: number;
  /** It stands in the call's log entries. */
  logged: boolean;
}

/** 180 days: what a longer `expire_minutes` acts as (platform.md section 5). */
const longestSegmentLifetime = 259_200;
/** Segments beyond this cannot be stored; no catalog of ours makes such ids. */
const largestSegmentId = 0xffff_ffff;

/** What `expirationOf` answers for the ad call only: counted, but not kept. */
export const notKept = -2;
export const removes = -1;
export const neverExpires = 0;

/** Makes the marks of a use this counting's own: those of a call before it, which is counted by now, mean nothing. */
export function beginCounting(use: SegmentUse, counting: object): void {
  if (use.countedBy === counting) return;
  use.countedBy = counting;
  use.addedFor = -1;
  use.removedFor = -1;
  use.logged = false;
}

/** Uses that are kept of one member; ids that name nothing must not fill the memory. */
const mostKept = 100_000;
const mostMembersKept = 1000;

/** The uses of the last calls, for the next ones: by member, of one snapshot of the catalog. */
export class KnownUses {
  #snapshot: CatalogSnapshot | undefined;
  readonly #members = new Map<MemberId, SegmentUses>();

  /** For one call. Where it names segments by code they are its own: a code is told in its log alone. */
  forCall(snapshot: CatalogSnapshot, member: MemberId, namedByCode: boolean): SegmentUses {
    if (namedByCode) return new SegmentUses(snapshot, member);
    if (snapshot !== this.#snapshot || this.#members.size > mostMembersKept) {
      this.#snapshot = snapshot;
      this.#members.clear();
    }
    const known = this.#members.get(member);
    if (known && known.count < mostKept) return known;
    const fresh = new SegmentUses(snapshot, member);
    this.#members.set(member, fresh);
    return fresh;
  }
}

/** Resolves segments for a member against one snapshot of the catalog, each of them once. */
export class SegmentUses {
  readonly #snapshot: CatalogSnapshot;
  readonly #member: MemberId;
  readonly #byId = new Map<number | string, SegmentUse>();
  readonly #byCode = new Map<string, SegmentUse>();
  #count = 0;

  constructor(snapshot: CatalogSnapshot, member: MemberId) {
    this.#snapshot = snapshot;
    this.#member = member;
  }

  get count(): number {
    return this.#count;
  }

  of(block: ParsedBlock): SegmentUse {
    if (block.id === null) return this.#ofCode(block.owner, block.code);
    const known = this.#byId.get(block.id);
    if (known) return known;
    const segment = typeof block.id === 'number' ? this.#snapshot.segment(asSegmentId(block.id)) : undefined;
    const use = segment ? this.#use(segment) : this.#unresolved('invalid', block.id, '', 0);
    this.#byId.set(block.id, use);
    return use;
  }

  /** A code of a member without access is unauthorised whether or not it exists: nobody can probe for codes. */
  #ofCode(owner: number | string, code: string): SegmentUse {
    const key = `${owner}:${code}`;
    const known = this.#byCode.get(key);
    if (known) return known;
    let use: SegmentUse;
    if (typeof owner === 'string' || !canWrite(this.#snapshot, this.#member, asMemberId(owner)))
      use = this.#unresolved('unauthorized', 0, code, owner);
    else {
      const segment = this.#snapshot.segmentByCode(asMemberId(owner), code);
      use = segment ? (this.#byId.get(segment.id) ?? this.#use(segment)) : this.#unresolved('invalid', 0, code, owner);
      if (segment) {
        use.code = code;
        this.#byId.set(segment.id, use);
      }
    }
    this.#byCode.set(key, use);
    return use;
  }

  #use(segment: SegmentFacts): SegmentUse {
    const foreign = segment.memberId !== this.#member;
    return {
      state: this.#stateOf(segment),
      segment,
      id: segment.id,
      code: foreign ? '' : (segment.code ?? ''),
      owner: segment.memberId,
      ...this.#uncounted(),
    };
  }

  #unresolved(state: SegmentState, id: number | string, code: string, owner: number | string): SegmentUse {
    return { state, segment: undefined, id, code, owner, ...this.#uncounted() };
  }

  #uncounted(): Pick<SegmentUse, 'index' | 'countedBy' | 'addedFor' | 'removedFor' | 'logged'> {
    return { index: this.#count++, countedBy: null, addedFor: -1, removedFor: -1, logged: false };
  }

  #stateOf(segment: SegmentFacts): SegmentState {
    if (segment.id > largestSegmentId) return 'invalid';
    if (!canWrite(this.#snapshot, this.#member, segment.memberId)) return 'unauthorized';
    return segment.active && this.#snapshot.member(segment.memberId)?.active === true ? 'usable' : 'inactive';
  }
}

/**
 * The expiration that is acted on: minutes, `neverExpires`, `removes` or `notKept`. What was sent counts as sent; otherwise the segment's
 * `expire_minutes`, and where that is null the sender's `default_expiration` (ingest.md section 3.1).
 */
export function expirationOf(sent: number | null, segment: SegmentFacts, defaultExpiration: number): number {
  if (sent !== null) return sent;
  const { expireMinutes } = segment;
  if (expireMinutes !== null) return expireMinutes === 0 ? notKept : Math.min(expireMinutes, longestSegmentLifetime);
  return Math.min(Math.max(defaultExpiration, removes), longestLifetimeMinutes);
}
