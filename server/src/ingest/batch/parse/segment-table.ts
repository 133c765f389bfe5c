import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import type { SegmentState } from '../../instant/segment-uses.ts';
import { CodeNames, mostSegmentNames, TooManySegmentNames } from './code-names.ts';

/** How a line names a segment: by an id, or by the code of an owner. */
export interface SegmentName {
  /** Null where a code names it. Digits as text beyond `largestSegmentId`, where no segment is. */
  readonly id: number | string | null;
  /** Of a code; 0 beside an id. */
  readonly owner: number;
  /** Latin-1 text; empty beside an id. */
  readonly code: string;
}

/** What the catalog says of a name. */
export interface ResolvedSegment {
  readonly name: SegmentName;
  readonly state: SegmentState;
  /** Its id; 0 where it is unknown. */
  readonly segment: number;
  /** The segment's `expire_minutes`. */
  readonly expireMinutes: number | null;
}

export const largestSegmentId = 0xffff_ffff;

/** What the column `states` holds; the first is the one that takes memberships. */
export const stateCodes = { usable: 0, invalid: 1, unauthorized: 2, inactive: 3, unasked: 4 } as const;
/** In the column `expirations`: the segment has no `expire_minutes`. */
export const noExpireMinutes = -1;

/** The owner under which ids beyond `largestSegmentId` are kept as digits. */
const longIds = -1;
const firstUses = 1024;
const slotsPerUse = 2;
const golden = 0x9e37_79b1;
const freeSlot = -1;

/**
 * The segments of a job as its lines name them: each name gets a small number, its use, for as long as the job runs. Ids that are written
 * with leading zeros are the same name. The columns are by use; the arrays are replaced when they grow.
 */
export class SegmentTable {
  /** One of `stateCodes`. */
  states = new Uint8Array(firstUses);
  /** The id of a usable segment. */
  segments = new Uint32Array(firstUses);
  /** `expire_minutes`, or `noExpireMinutes`. */
  expirations = new Int32Array(firstUses);
  /** By slot: an id's 32 bits and its use. An id stands in the slot that its hash's upper bits name, or in the next that was free. */
  slotIds = new Int32Array(firstUses * slotsPerUse);
  slotUses = new Int32Array(firstUses * slotsPerUse).fill(freeSlot);
  slotShift = 32 - Math.log2(firstUses * slotsPerUse);
  /** Odd, and nobody can know it: ids cannot be chosen to fall into one place (`hashOfId`). */
  readonly multiplier: number;
  /** By use: the id, or ~ the number among `#codes`. */
  #names = new Float64Array(firstUses);
  readonly #codes: CodeNames;
  readonly #mostNames: number;
  /** By number among `#codes`. */
  #codeUses = new Int32Array(firstUses);
  #count = 0;

  /** @param mostNames beyond them it throws TooManySegmentNames */
  constructor(mostNames: number = mostSegmentNames) {
    this.#mostNames = mostNames;
    const random = randomBytes(8);
    this.multiplier = random.readInt32LE(0) | 1;
    this.#codes = new CodeNames(random.readInt32LE(4));
  }

  /** Uses given so far: they are the numbers below. */
  get count(): number {
    return this.#count;
  }

  /** The use of an id up to `largestSegmentId`, -1 for one that was not seen. */
  knownId(id: number): number {
    const bits = id | 0;
    const { slotIds, slotUses } = this;
    const mask = slotUses.length - 1;
    let slot = hashOfId(bits, this.multiplier) >>> this.slotShift;
    for (;;) {
      const use = slotUses[slot] ?? freeSlot;
      if (use === freeSlot || slotIds[slot] === bits) return use;
      slot = (slot + 1) & mask;
    }
  }

  /** The use of an id up to `largestSegmentId`. One that was not seen is to be asked for. */
  useOfId(id: number): number {
    const known = this.knownId(id);
    if (known >= 0) return known;
    const use = this.#add(id, stateCodes.unasked);
    this.#place(id, use);
    return use;
  }

  /** The use of an id that is larger than any segment's, by its digits without leading zeros: it is invalid without being asked for. */
  useOfLongId(bytes: Uint8Array, start: number, end: number): number {
    return this.#useOfName(longIds, bytes, start, end, stateCodes.invalid);
  }

  /** The use of the code in these bytes, -1 for one that was not seen. */
  knownCode(owner: number, bytes: Uint8Array, start: number, end: number): number {
    const known = this.#codes.find(owner, bytes, start, end);
    return known < 0 ? known : (this.#codeUses[known] ?? 0);
  }

  /** The use of the code in these bytes. One that was not seen is to be asked for. */
  useOfCode(owner: number, bytes: Uint8Array, start: number, end: number): number {
    return this.#useOfName(owner, bytes, start, end, stateCodes.unasked);
  }

  /** @param use a number below `count` */
  nameOf(use: number): SegmentName {
    if (!(use >= 0 && use < this.#count)) throw new RangeError(`no segment has the number ${use}`);
    const name = this.#names[use] ?? 0;
    if (name >= 0) return { id: name, owner: 0, code: '' };
    const text = this.#codes.textOf(~name);
    const owner = this.#codes.ownerOf(~name);
    return owner === longIds ? { id: text, owner: 0, code: '' } : { id: null, owner, code: text };
  }

  /** Fills in what the catalog says. */
  take(resolutions: readonly ResolvedSegment[]): void {
    for (const { name, state, segment, expireMinutes } of resolutions) {
      if (typeof name.id === 'string') continue;
      const use = name.id === null ? this.#useOfText(name.owner, name.code) : this.useOfId(name.id);
      this.states[use] = stateCodes[state];
      this.segments[use] = segment;
      this.expirations[use] = expireMinutes ?? noExpireMinutes;
    }
  }

  /** The catalog has changed: all names are to be asked for again. A name keeps its use. */
  forget(): void {
    for (let use = 0; use < this.#count; use++) {
      const name = this.#names[use] ?? 0;
      if (name >= 0 || this.#codes.ownerOf(~name) !== longIds) this.states[use] = stateCodes.unasked;
    }
  }

  #useOfText(owner: number, code: string): number {
    const bytes = Buffer.from(code, 'latin1');
    return this.useOfCode(owner, bytes, 0, bytes.length);
  }

  #useOfName(owner: number, bytes: Uint8Array, start: number, end: number, state: number): number {
    const known = this.#codes.find(owner, bytes, start, end);
    if (known >= 0) return this.#codeUses[known] ?? 0;
    const code = this.#codes.add(owner, bytes, start, end);
    const use = this.#add(~code, state);
    if (code === this.#codeUses.length) this.#codeUses = doubled(this.#codeUses);
    this.#codeUses[code] = use;
    return use;
  }

  #add(name: number, state: number): number {
    const use = this.#count;
    if (use === this.#mostNames) throw new TooManySegmentNames();
    if (use === this.states.length) this.#grow();
    this.#count = use + 1;
    this.#names[use] = name;
    this.states[use] = state;
    return use;
  }

  #place(id: number, use: number): void {
    const mask = this.slotUses.length - 1;
    let slot = hashOfId(id, this.multiplier) >>> this.slotShift;
    while (this.slotUses[slot] !== freeSlot) slot = (slot + 1) & mask;
    this.slotIds[slot] = id | 0;
    this.slotUses[slot] = use;
  }

  #grow(): void {
    this.states = doubled(this.states);
    this.segments = doubled(this.segments);
    this.expirations = doubled(this.expirations);
    this.#names = doubled(this.#names);
    this.slotIds = new Int32Array(this.slotIds.length * 2);
    this.slotUses = new Int32Array(this.slotUses.length * 2).fill(freeSlot);
    this.slotShift -= 1;
    for (let use = 0; use < this.#count; use++) {
      const name = this.#names[use] ?? 0;
      if (name >= 0) this.#place(name, use);
    }
  }
}

/** Its upper bits are the best. */
export function hashOfId(id: number, multiplier: number): number {
  const product = Math.imul(id, multiplier);
  return Math.imul(product ^ (product >>> 15), golden);
}

function doubled<T extends Uint8Array | Int32Array | Uint32Array | Float64Array>(from: T): T {
  const to = new (from.constructor as new (length: number) => T)(from.length * 2);
  to.set(from);
  return to;
}
