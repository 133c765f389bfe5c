import { describe, expect, it } from 'vitest';
import { encodeUserId, userKeyBytes } from '../../identifier-key.ts';
import { NameEntries } from './name-entries.ts';
import { NameIndex } from './name-index.ts';
import { NameOrigins } from './name-origins.ts';
import { ReadVersions } from './read-versions.ts';
import { RecordArena } from './record-arena.ts';

class Bench {
  readonly entries = new NameEntries(new NameOrigins(), NameEntries.chunks(), 99);
  readonly versions = new ReadVersions();
  readonly overflow = new RecordArena(NameIndex.bucketWords);
  readonly index = new NameIndex(this.entries, this.versions, NameIndex.place(this.overflow));
  readonly #key = new Uint8Array(userKeyBytes);

  hash(id: number): number {
    encodeUserId(id, 0, this.#key, 0);
    return this.entries.take(this.#key, 0, userKeyBytes);
  }
  add(id: number): number {
    const hash = this.hash(id);
    const name = this.entries.add();
    this.index.insert(name, hash);
    this.versions.close();
    return name;
  }
  find(id: number): number {
    return this.index.find(this.hash(id));
  }
  remove(id: number): void {
    const hash = this.hash(id);
    this.index.remove(this.index.find(hash), hash);
    this.versions.close();
  }
}

/** More than the index begins with buckets for, and in the middle of a doubling. */
const many = 40_000;

describe('the index of names', () => {
  it('finds every name and no other one, while it grows and while names come and go', () => {
    const bench = new Bench();
    const names = new Map<number, number>();
    const expectAll = (): void => {
      const wrong = Array.from({ length: many }, (_, id) => id).filter((id) => bench.find(id) !== (names.get(id) ?? 0));
      expect(wrong).toEqual([]);
    };
    for (let id = 0; id < many; id++) names.set(id, bench.add(id));
    expectAll();
    for (let id = 0; id < many; id += 3) {
      bench.remove(id);
      names.delete(id);
    }
    expectAll();
    for (let id = 0; id < many; id += 2) if (!names.has(id)) names.set(id, bench.add(id));
    expectAll();
    for (let id = many; id < many + 1000; id++) expect(bench.find(id)).toBe(0);
  });

  it('needs hardly any overflow while it grows, and none to speak of with room for all from the start', () => {
    const grown = new Bench();
    const reserved = new Bench();
    reserved.index.reserve(many);
    for (let id = 0; id < many; id++) {
      grown.add(id);
      reserved.add(id);
    }
    for (const { overflow } of [grown, reserved]) expect(overflow.used).toBeLessThan(many / 100);
    expect(Array.from({ length: many }, (_, id) => id).filter((id) => reserved.find(id) === 0)).toEqual([]);
  });

  it('finds a name that took the place of another one', () => {
    const bench = new Bench();
    const before = bench.add(1);
    const hash = bench.hash(1);
    const after = bench.entries.add();
    bench.index.replace(before, after, hash);
    expect(bench.find(1)).toBe(after);
  });

  it('holds names whose hashes are all the same, in chains that end when they are taken away', () => {
    let asked = 0;
    const versions = new ReadVersions();
    const overflow = new RecordArena(NameIndex.bucketWords);
    const index = new NameIndex({ isOf: (name) => name === asked, hashOf: () => 7, touch: () => 0 }, versions, NameIndex.place(overflow));
    const findable = (count: number): number[] =>
      Array.from({ length: count }, (_, i) => i + 1).filter((name) => {
        asked = name;
        return index.find(7) === name;
      });
    for (let name = 1; name <= 200; name++) index.insert(name, 7);
    expect(findable(200)).toHaveLength(200);
    for (let name = 3; name <= 200; name += 3) index.remove(name, 7);
    expect(findable(200)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1).filter((name) => name % 3 !== 0));
    for (const name of findable(200)) index.remove(name, 7);
    expect(findable(200)).toEqual([]);
    expect(overflow.used).toBe(0);
    expect(() => index.remove(1, 7)).toThrow('not in the index');
    versions.close();
  });
});
