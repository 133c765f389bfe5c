import { ProfileStoreUnavailable } from '../../profile-store.ts';
import { blockShift } from './user-blocks.ts';

/** Buckets of the name index with equal low bits, and blocks of users, share a version by these many stripes. */
export const indexStripes = 1024;
const userStripes = 4096;

/** Names and links as a whole: changes of identity are rare and touch several users. */
const namesAt = 0;
/** Written by readers only, as a fence. */
const fenceAt = 16;
const indexAt = 32;
const usersAt = indexAt + indexStripes;

const indexPlace = (hash: number): number => indexAt + (hash & (indexStripes - 1));
const userPlace = (user: number): number => usersAt + ((user >>> blockShift) & (userStripes - 1));

/** A reader that has seen a version odd so often waits instead of spinning: the writer may have lost its processor. */
const spins = 200;
const waitMs = 0.1;
/** No change takes so long: the engine's thread has died in the middle of one. */
const mostWaits = 20_000;

/**
 * How other threads read what the engine's thread is changing (sequence locks). A version is odd while what it stands for is
 * being changed and grows by two with every change. A reader takes the versions, reads, and asks whether they are still the same; if not,
 * what it read may be torn, and it reads again. There is one writer; readers never make it wait.
 *
 * Guarantee: whatever one change does between `open…` and `close`, readers see whole or not at all, for each stripe and for the names.
 */
export class ReadVersions {
  readonly #words: Int32Array;
  /** Writer: what is odd now. */
  readonly #open = new Int32Array(usersAt + userStripes);
  #openCount = 0;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer((usersAt + userStripes) * 4)) {
    this.#words = new Int32Array(buffer);
  }

  get buffer(): SharedArrayBuffer {
    return this.#words.buffer as SharedArrayBuffer;
  }

  /** Writer: to be called before a user's record or memberships change. */
  openUser(user: number): void {
    this.#openAt(userPlace(user));
  }
  /** Writer: before names come into, leave or move in the buckets of this hash. */
  openIndex(hash: number): void {
    this.#openAt(indexPlace(hash));
  }
  /** Writer: before a name is given to another user, or a link changes. */
  openNames(): void {
    this.#openAt(namesAt);
  }

  /** Writer: what was opened is whole again. */
  close(): void {
    for (let i = 0; i < this.#openCount; i++) Atomics.add(this.#words, this.#open[i] as number, 1);
    this.#openCount = 0;
  }

  /** Reader: where the versions stand; each waits until it is even. */
  ofNames(): number {
    return this.#settled(namesAt);
  }
  ofIndex(hash: number): number {
    return this.#settled(indexPlace(hash));
  }
  ofUser(user: number): number {
    return this.#settled(userPlace(user));
  }

  /** Reader: everything that was read before this call was read before the versions are compared. */
  fence(): void {
    Atomics.add(this.#words, fenceAt, 1);
  }
  /** Reader, after `fence`: does a version still stand where it stood? */
  namesAre(version: number): boolean {
    return Atomics.load(this.#words, namesAt) === version;
  }
  indexIs(hash: number, version: number): boolean {
    return Atomics.load(this.#words, indexPlace(hash)) === version;
  }
  userIs(user: number, version: number): boolean {
    return Atomics.load(this.#words, userPlace(user)) === version;
  }

  #openAt(at: number): void {
    if (((this.#words[at] as number) & 1) === 1) return;
    Atomics.add(this.#words, at, 1);
    this.#open[this.#openCount++] = at;
  }

  #settled(at: number): number {
    for (let tries = 0; ; tries++) {
      const version = Atomics.load(this.#words, at);
      if ((version & 1) === 0) return version;
      if (tries >= spins + mostWaits) throw new ProfileStoreUnavailable('the profile engine has stopped in the middle of a change');
      if (tries >= spins) Atomics.wait(this.#words, at, version, waitMs);
    }
  }
}
