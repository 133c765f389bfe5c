import { FlipLog, knownUsers, newFlipLogMemory } from '../audience/flip-log.ts';
import { DueTimes } from './due-times.ts';
import { KeyArena } from './key-arena.ts';
import { MembershipSlabs } from './membership-slabs.ts';
import { NameIndex } from './name-index.ts';
import { RecordArena } from './record-arena.ts';
import { SegmentNumbers } from './segment-numbers.ts';

/** A user's record: its slab, its shape (below), its first name, the first link of its chain. */
export const userField = { slab: 0, shape: 1, firstName: 2, firstLink: 3 } as const;
/** Shape: memberships in 12 bits, the slab's class in 6, then the opt-out mark. */
export const countMask = 0xfff;
export const classShift = 12;
export const classMask = 0x3f;
export const optedOutBit = 1 << 18;

const nameField = { keyAt: 0, user: 1, link: 2 } as const;
const linkField = { name: 0, previous: 1, next: 2, linkedAtS: 3, expiresAtS: 4, linkedBy: 5 } as const;

/** The end of a link that never ends. */
export const linkNeverEnds = 0xffff_ffff;

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
  readonly users = new RecordArena(4);
  readonly slabs = new MembershipSlabs();
  readonly flips: FlipLog;
  readonly segments: SegmentNumbers;
  readonly due = new DueTimes();
  readonly #names = new RecordArena(3);
  readonly #links = new RecordArena(6);
  readonly #keys = new KeyArena();
  readonly #index: NameIndex;
  /** Memberships in slabs, those that wait for the sweep included. */
  membershipCount = 0;
  optedOutCount = 0;
  watcher: UserWatcher | null = null;
  /** What else counts as the engine's memory. */
  readonly beside: { readonly memoryBytes: number }[];

  constructor(hashSeed: number, flipEntries?: number) {
    this.flips = new FlipLog(newFlipLogMemory(flipEntries));
    this.segments = new SegmentNumbers(this.flips);
    this.beside = [this.flips];
    this.#index = new NameIndex(this.#names, this.#keys, hashSeed);
  }

  get memoryBytes(): number {
    const parts = [this.users, this.#names, this.#links, this.#keys, this.#index, this.slabs, this.segments, this.due, ...this.beside];
    return parts.reduce((sum, part) => sum + part.memoryBytes, 0);
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
    return this.#index.find(bytes, start, end);
  }
  keyOf(name: number): Uint8Array {
    return this.#keys.bytesOf(this.#names.get(name, nameField.keyAt));
  }
  copyKeyOf(name: number, into: Uint8Array, at: number): number {
    return this.#keys.copy(this.#names.get(name, nameField.keyAt), into, at);
  }
  tagOf(name: number): number {
    return this.#keys.tagOf(this.#names.get(name, nameField.keyAt));
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

  /** To be called before anything of a user changes. */
  beforeChange(user: number): void {
    if (this.watcher !== null) this.watcher.beforeChange(user);
  }

  /** A name that belongs to nobody yet. */
  addName(bytes: Uint8Array, start: number, end: number): number {
    const name = this.#names.allocate();
    this.#names.set(name, nameField.keyAt, this.#keys.add(bytes, start, end));
    this.#index.insert(name);
    return name;
  }

  /** Forgets a name and its bytes. It must be detached, and no user's first name. */
  removeName(name: number): void {
    this.#index.remove(name);
    this.#keys.remove(this.#names.get(name, nameField.keyAt));
    this.#names.release(name);
  }

  /** Makes a user of a name that belongs to nobody. */
  addUser(name: number, optedOut: boolean): number {
    const user = this.users.allocate();
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

  /** Frees a user that has no memberships and no links; its first name belongs to nobody then. */
  removeUser(user: number): void {
    this.beforeChange(user);
    const shape = this.users.get(user, userField.shape);
    if ((shape & optedOutBit) !== 0) this.optedOutCount -= 1;
    this.slabs.release(this.users.get(user, userField.slab), (shape >>> classShift) & classMask);
    this.#names.set(this.firstNameOf(user), nameField.user, 0);
    this.users.release(user);
    if ((shape & optedOutBit) === 0 && this.flips.knownWatched) this.flips.add(user, knownUsers, false);
  }

  /** Makes another name the first one. The old first name belongs to nobody then. */
  setFirstName(user: number, name: number): void {
    this.beforeChange(user);
    this.#names.set(this.firstNameOf(user), nameField.user, 0);
    this.users.set(user, userField.firstName, name);
    this.#names.set(name, nameField.user, user);
  }

  /** Links a name that belongs to nobody to a user. */
  attach(name: number, user: number, data: LinkData): void {
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
    const user = this.#names.get(name, nameField.user);
    this.beforeChange(user);
    this.#setLink(this.#names.get(name, nameField.link), user, data);
  }

  /** Takes a linked name from its user; it belongs to nobody then. */
  detach(name: number): void {
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
