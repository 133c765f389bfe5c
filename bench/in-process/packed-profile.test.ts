import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asSegmentId } from '../../server/src/kit/ids.ts';
import type { Membership, Source } from '../../server/src/profiles/profile-store.ts';
import { sourceToWord } from '../../server/src/profiles/source-word.ts';
import { decodePacked, mergePacked } from './packed-profile.ts';

const instant: Source = { kind: 'instant', job: 0 };
const word = sourceToWord(instant);
const nowS = 1_800_000_000;

interface Addition {
  readonly segment: number;
  readonly value: number;
  readonly lifetimeMinutes: number;
}

/** The slow, obvious twin of `mergePacked`. */
class Model {
  readonly #bySegment = new Map<number, Membership>();

  merge(additions: readonly Addition[], atS: number): void {
    for (const { segment, value, lifetimeMinutes } of additions)
      this.#bySegment.set(segment, { segment: asSegmentId(segment), value, addedAtS: atS, lifetimeMinutes, source: instant });
  }
  live(atS: number): Membership[] {
    return [...this.#bySegment.values()]
      .filter((held) => held.lifetimeMinutes === null || atS < held.addedAtS + held.lifetimeMinutes * 60)
      .toSorted((a, b) => a.segment - b.segment);
  }
}

const packed = (additions: readonly Addition[]): Uint32Array =>
  Uint32Array.from(additions.flatMap(({ segment, value, lifetimeMinutes }) => [segment, value, lifetimeMinutes]));

const addition = fc.record({
  segment: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 0xffff_ffff })),
  value: fc.integer({ min: 0, max: 0x7fff_ffff }),
  lifetimeMinutes: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 0x7fff_ffff })),
});
const batches = fc.array(fc.record({ additions: fc.array(addition, { maxLength: 6 }), afterS: fc.integer({ min: 0, max: 100 }) }), {
  maxLength: 20,
});

test('packed profiles merge as a map by segment does, and expired memberships go', () => {
  fc.assert(
    fc.property(batches, fc.nat({ max: 3 }), (steps, offset) => {
      const model = new Model();
      let value: Buffer | null = null;
      let atS = nowS;
      for (const { additions, afterS } of steps) {
        atS += afterS;
        // A value in a network buffer begins anywhere.
        const received: Buffer | null = value === null ? null : Buffer.concat([Buffer.alloc(offset), value]).subarray(offset);
        value = mergePacked(received, { words: packed(additions), at: 0, count: additions.length }, atS, word);
        model.merge(additions, atS);
        expect(decodePacked(value, atS)).toEqual(model.live(atS));
      }
    }),
  );
});

test('additions may stand in the middle of a larger batch', () => {
  const [a, b, c] = [1, 2, 3].map((segment) => ({ segment, value: segment * 10, lifetimeMinutes: 60 }));
  if (!a || !b || !c) throw new Error('three additions');
  const value = mergePacked(null, { words: packed([a, b, c]), at: 3, count: 1 }, nowS, word);
  expect(decodePacked(value, nowS).map(({ segment }) => segment)).toEqual([2]);
});

test('a membership that never ends stays', () => {
  const value = Buffer.from(Uint32Array.of(7, 1, nowS, 0xffff_ffff, word).buffer);
  expect(decodePacked(value, nowS + 1e9)).toEqual([{ segment: 7, value: 1, addedAtS: nowS, lifetimeMinutes: null, source: instant }]);
});

test('a value that is none is refused', () => {
  expect(() => decodePacked(Buffer.alloc(19), nowS)).toThrow('cannot have 19 bytes');
  expect(() => decodePacked(Buffer.alloc(4097 * 20), nowS)).toThrow(RangeError);
});
