import { asMemberId, asSegmentId, type MemberId } from '../../kit/ids.ts';
import type { CatalogSnapshot, SegmentFacts } from '../../catalog-view/catalog-snapshot.ts';
import { canWrite } from '../../catalog-view/segment-rights.ts';
import { longestLifetimeMinutes } from '../../profiles/operation-batch.ts';
import { longestSegmentMinutes } from '../../segments/segment.ts';
import type { ParsedBlock } from './parse-users.ts';

/** Why a segment takes nothing: unknown, no right to populate it, or switched off (ingest.md section 3.2). */
export type SegmentState = 'usable' | 'invalid' | 'unauthorized' | 'inactive';

/** A segment as calls of one member name it. */
export interface SegmentUse {
  readonly state: SegmentState;
  /** Undefined where it is unknown or may not be looked for. */
  readonly segment: SegmentFacts | undefined;
  /** For the statistics: the id, code and owner as far as the sender may know them (ingest.md section 3.4). */
  readonly id: number | string;
  code: string;
  readonly owner: number | string;
}

/** Segments beyond this cannot be stored; no catalog of ours makes such ids. */
const largestSegmentId = 0xffff_ffff;

/** What `expirationOf` answers for the ad call only: counted, but not kept. */
export const notKept = -2;
export const removes = -1;
export const neverExpires = 0;

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

const multiplier = 0x9e37_79b1;
const slotsPerUse = 4;
const firstUses = 16;

/**
 * Resolves segments for a member against one snapshot of the catalog, each of them once; one number for one segment in a call, however
 * often and by whatever it is named. Calls that name segments by id share them as long as the catalog does not change. What
 * is asked for each of 10,000 blocks of a call is kept in columns by that number.
 */
export class SegmentUses {
  readonly #snapshot: CatalogSnapshot;
  readonly #member: MemberId;
  readonly #defaultExpiration: number;
  readonly #byId = new Map<number | string, number>();
  readonly #byCode = new Map<string, number>();
  readonly #uses: SegmentUse[] = [];
  /** Ids that were looked for last, each at the one place that its hash gives; another one of that place is asked of the map. */
  #slotIds = new Float64Array(firstUses * slotsPerUse).fill(NaN);
  #slotUses = new Int32Array(firstUses * slotsPerUse);
  #slotShift = 32 - Math.log2(firstUses * slotsPerUse);
  #usable = new Uint8Array(firstUses);
  #expirations = new Int32Array(firstUses);
  /** By use: the last stamp that it was marked with, as addition or problem, as removal, and as told in a log. */
  #added = new Float64Array(firstUses);
  #removed = new Float64Array(firstUses);
  #told = new Float64Array(firstUses);
  #stamp = 0;

  constructor(snapshot: CatalogSnapshot, member: MemberId) {
    this.#snapshot = snapshot;
    this.#member = member;
    this.#defaultExpiration = snapshot.ingest(member).settings.default_expiration;
  }

  get count(): number {
    return this.#uses.length;
  }

  /** @param use a number that this gave */
  at(use: number): SegmentUse {
    const found = this.#uses[use];
    if (!found) throw new RangeError(`no segment has the number ${use}`);
    return found;
  }

  isUsable(use: number): boolean {
    return this.#usable[use] === 1;
  }

  /** The expiration that is acted on for a usable segment where none was sent (`expirationOf`). */
  defaultExpiration(use: number): number {
    return this.#expirations[use] ?? neverExpires;
  }

  /** Never given before: what is marked with it is marked for the first time. */
  newStamp(): number {
    this.#stamp += 1;
    return this.#stamp;
  }

  /** Marks a use as addition (or problem), or as removal. False where it has that mark. */
  mark(use: number, removal: boolean, stamp: number): boolean {
    const marks = removal ? this.#removed : this.#added;
    if (marks[use] === stamp) return false;
    marks[use] = stamp;
    return true;
  }

  /** Marks a use as told in a log. False where it has that mark. */
  markTold(use: number, stamp: number): boolean {
    if (this.#told[use] === stamp) return false;
    this.#told[use] = stamp;
    return true;
  }

  /** The number of the segment that a block names. */
  of(block: ParsedBlock): number {
    if (block.id === null) return this.#ofCode(block.owner, block.code);
    return typeof block.id === 'number' ? this.ofId(block.id) : this.#find(block.id);
  }

  /** `of` a block that names its segment by this whole number. */
  ofId(id: number): number {
    const slot = Math.imul(id, multiplier) >>> this.#slotShift;
    if (this.#slotIds[slot] === id) return this.#slotUses[slot] ?? 0;
    const use = this.#find(id);
    // Looking for it may have made more slots.
    const place = Math.imul(id, multiplier) >>> this.#slotShift;
    this.#slotIds[place] = id;
    this.#slotUses[place] = use;
    return use;
  }

  #find(id: number | string): number {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const segment = typeof id === 'number' ? this.#snapshot.segment(asSegmentId(id)) : undefined;
    const use = segment ? this.#use(segment) : this.#unresolved('invalid', id, '', 0);
    this.#byId.set(id, use);
    return use;
  }

  /** A code of a member without access is unauthorised whether or not it exists: nobody can probe for codes. */
  #ofCode(owner: number | string, code: string): number {
    const key = `${owner}:${code}`;
    const known = this.#byCode.get(key);
    if (known !== undefined) return known;
    let use: number;
    if (typeof owner === 'string' || !canWrite(this.#snapshot, this.#member, asMemberId(owner)))
      use = this.#unresolved('unauthorized', 0, code, owner);
    else {
      const segment = this.#snapshot.segmentByCode(asMemberId(owner), code);
      use = segment ? (this.#byId.get(segment.id) ?? this.#use(segment)) : this.#unresolved('invalid', 0, code, owner);
      if (segment) {
        this.at(use).code = code;
        this.#byId.set(segment.id, use);
      }
    }
    this.#byCode.set(key, use);
    return use;
  }

  #use(segment: SegmentFacts): number {
    const foreign = segment.memberId !== this.#member;
    const code = foreign ? '' : (segment.code ?? '');
    return this.#add({ state: this.#stateOf(segment), segment, id: segment.id, code, owner: segment.memberId });
  }

  #unresolved(state: SegmentState, id: number | string, code: string, owner: number | string): number {
    return this.#add({ state, segment: undefined, id, code, owner });
  }

  #add(use: SegmentUse): number {
    const number = this.#uses.length;
    if (number === this.#usable.length) this.#grow();
    this.#uses.push(use);
    const { state, segment } = use;
    this.#usable[number] = Number(state === 'usable');
    this.#expirations[number] = segment ? expirationOf(null, segment, this.#defaultExpiration) : neverExpires;
    return number;
  }

  #grow(): void {
    const room = this.#usable.length * 2;
    const [usable, expirations, added, removed, told] = [this.#usable, this.#expirations, this.#added, this.#removed, this.#told];
    this.#usable = new Uint8Array(room);
    this.#usable.set(usable);
    this.#expirations = new Int32Array(room);
    this.#expirations.set(expirations);
    this.#added = new Float64Array(room);
    this.#added.set(added);
    this.#removed = new Float64Array(room);
    this.#removed.set(removed);
    this.#told = new Float64Array(room);
    this.#told.set(told);
    this.#slotIds = new Float64Array(room * slotsPerUse).fill(NaN);
    this.#slotUses = new Int32Array(room * slotsPerUse);
    this.#slotShift -= 1;
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
  if (expireMinutes !== null) return expireMinutes === 0 ? notKept : Math.min(expireMinutes, longestSegmentMinutes);
  return Math.min(Math.max(defaultExpiration, removes), longestLifetimeMinutes);
}
