import { FlipLog, knownUsers, newFlipLogMemory, type FlipLogMemory } from '../audience/flip-log.ts';
import type { ChunkList } from './chunk-list.ts';
import { DueTimes } from './due-times.ts';
import { KeyArena } from './key-arena.ts';
import { MembershipSlabs } from './membership-slabs.ts';
import { NameIndex, indexStateWords } from './name-index.ts';
import { keyFields, NameKeys } from './name-keys.ts';
import { ReadVersions } from './read-versions.ts';
import { RecordArena } from './record-arena.ts';
import { segmentRecordWords, SegmentNumbers } from './segment-numbers.ts';
import { Uniques, type IsNoted } from '../uniques/uniques.ts';

/** A user's record: its slab, its shape (below), its first name, the first link of its chain. */
export const userField = { slab: 0, shape: 1, firstName: 2, firstLink: 3 } as const;
/** Shape: memberships in 12 bits, the slab's class in 6, the opt-out mark, then the last 13 bits of the user's day (core/noted-additions.ts). */
export const countMask = 0xfff;
export const classShift = 12;
export const classMask = 0x3f;
export const optedOutBit = 1 << 18;
export const stampShift = 19;
export const stampMask = 0x1fff;

/** A name's record: its key, its user and its link. */
const nameField = { user: keyFields, link: keyFields + 1 } as const;
const nameWords = keyFields + 2;
const linkField = { name: 0, previous: 1, next: 2, linkedAtS: 3, expiresAtS: 4, linkedBy: 5 } as const;

/** The end of a link that never ends. */
export const linkNeverEnds = 0xffff_ffff;

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

/** Ends of six arenas, then the index's state. */
const stateWords = 6 + indexStateWords;

/** Told before a user changes and after one is made: how a snapshot keeps the moment of its cut. */
export interface UserWatcher {
  beforeChange(user: number): void;
  created(user: number): void;
}

export interface LinkData {
  readonly linkedAtS: number;
  /** `linkNeverEnds` for ever. */
  readonly expiresAtS: number;
  readonly linkedBy: number;
}

/**
 * Users, names and links as packed records. A name is an identifier's key; each belongs to one user: as its first name,
 * or through a link. An opted-out identifier is a user of its own that has the mark and nothing else.
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
  readonly chunkLists: readonly ChunkList<Uint32Array | Uint8Array>[];
  readonly #place: MemoryPlace;
  readonly #names: RecordArena;
  readonly #links: RecordArena;
  readonly #keys: NameKeys;
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
    const lists: ChunkList<Uint32Array | Uint8Array>[] = [];
    const listed = <List extends ChunkList<Uint32Array> | ChunkList<Uint8Array>>(list: List): List => {
      lists.push(list as ChunkList<Uint32Array | Uint8Array>);
      return list;
    };
    const arena = (width: number, at: number): RecordArena => new RecordArena(width, listed(RecordArena.chunks(width)), state(at));
    this.users = arena(4, 0);
    this.slabs = new MembershipSlabs(listed(MembershipSlabs.chunks()));
    this.flips = new FlipLog(place.flips);
    this.uniques = new Uniques(isNoted);
    this.segments = new SegmentNumbers(this.flips, this.uniques, arena(segmentRecordWords, 1));
    this.due = new DueTimes(arena(1, 5));
    this.#names = arena(nameWords, 2);
    this.#links = arena(6, 3);
    this.#keys = new NameKeys(this.#names, listed(KeyArena.chunks()), place.hashSeed);
    const index = NameIndex.place(
      new RecordArena(NameIndex.bucketWords, listed(NameIndex.overflowChunks()), state(4)),
      state(6, indexStateWords),
    );
    listed(index.buckets);
    this.#index = new NameIndex(this.#keys, this.versions, index);
    this.chunkLists = lists;
  }

  /** What a reader in another thread begins with; chunks and segment numbers come to it as news. */
  get place(): MemoryPlace {
    return this.#place;
  }

  get memoryBytes(): number {
    const parts = [
      this.users,
      this.#names,
      this.#links,
      this.#keys,
      this.#index,
      this.slabs,
      this.segments,
      this.due,
      this.flips,
      this.uniques,
    ];
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
    return this.#index.find(this.#keys.take(bytes, start, end));
  }
  findHashed(hash: number, bytes: Uint8Array, start: number, end: number): number {
    this.#keys.take(bytes, start, end);
    return this.#index.find(hash);
  }
  hashOf(bytes: Uint8Array, start: number, end: number): number {
    return this.#keys.take(bytes, start, end);
  }
  keyOf(name: number): Uint8Array {
    return this.#keys.bytesOf(name);
  }
  copyKeyOf(name: number, into: Uint8Array, at: number): number {
    return this.#keys.copy(name, into, at);
  }
  tagOf(name: number): number {
    return this.#keys.tagOf(name);
  }
  /** The user that a name names now, or 0 where its link has ended. */
  userOf(name: number, nowS: number): number {
    return this.isMapped(name, nowS) ? this.#names.get(name, nameField.user) : 0;
  }
  isMapped(name: number, nowS: number): boolean {
    const link = this.#names.get(name, nameField.link);
    if (link === 0) return true;
    const expiresAtS = this.#links.get(link, linkField.expiresAtS);
    return expiresAtS === linkNeverEnds || nowS < expiresAtS;
  }
  isLinked(name: number): boolean {
    return this.#names.get(name, nameField.link) !== 0;
  }
  linkOf(name: number): LinkData | null {
    const link = this.#names.get(name, nameField.link);
    if (link === 0) return null;
    const field = (at: number): number => this.#links.get(link, at);
    return { linkedAtS: field(linkField.linkedAtS), expiresAtS: field(linkField.expiresAtS), linkedBy: field(linkField.linkedBy) };
  }
  firstNameOf(user: number): number {
    return this.users.get(user, userField.firstName);
  }
  isOptedOut(user: number): boolean {
    return (this.users.get(user, userField.shape) & optedOutBit) !== 0;
  }
  /** The names that are linked to a user, those whose link has ended included. */
  linkedNames(user: number): number[] {
    const names: number[] = [];
    for (let link = this.users.get(user, userField.firstLink); link !== 0; link = this.#links.get(link, linkField.next)) {
      names.push(this.#links.get(link, linkField.name));
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
    return this.#addKeyInHand(this.#keys.take(bytes, start, end));
  }
  /** The same for a key that should not be there; 0 where it is. */
  addUnseenName(bytes: Uint8Array, start: number, end: number): number {
    const hash = this.#keys.take(bytes, start, end);
    return this.#index.find(hash) === 0 ? this.#addKeyInHand(hash) : 0;
  }

  #addKeyInHand(hash: number): number {
    const name = this.#names.allocate();
    this.#keys.giveTo(name);
    this.#index.insert(name, hash);
    return name;
  }

  /** So many names are about to come into a memory that has none. */
  reserveNames(count: number): void {
    this.#index.reserve(count);
  }

  /** Forgets a name and its bytes. It must be detached, and no user's first name. */
  removeName(name: number): void {
    this.versions.openNames();
    this.#index.remove(name);
    this.#keys.remove(name);
    this.#names.release(name);
  }

  /** Makes a user of a name that belongs to nobody. `place`: its ordinal, free now; 0: any. */
  addUser(name: number, optedOut: boolean, place = 0): number {
    const user = place === 0 ? this.users.allocate() : place;
    if (place !== 0) this.users.claim(place);
    this.versions.openUser(user);
    this.due.addUser(user);
    this.users.set(user, userField.firstName, name);
    this.#names.set(name, nameField.user, user);
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
    this.#names.set(this.firstNameOf(user), nameField.user, 0);
    this.users.retire(user);
    this.uniques.rename(user, into);
    if ((shape & optedOutBit) === 0 && this.flips.knownWatched) this.flips.add(user, knownUsers, false);
  }

  /** Makes another name the first one. The old first name belongs to nobody then. */
  setFirstName(user: number, name: number): void {
    this.versions.openNames();
    this.beforeChange(user);
    this.#names.set(this.firstNameOf(user), nameField.user, 0);
    this.users.set(user, userField.firstName, name);
    this.#names.set(name, nameField.user, user);
  }

  /** Links a name that belongs to nobody to a user. */
  attach(name: number, user: number, data: LinkData): void {
    this.versions.openNames();
    this.beforeChange(user);
    const link = this.#links.allocate();
    const next = this.users.get(user, userField.firstLink);
    this.#links.set(link, linkField.name, name);
    this.#links.set(link, linkField.next, next);
    if (next !== 0) this.#links.set(next, linkField.previous, link);
    this.users.set(user, userField.firstLink, link);
    this.#names.set(name, nameField.user, user);
    this.#names.set(name, nameField.link, link);
    this.#setLink(link, user, data);
  }

  renewLink(name: number, data: LinkData): void {
    this.versions.openNames();
    const user = this.#names.get(name, nameField.user);
    this.beforeChange(user);
    this.#setLink(this.#names.get(name, nameField.link), user, data);
  }

  /** Takes a linked name from its user; it belongs to nobody then. */
  detach(name: number): void {
    this.versions.openNames();
    const link = this.#names.get(name, nameField.link);
    const user = this.#names.get(name, nameField.user);
    this.beforeChange(user);
    const previous = this.#links.get(link, linkField.previous);
    const next = this.#links.get(link, linkField.next);
    if (previous === 0) this.users.set(user, userField.firstLink, next);
    else this.#links.set(previous, linkField.next, next);
    if (next !== 0) this.#links.set(next, linkField.previous, previous);
    this.#links.release(link);
    this.#names.set(name, nameField.link, 0);
    this.#names.set(name, nameField.user, 0);
  }

  #setLink(link: number, user: number, data: LinkData): void {
    this.#links.set(link, linkField.linkedAtS, data.linkedAtS);
    this.#links.set(link, linkField.expiresAtS, data.expiresAtS);
    this.#links.set(link, linkField.linkedBy, data.linkedBy);
    this.due.notLaterThan(user, data.expiresAtS);
  }
}
