import { membershipWords, segmentWord } from '../memory/membership-slabs.ts';
import { userField, type ProfileMemory, type UserWatcher } from '../memory/profile-memory.ts';
import type { Replacements } from '../memory/replacements.ts';
import { rowWords } from '../memory/segment-history.ts';
import { blockKind, chunkFlag, type SnapshotBlock } from './snapshot-block.ts';
import { UniquesBlocks } from './uniques-blocks.ts';
import { dayOfShape } from './noted-additions.ts';
import type { ChunkOutcomes, StoredChunk } from './chunk-outcomes.ts';
import { membershipsOf } from './membership-changes.ts';
import { WordWriter } from './word-writer.ts';

/**
 * The contents at one moment (the cut), handed out in blocks while writes go on. Copy before write: a user that is about to
 * change and has not been handed out yet is encoded first, so that every user is written exactly once, as it was at the cut.
 * Users made after the cut are not written. Replaying the log from the cut on is therefore exact, and no entry need be
 * idempotent. Segment numbers, movements and chunks are few and copied at the cut. Memberships are written as they are held, with the
 * counted bit, and also where they have ended: what the clock did and nobody looked at is told after loading as it would have been.
 */
export class SnapshotCut implements UserWatcher {
  readonly #memory: ProfileMemory;
  readonly #end: number;
  /** One bit per user of the cut: encoded, or not of the cut. */
  readonly #done: Uint8Array;
  readonly #numbers: readonly number[];
  readonly #numbersEnd: number;
  /** One byte per number: 1 where memberships of it are written. */
  readonly #written: Uint8Array;
  readonly #replacements: Replacements;
  readonly #movements: readonly (readonly [number, Int32Array])[];
  #chunks: StoredChunk[] | null;
  readonly #uniques: UniquesBlocks;
  /** One bit per user that was written. */
  readonly #encoded: Uint8Array;
  #next = 1;
  #numbersWritten = false;
  #movementsWritten = false;
  #writing = new WordWriter(1 << 16);
  #handedOut = new WordWriter(1 << 16);
  users = 0;
  memberships = 0;

  constructor(memory: ProfileMemory, chunks: ChunkOutcomes) {
    this.#memory = memory;
    this.#end = memory.users.end;
    this.#done = new Uint8Array((this.#end >>> 3) + 1);
    this.#encoded = new Uint8Array((this.#end >>> 3) + 1);
    this.#numbers = [...memory.segments.all()].flatMap(({ number, segment, staged }) => [number, segment, staged ? 1 : 0]);
    this.#numbersEnd = memory.segments.end;
    this.#replacements = memory.segments.replacements.copy();
    this.#written = new Uint8Array(this.#numbersEnd);
    for (const { number } of memory.segments.all()) this.#written[number] = 1;
    for (const [number] of this.#replacements.heirs()) this.#written[number] = 1;
    this.#movements = memory.segments.cutHistory();
    this.#chunks = chunks.list();
    this.#uniques = new UniquesBlocks(memory.uniques, this.#end, (user) => this.#has(user));
    memory.watcher = this;
  }

  beforeChange(user: number): void {
    if (user >= this.#next && user < this.#end && this.#mark(user)) this.#encode(user);
  }

  created(user: number): void {
    if (user < this.#end) this.#mark(user);
  }

  /** The next block of about `wantedBytes`, or null after the last one. */
  nextBlock(wantedBytes: number): SnapshotBlock | null {
    if (!this.#numbersWritten) return this.#numbersBlock();
    if (!this.#movementsWritten) return this.#movementsBlock();
    if (this.#chunks !== null) return this.#chunksBlock(wantedBytes);
    while (this.#next < this.#end && this.#writing.byteLength < wantedBytes) {
      const user = this.#next++;
      if (this.#mark(user) && this.#memory.firstNameOf(user) !== 0) this.#encode(user);
    }
    if (this.#writing.byteLength > 0) return this.#handOut(blockKind.users);
    return this.#uniques.next(wantedBytes);
  }

  /** Ends the copying, whether all blocks were taken or not. */
  release(): void {
    if (this.#memory.watcher !== this) return;
    this.#memory.watcher = null;
    this.#memory.uniques.release();
  }

  #numbersBlock(): SnapshotBlock {
    this.#numbersWritten = true;
    const block = new WordWriter(this.#numbers.length + 2);
    block.word(this.#numbersEnd);
    block.word(this.#numbers.length / 3);
    block.words(Uint32Array.from(this.#numbers));
    return { kind: blockKind.numbers, bytes: block.view() };
  }

  /** Replaced numbers, then rows of [number, day, and how many came, went and ended]. */
  #movementsBlock(): SnapshotBlock {
    this.#movementsWritten = true;
    const block = new WordWriter(1024);
    const pairs = (list: readonly (readonly [number, number])[]): void => {
      block.word(list.length);
      for (const [a, b] of list) {
        block.word(a);
        block.word(b);
      }
    };
    pairs(this.#replacements.heirs());
    pairs(this.#replacements.commits());
    for (const [number, words] of this.#movements) {
      for (let at = 0; at < words.length; at += rowWords) {
        if (words[at] === 0) continue;
        block.word(number);
        for (let field = 0; field < rowWords; field++) block.word(words[at + field] as number);
      }
    }
    return { kind: blockKind.movements, bytes: block.view() };
  }

  #chunksBlock(wantedBytes: number): SnapshotBlock {
    const chunks = this.#chunks ?? [];
    const block = new WordWriter(1024);
    for (let chunk = chunks.pop(); chunk !== undefined; chunk = block.byteLength < wantedBytes ? chunks.pop() : undefined) {
      const { job, sequence, outcomes, changes, before } = chunk;
      block.word(job);
      block.word(sequence);
      block.word((typeof outcomes === 'number' ? chunkFlag.allApplied : 0) | (before === null ? 0 : chunkFlag.before));
      if (typeof outcomes === 'number') block.word(outcomes);
      else block.bytes(outcomes);
      for (const count of [changes.added, changes.refreshed, changes.removed, changes.missing]) block.word(count);
      if (before === null) continue;
      block.word(before.length);
      block.words(before);
    }
    if (chunks.length === 0) this.#chunks = null;
    return { kind: blockKind.chunks, bytes: block.view() };
  }

  #handOut(kind: number): SnapshotBlock {
    const full = this.#writing;
    this.#writing = this.#handedOut;
    this.#writing.clear();
    this.#handedOut = full;
    return { kind, bytes: full.view() };
  }

  /** Once all users are handed out: was there one with this ordinal at the cut? */
  #has(user: number): boolean {
    return user < this.#end && (((this.#encoded[user >>> 3] as number) >>> (user & 7)) & 1) === 1;
  }

  /** False where the user was marked before. */
  #mark(user: number): boolean {
    const bits = this.#done[user >>> 3] as number;
    const bit = 1 << (user & 7);
    this.#done[user >>> 3] = bits | bit;
    return (bits & bit) === 0;
  }

  #encode(user: number): void {
    const memory = this.#memory;
    const writer = this.#writing;
    this.users += 1;
    this.#encoded[user >>> 3] = (this.#encoded[user >>> 3] as number) | (1 << (user & 7));
    writer.word(user);
    writer.word(dayOfShape(memory.users.get(user, userField.shape), memory.uniques.day));
    writer.word(memory.isOptedOut(user) ? 1 : 0);
    writer.bytes(memory.keyOf(memory.firstNameOf(user)));
    const names = memory.users.get(user, userField.firstLink) === 0 ? [] : memory.linkedNames(user).toReversed();
    writer.word(names.length);
    for (const name of names) {
      const link = memory.linkOf(name);
      writer.word(link?.linkedAtS ?? 0);
      writer.word(link?.expiresAtS ?? 0);
      writer.word(link?.linkedBy ?? 0);
      writer.bytes(memory.keyOf(name));
    }
    this.#encodeMemberships(user);
  }

  #encodeMemberships(user: number): void {
    const { slabs, users } = this.#memory;
    const writer = this.#writing;
    const countAt = writer.end;
    writer.word(0);
    let written = 0;
    const count = membershipsOf(this.#memory, user);
    const slab = users.get(user, userField.slab);
    for (let i = 0; i < count; i++) {
      const words = slabs.wordsOf(slab);
      const at = slabs.offsetOf(slab) + i * membershipWords;
      const number = words[at + segmentWord] as number;
      if (this.#written[number] !== 1) continue;
      for (let field = 0; field < membershipWords; field++) writer.word(words[at + field] as number);
      written += 1;
    }
    writer.setWord(countAt, written);
    this.memberships += written;
  }
}
