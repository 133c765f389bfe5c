import { AudienceSet, chunkShift, mostInArray, usersPerChunk } from '../audience/audience-set.ts';
import type { ChunkArena } from '../audience/chunk-arena.ts';
import { sketchRegisters, UserSketch } from './user-sketch.ts';

/** How many different users, and whether that is an estimate. */
export interface UserCount {
  readonly users: number;
  readonly approximate: boolean;
}

/** One user is another from now on, or (into 0) nobody: then its place in counts has the number `erasure`, used for nobody else. */
export interface Rename {
  readonly from: number;
  readonly into: number;
  readonly erasure: number;
}

/**
 * The different users of one segment and day, but for `noted` others who are in no set: the set of their ordinals, and the erasures of those that were erased, which can be counted
 * but not found; or a sketch, which nobody can be taken from; or only how many they were.
 */
export class DayUsers {
  readonly #arena: ChunkArena;
  #set: AudienceSet | null;
  #erased: Set<number> | null = null;
  #sketch: UserSketch | null = null;
  #count: UserCount | null = null;
  /** How many more there are, whose memberships note it; of the present day others keep this number. */
  noted = 0;

  constructor(arena: ChunkArena) {
    this.#arena = arena;
    this.#set = new AudienceSet(arena);
  }

  static ofSketch(arena: ChunkArena, registers: Uint8Array): DayUsers {
    const day = new DayUsers(arena);
    day.#set = null;
    day.#sketch = new UserSketch(registers);
    return day;
  }
  static ofCount(arena: ChunkArena, count: UserCount): DayUsers {
    const day = new DayUsers(arena);
    day.#set = null;
    day.#count = count;
    return day;
  }

  /** Null where it is none. */
  get set(): AudienceSet | null {
    return this.#set;
  }
  get sketch(): UserSketch | null {
    return this.#sketch;
  }
  get erased(): readonly number[] {
    return this.#erased === null ? [] : [...this.#erased];
  }
  /** Bytes beside the rooms of the set. */
  get ownBytes(): number {
    if (this.#sketch !== null) return sketchRegisters;
    return (this.#set?.ownBytes ?? 0) + (this.#erased?.size ?? 0) * 40;
  }

  /** To a count nobody is added: its day is over. */
  add(user: number): void {
    if (this.#set !== null) this.#set.add(user);
    else this.#sketch?.add(user);
  }

  /** From a set only. */
  remove(user: number): void {
    this.#set?.remove(user);
  }

  addErased(erasure: number): void {
    if (this.#set === null) this.#sketch?.add(asUser(erasure));
    else (this.#erased ??= new Set()).add(erasure);
  }

  /** @param isNoted is this user one of `noted`? Then it comes into no set */
  rename({ from, into, erasure }: Rename, isNoted: (user: number) => boolean): void {
    if (!this.#set?.has(from)) return;
    this.#set.remove(from);
    if (into === 0) this.addErased(erasure);
    else if (!isNoted(into)) this.#set.add(into);
  }

  /** @param renames that have not been made here yet, in their order */
  count(renames: readonly Rename[], isNoted: (user: number) => boolean): UserCount {
    if (this.#count !== null) return this.#count;
    if (this.#sketch !== null) return { users: this.#sketch.estimate() + this.noted, approximate: true };
    const set = this.#set;
    if (set === null) return { users: this.noted, approximate: false };
    // Only merges change the number: into somebody who is there too.
    const changed = new Map<number, boolean>();
    const isIn = (user: number): boolean => (changed.size === 0 ? undefined : changed.get(user)) ?? set.has(user);
    let users = set.cardinality + (this.#erased?.size ?? 0) + this.noted;
    for (const { from, into } of renames) {
      if (!isIn(from)) continue;
      changed.set(from, false);
      if (into === 0) continue;
      if (isIn(into) || isNoted(into)) users -= 1;
      else changed.set(into, true);
    }
    return { users, approximate: false };
  }

  /** Takes in another's users, but for those who are noted here; the other one is empty then. */
  takeAll(other: DayUsers, isNoted: (user: number) => boolean): void {
    if (this.#count !== null || other.#count !== null) {
      // Only of days that are long over: who is in both is not known any more.
      const users = this.count([], isNoted).users + other.count([], isNoted).users;
      this.toCount([], isNoted);
      other.clear();
      this.#count = { users, approximate: true };
      return;
    }
    if (other.#sketch !== null) this.toSketch();
    if (this.#sketch !== null && other.#sketch !== null) this.#sketch.unite(other.#sketch);
    this.noted += other.noted;
    other.#forEach(
      (user) => {
        if (!isNoted(user)) this.add(user);
      },
      (erasure) => this.addErased(erasure),
    );
    other.clear();
  }

  toSketch(): void {
    if (this.#set === null) return;
    const sketch = new UserSketch();
    this.#forEach(
      (user) => sketch.add(user),
      (erasure) => sketch.add(asUser(erasure)),
    );
    this.clear();
    this.#set = null;
    this.#sketch = sketch;
  }

  /** Keeps only how many. */
  toCount(renames: readonly Rename[], isNoted: (user: number) => boolean): void {
    const count = this.count(renames, isNoted);
    this.clear();
    this.noted = 0;
    this.#set = null;
    this.#sketch = null;
    this.#count = count;
  }

  /** Gives the rooms of a set back. */
  clear(): void {
    this.#set?.clear();
    this.#erased = null;
  }

  /** Bytes of the set's rooms. */
  get roomBytes(): number {
    let bytes = 0;
    for (let chunk = 0; chunk < (this.#set?.chunkCount ?? 0); chunk++) {
      const users = this.#set?.cardinalityOf(chunk) ?? 0;
      if (users > 0) bytes += users > mostInArray ? usersPerChunk >>> 3 : this.#arena.capacityOf(this.#arena.classFor(users)) * 2;
    }
    return bytes;
  }

  #forEach(eachUser: (user: number) => void, eachErasure: (erasure: number) => void): void {
    const ordinals = new Uint16Array(usersPerChunk);
    for (let chunk = 0; chunk < (this.#set?.chunkCount ?? 0); chunk++) {
      const count = this.#set?.list(chunk, ordinals) ?? 0;
      for (let i = 0; i < count; i++) eachUser(chunk * 2 ** chunkShift + (ordinals[i] as number));
    }
    for (const erasure of this.#erased ?? []) eachErasure(erasure);
  }
}

/** Sketches hold erasures beside ordinals, which stay below this. */
const asUser = (erasure: number): number => (erasure | 0x8000_0000) >>> 0;
