import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asMemberId, asUserId } from '../../../kit/ids.ts';
import type { Identifier } from '../../identifier.ts';
import { keyOf } from '../../identifier-key.ts';
import { linkNeverEnds, NameEntries, type LinkData } from './name-entries.ts';
import { mostOrigins, NameOrigins } from './name-origins.ts';

const bytesPerHalf = 2;
const user = (id: number): Identifier => ({ kind: 'user', id: asUserId(BigInt(id)) });
const external = (member: number, id: string): Identifier => ({ kind: 'external', member: asMemberId(member), id });
const identifiers: readonly Identifier[] = [
  user(1),
  { kind: 'user', id: asUserId(2n ** 64n - 1n) },
  { kind: 'device', domain: 'idfa', id: '01234567-89ab-cdef-0123-456789abcdef' },
  ...[1, 2, 3, 4, 5, 16, 17, 253, 254, 255, 256, 511, 16_000].map((length) => external(7, 'x'.repeat(length))),
  external(0xffff_ffff, 'y'),
  { kind: 'eid', source: 'ids.example', id: 'é' },
];
const links: readonly LinkData[] = [
  { linkedAtS: 1000, expiresAtS: linkNeverEnds, linkedBy: 3 },
  { linkedAtS: 1000, expiresAtS: 1000, linkedBy: 3 },
  { linkedAtS: 4_000_000_000, expiresAtS: 4_000_000_001, linkedBy: 0xffff_ffff },
  { linkedAtS: 1000, expiresAtS: 1000 + 0xff_ffff, linkedBy: 3 },
  { linkedAtS: 1000, expiresAtS: 1000 + 0x100_0000, linkedBy: 3 },
  { linkedAtS: 1000, expiresAtS: 999, linkedBy: 0 },
  { linkedAtS: 0, expiresAtS: linkNeverEnds - 1, linkedBy: 3 },
];

function newEntries(): { entries: NameEntries; chunks: ReturnType<typeof NameEntries.chunks>; origins: NameOrigins } {
  const origins = new NameOrigins();
  const chunks = NameEntries.chunks();
  return { entries: new NameEntries(origins, chunks, 12345), chunks, origins };
}

function withoutOrigins(): ReturnType<typeof newEntries> {
  const made = newEntries();
  for (let member = 1; member <= mostOrigins; member++) made.origins.numberOf(200, member, 0);
  return made;
}

function add(entries: NameEntries, identifier: Identifier, owner = 0, next = 0, link: LinkData | null = null): number {
  const key = keyOf(identifier);
  entries.take(key, 0, key.length);
  if (link !== null) return entries.addLink(owner, next, link);
  const name = entries.add();
  entries.setUser(name, owner);
  return name;
}

function expectName(entries: NameEntries, name: number, identifier: Identifier, owner: number, next: number, link: LinkData | null): void {
  const key = keyOf(identifier);
  expect(entries.keyOf(name)).toEqual(key);
  const copy = new Uint8Array(key.length + 5);
  expect(entries.copyKey(name, copy, 3)).toBe(key.length);
  expect(copy.subarray(3, 3 + key.length)).toEqual(key);
  expect(entries.tagOf(name)).toBe(key[0]);
  const hash = entries.take(key, 0, key.length);
  expect(entries.isOf(name)).toBe(true);
  expect(entries.hashOf(name)).toBe(hash);
  expect(entries.userOf(name)).toBe(owner);
  expect(entries.isLinked(name)).toBe(link !== null);
  expect(entries.linkOf(name)).toEqual(link);
  expect(entries.endOf(name)).toBe(link?.expiresAtS ?? linkNeverEnds);
  expect(entries.nextOf(name)).toBe(next);
}

describe.each([
  ['whose origins have numbers', newEntries],
  ['where all numbers for origins are given', withoutOrigins],
])('the entries of names %s', (_title, make) => {
  it('hold every key as a name of nobody, of a user, and as a link with any times, before another and alone', () => {
    const { entries } = make();
    const made: [number, Identifier, number, number, LinkData | null][] = [];
    for (const identifier of identifiers) {
      made.push([add(entries, identifier), identifier, 0, 0, null]);
      made.push([add(entries, identifier, 0xffff_fff0), identifier, 0xffff_fff0, 0, null]);
      for (const link of links) {
        for (const next of [0, 0xffff_fff1]) made.push([add(entries, identifier, 9, next, link), identifier, 9, next, link]);
      }
    }
    for (const each of made) expectName(entries, ...each);
    expect(entries.used).toBe(made.length);
  });

  it('tell every key from every other one', () => {
    const { entries } = make();
    const names = identifiers.map((identifier) => add(entries, identifier));
    for (const [i, identifier] of identifiers.entries()) {
      const key = keyOf(identifier);
      entries.take(key, 0, key.length);
      expect(names.map((name) => entries.isOf(name))).toEqual(names.map((_, at) => at === i));
    }
  });

  it('give a link other times and another linker in place, or say that its form does not hold them', () => {
    for (const before of links) {
      for (const after of links) {
        for (const next of [0, 77]) {
          const { entries } = make();
          const name = add(entries, external(7, 'some-external-id'), 9, next, before);
          const held = entries.setLink(name, after);
          expectName(entries, name, external(7, 'some-external-id'), 9, next, held ? after : before);
        }
      }
    }
  });
});

describe('the entries of names', () => {
  it('take 16 bytes for a user id, 30 for an external id of 16 bytes that is mapped until some day, 4 more where another follows', () => {
    const { entries } = newEntries();
    const mapped: LinkData = { linkedAtS: 1_800_000_000, expiresAtS: 1_801_512_000, linkedBy: 7 };
    const sizeOf = (make: () => number): number => -(make() - make()) * bytesPerHalf;
    expect(sizeOf(() => add(entries, user(5), 1))).toBe(16);
    expect(sizeOf(() => add(entries, external(7, 'sixteen-bytes-id'), 1, 0, mapped))).toBe(30);
    expect(sizeOf(() => add(entries, external(7, 'sixteen-bytes-id'), 1, 99, mapped))).toBe(34);
  });

  it('change the next of a link, also to none', () => {
    const { entries } = newEntries();
    const name = add(entries, external(7, 'a'), 9, 5, links[0]);
    for (const next of [0xffff_ffff, 0, 6]) {
      entries.setNext(name, next);
      expect(entries.nextOf(name)).toBe(next);
    }
  });

  it('forget the bytes of what is removed, and use its room again for what has the same size', () => {
    const { entries, chunks } = newEntries();
    const before = add(entries, external(7, 'secret-of-member'));
    add(entries, external(7, 'another-one-here'));
    entries.remove(before);
    const bytes = Buffer.from(chunks.views[0]?.buffer ?? new ArrayBuffer(0));
    expect(bytes.includes('secret')).toBe(false);
    expect(bytes.includes('another-one-here')).toBe(true);
    expect(add(entries, external(8, 'third-one-of-all'))).toBe(before);
    expectName(entries, before, external(8, 'third-one-of-all'), 0, 0, null);
  });

  it('refuse a key that is too long, and what is no key', () => {
    const { entries } = newEntries();
    const long = new Uint8Array(0x4000).fill(33);
    entries.take(long, 0, long.length);
    expect(() => entries.add()).toThrow(RangeError);
    expect(() => entries.take(Uint8Array.of(32, 1, 2), 0, 3)).toThrow(RangeError);
  });

  it('hold what a map holds after random additions and removals over several chunks', () => {
    const step = fc.record({ id: fc.nat(300), length: fc.integer({ min: 1, max: 9000 }), link: fc.option(fc.constantFrom(...links)) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 600, maxLength: 900, size: 'max' }), (steps) => {
        const { entries } = newEntries();
        const held = new Map<number, [number, Identifier, LinkData | null]>();
        for (const { id, length, link } of steps) {
          const old = held.get(id);
          if (old !== undefined) {
            entries.remove(old[0]);
            held.delete(id);
          } else {
            const identifier = external(id, String(id).padEnd(length, '-'));
            held.set(id, [add(entries, identifier, id + 1, id, link), identifier, link]);
          }
        }
        expect(entries.used).toBe(held.size);
        for (const [id, [name, identifier, link]] of held) expectName(entries, name, identifier, id + 1, link === null ? 0 : id, link);
      }),
      { numRuns: 5 },
    );
  });
});
