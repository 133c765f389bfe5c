import { ChunkList } from './chunk-list.ts';

const originWords = 3;
const tagWord = 0;
const memberWord = 1;
const linkedByWord = 2;

/**
 * Small numbers for what many names have in common: the tag of their keys, the member of their external ids, and who linked them. Numbers
 * begin with 1 and are never given back; a store that has had `mostOrigins` numbers no more (0).
 */
export class NameOrigins {
  readonly #list: ChunkList;
  readonly #chunks: Uint32Array[];
  /** Writer: numbers by tag and member, then by who linked. */
  readonly #numbers = new Map<number, Map<number, number>>();
  #count = 0;

  constructor(chunks = NameOrigins.chunks()) {
    this.#list = chunks;
    this.#chunks = chunks.views;
  }

  static chunks(): ChunkList {
    return ChunkList.ofWords((mostOrigins + 1) * originWords);
  }

  get memoryBytes(): number {
    return this.#list.bytes;
  }

  /** Writer: the number of an origin, which is made where there is none; or 0. */
  numberOf(tag: number, member: number, linkedBy: number): number {
    const key = member * 256 + tag;
    let byLinker = this.#numbers.get(key);
    const known = byLinker?.get(linkedBy);
    if (known !== undefined) return known;
    if (this.#count === mostOrigins) return 0;
    if (this.#count === 0) this.#list.add();
    const number = ++this.#count;
    const words = this.#chunks[0] as Uint32Array;
    words[number * originWords + tagWord] = tag;
    words[number * originWords + memberWord] = member;
    words[number * originWords + linkedByWord] = linkedBy;
    if (byLinker === undefined) this.#numbers.set(key, (byLinker = new Map<number, number>()));
    byLinker.set(linkedBy, number);
    return number;
  }

  is(number: number, tag: number, member: number): boolean {
    const words = this.#chunks[0] as Uint32Array;
    const at = number * originWords;
    return words[at + tagWord] === tag && words[at + memberWord] === member;
  }
  tagOf(number: number): number {
    return this.#word(number, tagWord);
  }
  memberOf(number: number): number {
    return this.#word(number, memberWord);
  }
  linkedByOf(number: number): number {
    return this.#word(number, linkedByWord);
  }

  #word(number: number, word: number): number {
    return (this.#chunks[0] as Uint32Array)[number * originWords + word] as number;
  }
}

/** As many as 12 bits tell apart, but for 0. */
export const mostOrigins = 0xfff;
