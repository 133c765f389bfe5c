import { Buffer } from 'node:buffer';
import { additionWords } from '../data/audience.ts';
import { asSegmentId } from '../../server/src/kit/ids.ts';
import type { Membership } from '../../server/src/profiles/profile-store.ts';
import { sourceFromWord } from '../../server/src/profiles/source-word.ts';

/**
 * A profile as one value of a key-value store: five 32-bit numbers a membership (segment, value, addedAtS, lifetime in minutes or
 * `neverEnds`, source), little endian, by segment ascending. What the peers store: the smallest form that keeps all that the engine keeps
 * and is merged without parsing.
 */
const words = 5;
const neverEnds = 0xffff_ffff;
const bytesPerMembership = words * 4;
/** More than a profile here can have; a larger one is refused, not cut. */
const mostMemberships = 4096;

/** Values come at any offset of a network buffer; merging wants whole numbers. */
const scratch = new Uint32Array(mostMemberships * words);
const scratchBytes = new Uint8Array(scratch.buffer);

/** What is added to one user: `count` additions of `additionWords` numbers from `at` on. */
export interface Additions {
  readonly words: Uint32Array;
  readonly at: number;
  readonly count: number;
}

/**
 * The profile after the additions, as a value of its own: the same segment is replaced, all others stay, expired ones go.
 * @param existing null or undefined: nobody has seen the user.
 */
export function mergePacked(existing: Uint8Array | null | undefined, additions: Additions, atS: number, sourceWord: number): Buffer {
  let end = loadLive(existing, atS);
  for (let i = 0; i < additions.count; i++) {
    const from = additions.at + i * additionWords;
    const segment = additions.words[from] ?? 0;
    const to = placeOf(segment, end);
    if (to === end || scratch[to] !== segment) {
      if (end === scratch.length) throw new RangeError('a profile of the bench is too large');
      scratch.copyWithin(to + words, to, end);
      end += words;
    }
    scratch[to] = segment;
    scratch[to + 1] = additions.words[from + 1] ?? 0;
    scratch[to + 2] = atS;
    scratch[to + 3] = additions.words[from + 2] ?? neverEnds;
    scratch[to + 4] = sourceWord;
  }
  return Buffer.from(scratchBytes.subarray(0, end * 4));
}

/** The live memberships of a value, as the engine answers them. */
export function decodePacked(value: Uint8Array | null | undefined, nowS: number): Membership[] {
  const end = loadLive(value, nowS);
  const memberships: Membership[] = [];
  for (let at = 0; at < end; at += words) {
    const lifetime = scratch[at + 3] ?? neverEnds;
    memberships.push({
      segment: asSegmentId(scratch[at] ?? 0),
      value: scratch[at + 1] ?? 0,
      addedAtS: scratch[at + 2] ?? 0,
      lifetimeMinutes: lifetime === neverEnds ? null : lifetime,
      source: sourceFromWord(scratch[at + 4] ?? 0),
    });
  }
  return memberships;
}

/** Puts the live memberships of a value into the scratch and answers one behind their last number. */
function loadLive(value: Uint8Array | null | undefined, nowS: number): number {
  if (value === null || value === undefined) return 0;
  if (value.length > scratchBytes.length || value.length % bytesPerMembership !== 0)
    throw new RangeError(`a packed profile cannot have ${value.length} bytes`);
  scratchBytes.set(value);
  const all = value.length / 4;
  let end = 0;
  for (let at = 0; at < all; at += words) {
    const lifetime = scratch[at + 3] ?? neverEnds;
    if (lifetime !== neverEnds && (scratch[at + 2] ?? 0) + lifetime * 60 <= nowS) continue;
    if (end !== at) scratch.copyWithin(end, at, at + words);
    end += words;
  }
  return end;
}

/** Where the segment stands in the scratch, or where it is to stand. */
function placeOf(segment: number, end: number): number {
  let at = 0;
  while (at < end && (scratch[at] ?? 0) < segment) at += words;
  return at;
}
