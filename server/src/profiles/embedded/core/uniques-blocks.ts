import { bitmapWords, mostInArray, usersPerChunk } from '../audience/audience-set.ts';
import type { ProfileMemory } from '../memory/profile-memory.ts';
import { DayUsers, type Rename } from '../uniques/day-users.ts';
import { sketchRegisters } from '../uniques/user-sketch.ts';
import type { Uniques } from '../uniques/uniques.ts';
import { blockKind, type SnapshotBlock } from './snapshot-block.ts';
import type { WordReader } from './word-reader.ts';
import { WordWriter } from './word-writer.ts';

/** What stands behind the number and day. The numbers are the format: never change one, only add. */
const form = { set: 0, sketch: 1, count: 2 } as const;

/**
 * The sets of distinct users for a snapshot. They are written as they are when their turn comes, without users that were made after
 * the cut: what came after it the log adds once more. A number that got the sets of another one meanwhile is written again, and the later
 * one counts. Renames that waited at the cut are written first.
 */
export class UniquesBlocks {
  readonly #uniques: Uniques;
  readonly #wasThere: (user: number) => boolean;
  readonly #usersEnd: number;
  readonly #head: { readonly erasures: number; readonly renames: readonly Rename[] };
  /** Users that are others since, or nobody, where that was not made in all sets at the cut. */
  readonly #renamed: ReadonlySet<number>;
  readonly #ordinals = new Uint16Array(usersPerChunk);
  #left: number[] | null = null;

  /**
   * @param usersEnd one behind the highest ordinal at the cut
   * @param wasThere was there a user with this ordinal at the cut? Asked only by `next`
   */
  constructor(uniques: Uniques, usersEnd: number, wasThere: (user: number) => boolean) {
    this.#uniques = uniques;
    this.#usersEnd = usersEnd;
    this.#wasThere = wasThere;
    this.#head = uniques.hold();
    this.#renamed = new Set(this.#head.renames.map(({ from }) => from));
  }

  /** The next block of about `wantedBytes`, or null after the last one. */
  next(wantedBytes: number): SnapshotBlock | null {
    const block = new WordWriter(1024);
    if (this.#left === null) {
      this.#left = [...this.#uniques.all().keys()];
      block.word(this.#usersEnd);
      block.word(this.#head.erasures);
      for (const { from, into, erasure } of this.#head.renames) for (const word of [from, into, erasure]) block.word(word);
      return { kind: blockKind.renames, bytes: block.view() };
    }
    while (block.byteLength < wantedBytes) {
      if (this.#left.length === 0) this.#left = this.#uniques.takeMoved();
      const number = this.#left.pop();
      if (number === undefined) break;
      for (const [day, users] of this.#uniques.all().get(number) ?? []) {
        block.word(number);
        block.word(day);
        this.#write(block, users);
      }
    }
    return block.byteLength === 0 ? null : { kind: blockKind.uniques, bytes: block.view() };
  }

  #write(block: WordWriter, users: DayUsers): void {
    if (users.set !== null) {
      block.word(form.set);
      this.#writeSet(block, users.set, users.erased);
    } else if (users.sketch !== null) {
      block.word(form.sketch);
      block.bytes(users.sketch.held);
    } else {
      const count = users.count([], () => false);
      block.word(form.count);
      block.word(count.users);
      block.word(count.approximate ? 1 : 0);
    }
  }

  /** Erasures; then chunks, each as its number and its ordinals in an array or, where they are many, a bitmap. */
  #writeSet(block: WordWriter, set: NonNullable<DayUsers['set']>, erased: readonly number[]): void {
    block.word(erased.length);
    for (const erasure of erased) block.word(erasure);
    const countAt = block.end;
    block.word(0);
    let written = 0;
    for (let chunk = 0; chunk < set.chunkCount; chunk++) {
      const held = set.list(chunk, this.#ordinals);
      let count = 0;
      for (let i = 0; i < held; i++) {
        const ordinal = this.#ordinals[i] as number;
        const user = chunk * usersPerChunk + ordinal;
        if (this.#wasThere(user) || this.#renamed.has(user)) this.#ordinals[count++] = ordinal;
      }
      if (count === 0) continue;
      written += 1;
      block.word(chunk);
      block.word(count);
      if (count <= mostInArray) block.bytes(new Uint8Array(this.#ordinals.buffer, 0, count * 2));
      else block.words(bitmapOf(this.#ordinals, count));
    }
    block.setWord(countAt, written);
  }
}

export function loadRenames({ uniques, users }: ProfileMemory, block: WordReader): void {
  users.reserve(block.word());
  const erasures = block.word();
  const renames: Rename[] = [];
  while (!block.atEnd) renames.push({ from: block.word(), into: block.word(), erasure: block.word() });
  uniques.loadRenames(erasures, renames);
}

export function loadUniques({ uniques, users: { end: usersEnd } }: ProfileMemory, block: WordReader): void {
  while (!block.atEnd) {
    const [number, day, kind] = [block.word(), block.word(), block.word()];
    uniques.loadDay(number, day, (arena, isNoted) => {
      if (kind === form.count) return DayUsers.ofCount(arena, { users: block.word(), approximate: block.word() === 1 });
      if (kind === form.sketch) {
        const registers = block.bytes();
        if (registers.length !== sketchRegisters) throw new RangeError(`a sketch has ${registers.length} registers`);
        return DayUsers.ofSketch(arena, registers.slice());
      }
      if (kind !== form.set) throw new RangeError(`no set has the form ${kind}`);
      const users = new DayUsers(arena);
      for (let left = block.word(); left > 0; left--) users.addErased(block.word());
      for (let left = block.word(); left > 0; left--) loadChunk(users, block, usersEnd, isNoted);
      return users;
    });
  }
}

function loadChunk(users: DayUsers, block: WordReader, usersEnd: number, isNoted: (user: number) => boolean): void {
  const [chunk, count] = [block.word(), block.word()];
  let ordinals: Uint16Array;
  if (count <= mostInArray) {
    const bytes = block.bytes().slice();
    ordinals = new Uint16Array(bytes.buffer, 0, bytes.length >>> 1);
  } else ordinals = ordinalsOf(block.words(bitmapWords));
  const last = chunk * usersPerChunk + (ordinals[count - 1] ?? usersPerChunk);
  if (ordinals.length !== count || last >= usersEnd) throw new RangeError('a set holds users that there are not');
  const others = ordinals.filter((ordinal) => !isNoted(chunk * usersPerChunk + ordinal));
  users.set?.fill(chunk, others, 0, others.length);
}

function bitmapOf(ordinals: Uint16Array, count: number): Uint32Array {
  const bitmap = new Uint32Array(bitmapWords);
  for (let i = 0; i < count; i++) {
    const ordinal = ordinals[i] as number;
    bitmap[ordinal >>> 5] = (bitmap[ordinal >>> 5] as number) | (1 << (ordinal & 31));
  }
  return bitmap;
}

function ordinalsOf(bitmap: Uint32Array): Uint16Array {
  const ordinals: number[] = [];
  for (const [word, bits] of bitmap.entries())
    for (let bit = 0; bit < 32; bit++) if (((bits >>> bit) & 1) === 1) ordinals.push(word * 32 + bit);
  return Uint16Array.from(ordinals);
}
