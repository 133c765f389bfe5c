import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AudienceSet, bitmapWords, mostInArray, usersPerChunk } from './audience-set.ts';
import { ChunkArena } from './chunk-arena.ts';
import { bitCount } from './bit-count.ts';

const ordinalsOf = (bitmap: Uint32Array, chunk: number): number[] => {
  const found: number[] = [];
  for (let i = 0; i < usersPerChunk; i++) if ((((bitmap[i >>> 5] ?? 0) >>> (i & 31)) & 1) === 1) found.push(chunk * usersPerChunk + i);
  return found;
};
const bitmapOf = (users: Iterable<number>, chunk: number): Uint32Array => {
  const bitmap = new Uint32Array(bitmapWords);
  for (const user of users)
    if (user >>> 16 === chunk) bitmap[(user & 0xffff) >>> 5] = (bitmap[(user & 0xffff) >>> 5] ?? 0) | (1 << (user & 31));
  return bitmap;
};

/** Runs of neighbours, so that a few steps take a chunk across the border between its forms and back. */
const step = fc.record({
  does: fc.constantFrom('add' as const, 'remove' as const),
  from: fc.integer({ min: 0, max: 3 * usersPerChunk - 1 }),
  count: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1000, max: 6000 })),
  stride: fc.integer({ min: 1, max: 11 }),
});

function applied(steps: readonly { does: 'add' | 'remove'; from: number; count: number; stride: number }[], arena: ChunkArena) {
  const set = new AudienceSet(arena);
  const twin = new Set<number>();
  for (const { does, from, count, stride } of steps) {
    for (let i = 0, user = from; i < count; i++, user += stride) {
      if (does === 'add') {
        set.add(user);
        twin.add(user);
      } else {
        set.remove(user);
        twin.delete(user);
      }
    }
  }
  return { set, twin };
}

function expectSame(set: AudienceSet, twin: ReadonlySet<number>): void {
  expect(set.cardinality).toBe(twin.size);
  for (let chunk = 0; chunk < 5; chunk++) {
    const members = [...twin].filter((user) => user >>> 16 === chunk).sort((a, b) => a - b);
    const bitmap = new Uint32Array(bitmapWords).fill(0xffff_ffff);
    set.copyInto(chunk, bitmap);
    expect(ordinalsOf(bitmap, chunk)).toEqual(members);
    expect(set.cardinalityOf(chunk)).toBe(members.length);
    expect(bitCount(bitmap)).toBe(members.length);
  }
}

describe('a set of users', () => {
  it('holds what a plain set holds, after random additions and removals on both sides of the border between its forms', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.array(fc.nat(4 * usersPerChunk), { maxLength: 50 }), (steps, asked) => {
        const { set, twin } = applied(steps, new ChunkArena());
        expectSame(set, twin);
        for (const user of [...asked, ...steps.map(({ from }) => from)]) expect(set.has(user)).toBe(twin.has(user));
      }),
      { numRuns: 40 },
    );
  });

  it('combines with bitmaps as plain sets do', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), fc.array(step, { maxLength: 6 }), fc.nat(2), (first, second, chunk) => {
        const arena = new ChunkArena();
        const { set, twin } = applied(first, arena);
        const other = applied(second, arena).twin;
        const spare = new Uint32Array(bitmapWords).fill(7);
        const combined = (combine: (bitmap: Uint32Array) => void): number[] => {
          const bitmap = bitmapOf(other, chunk);
          combine(bitmap);
          return ordinalsOf(bitmap, chunk);
        };
        const expected = (users: ReadonlySet<number>): number[] => [...users].filter((user) => user >>> 16 === chunk).sort((a, b) => a - b);
        expect(combined((bitmap) => set.orInto(chunk, bitmap))).toEqual(expected(other.union(twin)));
        expect(combined((bitmap) => set.andInto(chunk, bitmap, spare))).toEqual(expected(other.intersection(twin)));
        const shared = set.sharedBits(chunk, applied(second, arena).set);
        expect(shared < 0 || shared === expected(other.intersection(twin)).length).toBe(true);
        expect(combined((bitmap) => set.andNotInto(chunk, bitmap))).toEqual(expected(other.difference(twin)));
      }),
      { numRuns: 40 },
    );
  });

  it.each([1, 5, mostInArray, mostInArray + 1, usersPerChunk])(
    'filled with %i ordinals at once, goes on as if they had been added',
    (count) => {
      const set = new AudienceSet(new ChunkArena());
      const ordinals = Uint16Array.from({ length: count + 2 }, (_, i) => i - 1);
      set.fill(2, ordinals, 1, count + 1);
      const twin = new Set(Array.from({ length: count }, (_, i) => 2 * usersPerChunk + i));
      expectSame(set, twin);
      for (const user of [2 * usersPerChunk, 2 * usersPerChunk + 65_535, 7]) {
        set.add(user);
        twin.add(user);
      }
      set.remove(2 * usersPerChunk);
      twin.delete(2 * usersPerChunk);
      expectSame(set, twin);
    },
  );

  it('takes two bytes a user and little room to grow where it is sparse, and gives all back when it is emptied', () => {
    const arena = new ChunkArena();
    const sets = Array.from({ length: 3000 }, () => new AudienceSet(arena));
    for (const [i, set] of sets.entries()) for (let user = i; user < 40 * usersPerChunk; user += 20_000) set.add(user);
    const users = sets.reduce((sum, set) => sum + set.cardinality, 0);
    expect(arena.memoryBytes / users).toBeLessThan(3.5);
    for (const [i, set] of sets.entries()) expect(set.cardinality).toBe(Math.ceil((40 * usersPerChunk - i) / 20_000));
    expect(Array.from({ length: 40 }, (_, chunk) => sets[5]?.cardinalityOf(chunk) ?? 0).reduce((sum, count) => sum + count)).toBe(
      sets[5]?.cardinality,
    );
    for (const set of sets) set.clear();
    expect(arena.memoryBytes).toBe(0);
    expect(sets[0]?.cardinality).toBe(0);
    sets[0]?.add(9);
    expect(sets[0]?.has(9)).toBe(true);
  });
});

describe('two sets', () => {
  it('tell how many they share of a chunk where both are bitmaps, and of no other', () => {
    const arena = new ChunkArena();
    const [twos, threes, few] = [new AudienceSet(arena), new AudienceSet(arena), new AudienceSet(arena)];
    for (let user = 0; user < 2 * usersPerChunk; user += 1) {
      if (user % 2 === 0) twos.add(user);
      if (user % 3 === 0 && user < usersPerChunk) threes.add(user);
      if (user % 300 === 0) few.add(user);
    }
    expect(twos.sharedBits(0, threes)).toBe(Math.ceil(usersPerChunk / 6));
    expect(threes.sharedBits(0, twos)).toBe(Math.ceil(usersPerChunk / 6));
    expect([twos.sharedBits(1, threes), threes.sharedBits(1, twos), twos.sharedBits(0, few), twos.sharedBits(9, twos)]).toEqual(
      Array(4).fill(-1),
    );
  });
});

describe('rooms of the arena', () => {
  it('are never given out twice, of whatever size, and hold what was written', () => {
    const arena = new ChunkArena();
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 4096 }), fc.boolean()), { minLength: 50, maxLength: 400 }), (requests) => {
        const held: { address: number; count: number; mark: number }[] = [];
        const check = ({ address, count, mark }: (typeof held)[number]): void => {
          const start = arena.halfOffsetOf(address);
          expect(
            arena
              .halvesOf(address)
              .subarray(start, start + count)
              .every((half) => half === mark),
          ).toBe(true);
        };
        for (const [i, [count, release]] of requests.entries()) {
          const address = arena.allocate(arena.classFor(count));
          arena.halvesOf(address).fill(i, arena.halfOffsetOf(address), arena.halfOffsetOf(address) + count);
          held.push({ address, count, mark: i });
          const leaving = release ? held.splice(held.length >>> 1, 1)[0] : undefined;
          if (leaving === undefined) continue;
          check(leaving);
          arena.release(leaving.address);
        }
        for (const each of held) check(each);
        for (const { address } of held) arena.release(address);
        expect(arena.memoryBytes).toBe(0);
      }),
      { numRuns: 30 },
    );
  });
});
