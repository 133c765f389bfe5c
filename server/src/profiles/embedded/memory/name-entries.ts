import { longestKeyBytes } from '../../identifier-key.ts';
import { ChunkList } from './chunk-list.ts';
import { keyBytes, NameKey, writeKeyHead } from './name-key.ts';
import type { NameOrigins } from './name-origins.ts';

/** The end of a link that never ends. */
export const linkNeverEnds = 0xffff_ffff;

export interface LinkData {
  readonly linkedAtS: number;
  /** `linkNeverEnds` for ever. */
  readonly expiresAtS: number;
  readonly linkedBy: number;
}

const chunkShift = 19;
const halvesPerChunk = 1 << chunkShift;
const chunkMask = halvesPerChunk - 1;
const mostChunks = 2 ** 32 / halvesPerChunk;
/** Entries of user ids have 8 halves: from here on four of them lie in one line of the cache. */
const firstEntry = 8;

/** What every entry begins with: its head (shape and origin), its user, and the length of its key's rest. */
const userAt = 1;
const lengthAt = 3;
const fixedHalves = 4;
const originMask = 0xfff;
/** Shape. A link: with a next one in its user's list; that ends; whose times are too far from each other for 24 bits. */
const linkedBit = 0x1000;
const nextBit = 0x2000;
const endsBit = 0x4000;
const farBit = 0x8000;
const shapeShift = 12;
/** Instead of a length: it lies in a half of its own, behind the fixed ones. */
const longLength = 0xff;
/** Where there is no number for it: tag, member and who linked, behind the length. */
const ownOriginHalves = 5;
/** Seconds between link and end that 24 bits hold: 194 days. */
const nearSpan = 1 << 24;
const lastHalvesOfLink = 2;

const timesHalves = (shape: number): number => ((shape & endsBit) === 0 ? 2 : (shape & farBit) === 0 ? 3 : 4);
/** By shape: halves of a link's times and of its next one's name. */
const linkHalves = Uint8Array.from({ length: 16 }, (_, i) => {
  const shape = i << shapeShift;
  return (shape & linkedBit) === 0 ? 0 : timesHalves(shape) + ((shape & nextBit) === 0 ? 0 : lastHalvesOfLink);
});

/**
 * Names, packed: each is one entry of 16-bit halves that holds its key and, where it is a link, its times and its place in the
 * list of its user (docs/decisions/0032). Entries have what they need and no more: a user id's 16 bytes, an external id of 16 bytes that is
 * mapped until some day 30, and 34 where its user has another.
 *
 *     head        origin in 12 bits, then the shape
 *     user        2 halves; 0: it belongs to nobody
 *     length      of the key's rest in the low byte; in the high one bits 16 to 23 of the span of a near link
 *     [length]    where it does not fit into a byte
 *     [origin]    5 halves: tag, member, linkedBy, where the head's is 0
 *     [times]     of a link: linkedAtS; or its end and the span between both, 24 bits; or its end and linkedAtS
 *     [next]      of a link that has one behind it in its user's list
 *     rest        the key behind its tag and member, padded to a half
 *
 * A name's number is the place of its entry in halves over all chunks (8 GB at most). It stays while the entry keeps its form.
 * A freed entry's room is zeroed but for its last two halves, which thread the list of free ones of its size.
 */
export class NameEntries {
  readonly #list: ChunkList<Uint16Array>;
  readonly #chunks: Uint16Array[];
  readonly #origins: NameOrigins;
  readonly #hashSeed: number;
  readonly #hand = new NameKey();
  readonly #other = new NameKey();
  /** Writer: the first free entry by size in halves. */
  readonly #firstFree = new Map<number, number>();
  #end = firstEntry;
  #used = 0;

  /** `hashSeed`: see key-hash.ts. */
  constructor(origins: NameOrigins, chunks: ChunkList<Uint16Array>, hashSeed: number) {
    this.#origins = origins;
    this.#list = chunks;
    this.#chunks = chunks.views;
    this.#hashSeed = hashSeed;
  }

  static chunks(): ChunkList<Uint16Array> {
    return ChunkList.ofHalves(halvesPerChunk);
  }

  get memoryBytes(): number {
    return this.#list.bytes + this.#origins.memoryBytes;
  }
  get used(): number {
    return this.#used;
  }
  /** No user can have so many links: a walk that comes so far reads what is being changed. */
  get mostNames(): number {
    return (this.#chunks.length * halvesPerChunk) / fixedHalves;
  }

  /** Takes a key in hand and answers its hash. */
  take(bytes: Uint8Array, start: number, end: number): number {
    this.#hand.take(bytes, start, end, this.#hashSeed);
    return this.#hand.hash;
  }
  /** The same with a name's key. */
  takeOf(name: number): number {
    this.#takeInto(this.#hand, name);
    return this.#hand.hash;
  }
  hashOf(name: number): number {
    this.#takeInto(this.#other, name);
    return this.#other.hash;
  }

  touch(name: number): number {
    return this.#headOf(name);
  }

  /** Is the key in hand this name's? */
  isOf(name: number): boolean {
    const { tag, member, restBytes, rest } = this.#hand;
    const halves = this.#chunkOf(name);
    const at = name & chunkMask;
    const head = halves[at] as number;
    if (this.#restBytesAt(halves, at) !== restBytes) return false;
    const origin = head & originMask;
    if (origin === 0) {
      if (this.#tagAt(halves, at) !== tag || this.#memberAt(halves, at) !== member) return false;
    } else if (!this.#origins.is(origin, tag, member)) return false;
    let from = restAt(halves, at);
    const words = restBytes >>> 2;
    for (let i = 0; i < words; i++, from += 2) {
      if (((halves[from] as number) | ((halves[from + 1] as number) << 16)) !== rest[i]) return false;
    }
    const left = restBytes & 3;
    if (left === 0) return true;
    const last = left < 3 ? (halves[from] as number) : (halves[from] as number) | ((halves[from + 1] as number) << 16);
    return last === rest[words];
  }

  /** An entry with the key in hand, for nobody. */
  add(): number {
    return this.#make(0, 0, null);
  }
  /** The same as a link of a user; `next` behind it in the user's list, or 0. */
  addLink(user: number, next: number, link: LinkData): number {
    return this.#make(user, next, link);
  }

  /** Frees an entry and forgets its bytes. */
  remove(name: number): void {
    const halves = this.#chunkOf(name);
    const at = name & chunkMask;
    const end = restAt(halves, at) + ((this.#restBytesAt(halves, at) + 1) >>> 1);
    const size = end - at;
    halves.fill(0, at, end);
    setWord(halves, end - 2, this.#firstFree.get(size) ?? 0);
    this.#firstFree.set(size, name);
    this.#used -= 1;
  }

  userOf(name: number): number {
    return wordAt(this.#chunkOf(name), (name & chunkMask) + userAt);
  }
  setUser(name: number, user: number): void {
    setWord(this.#chunkOf(name), (name & chunkMask) + userAt, user);
  }
  isLinked(name: number): boolean {
    return (this.#headOf(name) & linkedBit) !== 0;
  }
  /** When a name ends: `linkNeverEnds` where it is no link, too. */
  endOf(name: number): number {
    const halves = this.#chunkOf(name);
    const at = name & chunkMask;
    return ((halves[at] as number) & endsBit) === 0 ? linkNeverEnds : wordAt(halves, timesAt(halves, at));
  }
  linkOf(name: number): LinkData | null {
    const halves = this.#chunkOf(name);
    const at = name & chunkMask;
    const head = halves[at] as number;
    if ((head & linkedBit) === 0) return null;
    const times = timesAt(halves, at);
    const linkedBy = this.#linkedByAt(halves, at);
    const first = wordAt(halves, times);
    if ((head & endsBit) === 0) return { linkedAtS: first, expiresAtS: linkNeverEnds, linkedBy };
    if ((head & farBit) !== 0) return { linkedAtS: wordAt(halves, times + 2), expiresAtS: first, linkedBy };
    const span = (((halves[at + lengthAt] as number) >>> 8) << 16) | (halves[times + 2] as number);
    return { linkedAtS: first - span, expiresAtS: first, linkedBy };
  }

  /** Gives a link other data, if the entry can hold them as it is. */
  setLink(name: number, link: LinkData): boolean {
    const halves = this.#chunkOf(name);
    const at = name & chunkMask;
    const before = halves[at] as number;
    const origin = this.#origins.numberOf(this.#tagAt(halves, at), this.#memberAt(halves, at), link.linkedBy);
    const head = shapeOf(link) | (before & nextBit) | origin;
    if (head >>> shapeShift !== before >>> shapeShift || (origin === 0) !== ((before & originMask) === 0)) return false;
    halves[at] = head;
    if (origin === 0) setWord(halves, ownOriginAt(halves, at) + 3, link.linkedBy);
    writeTimes(halves, at, link);
    return true;
  }

  /** The name behind a link in its user's list, or 0. */
  nextOf(name: number): number {
    const halves = this.#chunkOf(name);
    const at = name & chunkMask;
    return ((halves[at] as number) & nextBit) === 0 ? 0 : wordAt(halves, restAt(halves, at) - lastHalvesOfLink);
  }
  /** Of a link that has had one behind it. */
  setNext(name: number, next: number): void {
    const halves = this.#chunkOf(name);
    setWord(halves, restAt(halves, name & chunkMask) - lastHalvesOfLink, next);
  }

  /** The first byte of a key: the kind of identifier. */
  tagOf(name: number): number {
    return this.#tagAt(this.#chunkOf(name), name & chunkMask);
  }

  /** A key's bytes. */
  keyOf(name: number): Uint8Array {
    const bytes = new Uint8Array(keyBytes(this.tagOf(name), this.#restBytesAt(this.#chunkOf(name), name & chunkMask)));
    this.copyKey(name, bytes, 0);
    return bytes;
  }

  /** Writes a key's bytes at `to` and answers how many there are. */
  copyKey(name: number, into: Uint8Array, to: number): number {
    const halves = this.#chunkOf(name);
    const at = name & chunkMask;
    const headBytes = writeKeyHead(this.#tagAt(halves, at), this.#memberAt(halves, at), into, to);
    const restBytes = this.#restBytesAt(halves, at);
    const from = restAt(halves, at);
    const start = to + headBytes;
    for (let i = 0; i < restBytes; i++) into[start + i] = (halves[from + (i >>> 1)] as number) >>> ((i & 1) * 8);
    return headBytes + restBytes;
  }

  #make(user: number, next: number, link: LinkData | null): number {
    const { tag, member, restBytes, rest } = this.#hand;
    if (keyBytes(tag, restBytes) > longestKeyBytes) throw new RangeError(`a key of ${keyBytes(tag, restBytes)} bytes is too long`);
    const origin = this.#origins.numberOf(tag, member, link?.linkedBy ?? 0);
    const shape = link === null ? 0 : shapeOf(link) | (next === 0 ? 0 : nextBit);
    const isLong = restBytes >= longLength;
    const restHalves = (restBytes + 1) >>> 1;
    const before = fixedHalves + (isLong ? 1 : 0) + (origin === 0 ? ownOriginHalves : 0) + (linkHalves[shape >>> shapeShift] as number);
    const name = this.#allocate(before + restHalves);
    const halves = this.#chunkOf(name);
    const at = name & chunkMask;
    halves[at] = shape | origin;
    setWord(halves, at + userAt, user);
    halves[at + lengthAt] = isLong ? longLength : restBytes;
    if (isLong) halves[at + fixedHalves] = restBytes;
    if (origin === 0) {
      const own = ownOriginAt(halves, at);
      halves[own] = tag;
      setWord(halves, own + 1, member);
      setWord(halves, own + 3, link?.linkedBy ?? 0);
    }
    if (link !== null) writeTimes(halves, at, link);
    const to = at + before;
    if (next !== 0) setWord(halves, to - lastHalvesOfLink, next);
    for (let i = 0; i < restHalves; i++) halves[to + i] = (rest[i >>> 1] as number) >>> ((i & 1) * 16);
    this.#used += 1;
    return name;
  }

  /** Room of so many halves, zeros but for the last two. */
  #allocate(size: number): number {
    const free = this.#firstFree.get(size) ?? 0;
    if (free !== 0) {
      this.#firstFree.set(size, wordAt(this.#chunkOf(free), (free & chunkMask) + size - 2));
      return free;
    }
    if ((this.#end & chunkMask) + size > halvesPerChunk) this.#end = (Math.floor(this.#end / halvesPerChunk) + 1) * halvesPerChunk;
    if (this.#end >= this.#chunks.length * halvesPerChunk) {
      if (this.#chunks.length === mostChunks) throw new RangeError('the identifiers fill 8 GB');
      this.#list.add();
    }
    const name = this.#end;
    this.#end += size;
    return name;
  }

  #takeInto(key: NameKey, name: number): void {
    const halves = this.#chunkOf(name);
    const at = name & chunkMask;
    const restBytes = this.#restBytesAt(halves, at);
    key.takeHalves(this.#tagAt(halves, at), this.#memberAt(halves, at), restBytes, halves, restAt(halves, at), this.#hashSeed);
  }

  #chunkOf(name: number): Uint16Array {
    return this.#chunks[name >>> chunkShift] as Uint16Array;
  }
  #headOf(name: number): number {
    return this.#chunkOf(name)[name & chunkMask] as number;
  }
  #restBytesAt(halves: Uint16Array, at: number): number {
    const length = (halves[at + lengthAt] as number) & 0xff;
    return length === longLength ? (halves[at + fixedHalves] as number) : length;
  }
  #tagAt(halves: Uint16Array, at: number): number {
    const origin = (halves[at] as number) & originMask;
    return origin === 0 ? (halves[ownOriginAt(halves, at)] as number) : this.#origins.tagOf(origin);
  }
  #memberAt(halves: Uint16Array, at: number): number {
    const origin = (halves[at] as number) & originMask;
    return origin === 0 ? wordAt(halves, ownOriginAt(halves, at) + 1) : this.#origins.memberOf(origin);
  }
  #linkedByAt(halves: Uint16Array, at: number): number {
    const origin = (halves[at] as number) & originMask;
    return origin === 0 ? wordAt(halves, ownOriginAt(halves, at) + 3) : this.#origins.linkedByOf(origin);
  }
}

function shapeOf({ linkedAtS, expiresAtS }: LinkData): number {
  if (expiresAtS === linkNeverEnds) return linkedBit;
  const span = expiresAtS - linkedAtS;
  return linkedBit | endsBit | (span >= 0 && span < nearSpan ? 0 : farBit);
}

/** Writes the times of a link whose head and length are written. */
function writeTimes(halves: Uint16Array, at: number, { linkedAtS, expiresAtS }: LinkData): void {
  const head = halves[at] as number;
  const times = timesAt(halves, at);
  if ((head & endsBit) === 0) {
    setWord(halves, times, linkedAtS);
    return;
  }
  setWord(halves, times, expiresAtS);
  if ((head & farBit) !== 0) {
    setWord(halves, times + 2, linkedAtS);
    return;
  }
  const span = expiresAtS - linkedAtS;
  halves[times + 2] = span;
  halves[at + lengthAt] = ((halves[at + lengthAt] as number) & 0xff) | ((span >>> 16) << 8);
}

const ownOriginAt = (halves: Uint16Array, at: number): number =>
  at + fixedHalves + (((halves[at + lengthAt] as number) & 0xff) === longLength ? 1 : 0);
const timesAt = (halves: Uint16Array, at: number): number =>
  ownOriginAt(halves, at) + (((halves[at] as number) & originMask) === 0 ? ownOriginHalves : 0);
const restAt = (halves: Uint16Array, at: number): number =>
  timesAt(halves, at) + (linkHalves[(halves[at] as number) >>> shapeShift] as number);

const wordAt = (halves: Uint16Array, at: number): number => ((halves[at] as number) | ((halves[at + 1] as number) << 16)) >>> 0;
function setWord(halves: Uint16Array, at: number, word: number): void {
  halves[at] = word;
  halves[at + 1] = word >>> 16;
}
