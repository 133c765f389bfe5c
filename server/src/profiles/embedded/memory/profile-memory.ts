import { FlipLog, knownUsers, newFlipLogMemory, type FlipLogMemory } from '../audience/flip-log.ts';
import type { ChunkList } from './chunk-list.ts';
import { DueTimes } from './due-times.ts';
import { MembershipSlabs } from './membership-slabs.ts';
import { linkNeverEnds, NameEntries, type LinkData } from './name-entries.ts';
import { NameIndex, indexStateWords } from './name-index.ts';
import { NameOrigins } from './name-origins.ts';
import { ReadVersions } from './read-versions.ts';
import { RecordArena } from './record-arena.ts';
import { segmentRecordWords, SegmentNumbers } from './segment-numbers.ts';
import { Uniques, type IsNoted } from '../uniques/uniques.ts';

/** A user's record: its slab, its shape (below), its first name, the first of the names that are linked to it. */
export const userField = { slab: 0, shape: 1, firstName: 2, firstLink: 3 } as const;
/** Shape: memberships in 12 bits, the slab's class in 6, the opt-out mark, then the last 13 bits of the user's day (core/noted-additions.ts). */
export const countMask = 0xfff;
export const classShift = 12;
export const classMask = 0x3f;
export const optedOutBit = 1 << 18;
export const stampShift = 19;
export const stampMask = 0x1fff;

/** Where the memory's few words and versions lie; with its chunks all that a reader needs. */
export interface MemoryPlace {
  readonly state: SharedArrayBuffer;
  readonly versions: SharedArrayBuffer;
  readonly flips: FlipLogMemory;
  /** Secret per process: see key-hash.ts. */
  readonly hashSeed: number;
}

/** @param flipEntries how many flips the log for the audience index holds, a power of two */
export function newPlace(hashSeed: number, flipEntries?: number): MemoryPlace {
  const state = new SharedArrayBuffer(stateWords * 4);
  return { state, versions: new ReadVersions().buffer, flips: newFlipLogMemory(flipEntries), hashSeed };
}

/** Ends of four arenas, then the index's state. */
const stateWords = 4 + indexStateWords;

/** Told before a user changes and after one is made: how a snapshot keeps the moment of its cut. */
export interface UserWatcher {
  beforeChange(user: number): void;
  created(user: number): void;
}

/**
 * Users, names and links, packed. A name is an identifier's key; each belongs to one user: as its first name,
 * or through a link, and then its entry is the link, too: its number changes where it becomes one or is one no more. An opted-out identifier is a user of its own that has the mark and nothing else.
 */
export class ProfileMemory {
  readonly users: RecordArena;
  readonly slabs: MembershipSlabs;
  readonly segments: SegmentNumbers;
  readonly due: DueTimes;
  /** Who was added to which segment on which day. */
  readonly uniques: Uniques;
  /** What the audience index is told. */
  readonly flips: FlipLog;
  readonly versions: ReadVersions;
  /** Every list of chunks that readers in other threads need, always in this order. */
  readonly chunkLists: readonly ChunkList<Uint32Array | Uint16Array>[];
  readonly #place: MemoryPlace;
  readonly #names: NameEntries;
  readonly #index: NameIndex;
  /** Memberships in slabs, those that wait for the sweep included. */
  membershipCount = 0;
  optedOutCount = 0;
  watcher: UserWatcher | null = null;

  /** In a place that another thread fills it is a reader: nothing may be changed then, and chunks are adopted. */
  constructor(place: MemoryPlace = newPlace(Math.floor(Math.random() * 2 ** 32)), isNoted: IsNoted = () => false) {
    this.#place = place;
    this.versions = new ReadVersions(place.versions);
    const state = (at: number, length = 1): Uint32Array => new Uint32Array(place.state, at * 4, length);
    const lists: ChunkList<Uint32Array | Uint16Array>[] = [];
    const listed = <List extends ChunkList<Uint32Array> | ChunkList<Uint16Array>>(list: List): List => {
      lists.push(list as ChunkList<Uint32Array | Uint16Array>);
      return list;
    };
    const arena = (width: number, at: number): RecordArena => new RecordArena(width, listed(RecordArena.chunks(width)), state(at));
    this.users = arena(4, 0);
    this.slabs = new MembershipSlabs(listed(MembershipSlabs.chunks()));
    this.flips = new FlipLog(place.flips);
    this.uniques = new Uniques(isNoted);
    this.segments = new SegmentNumbers(this.flips, this.uniques, arena(segmentRecordWords, 1));
    this.due = new DueTimes(arena(1, 2));
    const origins = new NameOrigins(listed(NameOrigins.chunks()));
    this.#names = new NameEntries(origins, listed(NameEntries.chunks()), place.hashSeed);
    const index = NameIndex.place(
      new RecordArena(NameIndex.bucketWords, listed(NameIndex.overflowChunks()), state(3)),
      state(4, indexStateWords),
    );
    listed(index.buckets);
    this.#index = new NameIndex(this.#names, this.versions, index);
    this.chunkLists = lists;
  }

  /** What a reader in another thread begins with; chunks and segment numbers come to it as news. */
  get place(): MemoryPlace {
    return this.#place;
  }

  get memoryBytes(): number {
    const parts = [this.users, this.#names, this.#index, this.slabs, this.segments, this.due, this.flips, this.uniques];
    return parts.reduce((sum, part) => sum + part.memoryBytes, 0);
  }
  /** Of these, what memberships take: slabs, segment numbers and due times. */
  get membershipBytes(): number {
    return this.slabs.memoryBytes + this.segments.memoryBytes + this.due.memoryBytes;
  }
  /** Users that are known; opted-out marks are not. */
  get userCount(): number {
    return this.users.used - this.optedOutCount;
  }
  get nameCount(): number {
    return this.#names.used - this.optedOutCount;
  }

  /** The name with this key, or 0. */
  findName(bytes: Uint8Array, start: number, end: number): number {
    return this.#index.find(this.#names.take(bytes, start, end));
  }
  findHashed(hash: number, bytes: Uint8Array, start: number, end: number): number {
    this.#names.take(bytes, start, end);
    return this.#index.find(hash);
  }
  hashOf(bytes: Uint8Array, start: number, end: number): number {
    return this.#names.take(bytes, start, end);
  }
  keyOf(name: number): Uint8Array {
    return this.#names.keyOf(name);
  }
  copyKeyOf(name: number, into: Uint8Array, at: number): number {
    return this.#names.copyKey(name, into, at);
  }
  tagOf(name: number): number {
    return this.#names.tagOf(name);
  }
  /** The user that a name names now, or 0 where its link has ended. */
  userOf(name: number, nowS: number): number {
    return this.isMapped(name, nowS) ? this.#names.userOf(name) : 0;
  }
  isMapped(name: number, nowS: number): boolean {
    const endS = this.#names.endOf(name);
    return endS === linkNeverEnds || nowS < endS;
  }
  isLinked(name: number): boolean {
    return this.#names.isLinked(name);
  }
  linkOf(name: number): LinkData | null {
    return this.#names.linkOf(name);
  }
  firstNameOf(user: number): number {
    return this.users.get(user, userField.firstName);
  }
  isOptedOut(user: number): boolean {
    return (this.users.get(user, userField.shape) & optedOutBit) !== 0;
  }
  /** The names that are linked to a user, those whose link has ended included; the last one first. */
  linkedNames(user: number): number[] {
    const names: number[] = [];
    const { mostNames } = this.#names;
    for (let name = this.users.get(user, userField.firstLink); name !== 0; name = this.#names.nextOf(name)) {
      if (names.length > mostNames) throw new RangeError('the names of a user have no end');
      names.push(name);
    }
    return names;
  }

  /**
   * To be called before anything of a user changes; `settle` ends the change. In between readers in other threads wait, and
   * afterwards they see all of it.
   */
  beforeChange(user: number): void {
    this.versions.openUser(user);
    if (this.watcher !== null) this.watcher.beforeChange(user);
  }

  /** What was begun is whole: readers go on. */
  settle(): void {
    // Before the versions: who reads what a flip speaks of sees at least that change.
    this.flips.publish();
    this.versions.close();
  }

  /** A name that belongs to nobody yet. */
  addName(bytes: Uint8Array, start: number, end: number): number {
    return this.#addKeyInHand(this.#names.take(bytes, start, end));
  }
  /** The same for a key that should not be there; 0 where it is. */
  addUnseenName(bytes: Uint8Array, start: number, end: number): number {
    const hash = this.#names.take(bytes, start, end);
    return this.#index.find(hash) === 0 ? this.#addKeyInHand(hash) : 0;
  }

  #addKeyInHand(hash: number): number {
    const name = this.#names.add();
    this.#index.insert(name, hash);
    return name;
  }

  /** A name that should not be there yet, linked to a user at once; false where it is there. */
  addUnseenLink(bytes: Uint8Array, start: number, end: number, user: number, data: LinkData): boolean {
    const hash = this.#names.take(bytes, start, end);
    if (this.#index.find(hash) !== 0) return false;
    this.#index.insert(this.#linkKeyInHand(user, data), hash);
    return true;
  }

  /** So many names are about to come into a memory that has none. */
  reserveNames(count: number): void {
    this.#index.reserve(count);
  }

  /** Forgets a name and its bytes. It must be no link, and no user's first name. */
  removeName(name: number): void {
    this.versions.openNames();
    this.#index.remove(name, this.#names.hashOf(name));
    this.#names.remove(name);
  }

  /** Makes a user of a name that belongs to nobody. `place`: its ordinal, free now; 0: any. */
  addUser(name: number, optedOut: boolean, place = 0): number {
    const user = place === 0 ? this.users.allocate() : place;
    if (place !== 0) this.users.claim(place);
    this.versions.openUser(user);
    this.due.addUser(user);
    this.users.set(user, userField.firstName, name);
    this.#names.setUser(name, user);
    if (optedOut) {
      this.users.set(user, userField.shape, optedOutBit);
      this.optedOutCount += 1;
    } else if (this.flips.knownWatched) this.flips.add(user, knownUsers, true);
    if (this.watcher !== null) this.watcher.created(user);
    return user;
  }

  /**
   * Frees a user that has no memberships and no links; its first name belongs to nobody then.
   * @param into who it is from now on; 0: nobody
   */
  removeUser(user: number, into = 0): void {
    this.versions.openNames();
    this.beforeChange(user);
    const shape = this.users.get(user, userField.shape);
    if ((shape & optedOutBit) !== 0) this.optedOutCount -= 1;
    this.slabs.release(this.users.get(user, userField.slab), (shape >>> classShift) & classMask);
    this.#names.setUser(this.firstNameOf(user), 0);
    this.users.retire(user);
    this.uniques.rename(user, into);
    if ((shape & optedOutBit) === 0 && this.flips.knownWatched) this.flips.add(user, knownUsers, false);
  }

  /** Makes another name the first one. The old first name belongs to nobody then. */
  setFirstName(user: number, name: number): void {
    this.versions.openNames();
    this.beforeChange(user);
    this.#names.setUser(this.firstNameOf(user), 0);
    this.users.set(user, userField.firstName, name);
    this.#names.setUser(name, user);
  }

  /** Links a name that belongs to nobody to a user. */
  attach(name: number, user: number, data: LinkData): void {
    const hash = this.#names.takeOf(name);
    this.#replace(name, this.#linkKeyInHand(user, data), hash);
  }

  renewLink(name: number, data: LinkData): void {
    this.versions.openNames();
    const user = this.#names.userOf(name);
    this.beforeChange(user);
    this.due.notLaterThan(user, data.expiresAtS);
    if (this.#names.setLink(name, data)) return;
    const hash = this.#names.takeOf(name);
    const renewed = this.#names.addLink(user, this.#names.nextOf(name), data);
    this.#setBehind(user, this.#linkBefore(user, name), renewed);
    this.#replace(name, renewed, hash);
  }

  /** Takes a linked name from its user. Answers its number from now on; it belongs to nobody. */
  detach(name: number): number {
    this.#unlink(name);
    const hash = this.#names.takeOf(name);
    const bare = this.#names.add();
    this.#replace(name, bare, hash);
    return bare;
  }

  /** Takes a linked name from its user and forgets it. */
  removeLink(name: number): void {
    this.#unlink(name);
    this.removeName(name);
  }

  /** Forgets the names that were linked to a user until now at the latest. */
  removeEndedLinks(user: number, nowS: number): void {
    let before = 0;
    for (const name of this.linkedNames(user)) {
      if (this.isMapped(name, nowS)) {
        before = name;
        continue;
      }
      this.#unlink(name, before);
      this.removeName(name);
    }
  }

  /** An entry for the key in hand, before all others of the user's list. It is not in the index yet. */
  #linkKeyInHand(user: number, data: LinkData): number {
    this.versions.openNames();
    this.beforeChange(user);
    const name = this.#names.addLink(user, this.users.get(user, userField.firstLink), data);
    this.users.set(user, userField.firstLink, name);
    this.due.notLaterThan(user, data.expiresAtS);
    return name;
  }

  /** @param before the link before it in the user's list; 0: none */
  #unlink(name: number, before = this.#linkBefore(this.#names.userOf(name), name)): void {
    const user = this.#names.userOf(name);
    this.versions.openNames();
    this.beforeChange(user);
    this.#setBehind(user, before, this.#names.nextOf(name));
  }

  #linkBefore(user: number, name: number): number {
    let before = 0;
    for (let link = this.users.get(user, userField.firstLink); link !== name; link = this.#names.nextOf(link)) before = link;
    return before;
  }

  #setBehind(user: number, before: number, next: number): void {
    if (before === 0) this.users.set(user, userField.firstLink, next);
    else this.#names.setNext(before, next);
  }

  /** Another entry for a key stands in the index from now on, and the old one is free. */
  #replace(name: number, by: number, hash: number): void {
    this.#index.replace(name, by, hash);
    this.#names.remove(name);
  }
}
