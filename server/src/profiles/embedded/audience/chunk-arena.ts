/** What each class of room holds, in 16-bit words: multiples of 4, the last one as large as a bitmap of 65,536 bits. */
const capacities = [0, 4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096] as const;

/** The class whose room holds 4,096 ordinals, or a bitmap. */
export const largestClass = capacities.length - 1;

/** An address counts units of 8 bytes over all pages. */
const unitShift = 2;
const pageUnitShift = 15;
const pageBytes = 8 << pageUnitShift;
const unitsPerPage = 1 << pageUnitShift;
const unitMask = unitsPerPage - 1;

interface Page {
  /** Two views of the same bytes. */
  readonly halves: Uint16Array;
  readonly words: Uint32Array;
  readonly sizeClass: number;
  used: number;
  /** The first unit that was never given out. */
  fresh: number;
  /** The first freed room's unit plus 1, or 0; freed rooms are threaded through their first 16 bits. */
  firstFree: number;
  /** Where it stands among the pages of its class that have room, or -1. */
  place: number;
}

/**
 * Room for the chunks of sets: millions of short sorted arrays and some bitmaps, packed in pages of 256 KiB with rooms of one
 * size, because an array object for each would cost ten times what most of them hold. A page without rooms in use is given back.
 */
export class ChunkArena {
  readonly #pages: (Page | null)[] = [];
  readonly #freePages: number[] = [];
  /** By class: pages that have room. */
  readonly #withRoom: number[][] = capacities.map(() => []);

  #usedBytes = 0;

  /** Bytes of the rooms that are in use. */
  get usedBytes(): number {
    return this.#usedBytes;
  }
  get memoryBytes(): number {
    return (this.#pages.length - this.#freePages.length) * pageBytes;
  }

  capacityOf(sizeClass: number): number {
    return capacities[sizeClass] as number;
  }

  /** The smallest class that holds so many ordinals, 4,096 at most. */
  classFor(count: number): number {
    let sizeClass = 1;
    while ((capacities[sizeClass] as number) < count) sizeClass += 1;
    return sizeClass;
  }

  /** Room of a class; what it holds is anything. */
  allocate(sizeClass: number): number {
    const withRoom = this.#withRoom[sizeClass] as number[];
    const number = withRoom.at(-1) ?? this.#addPage(sizeClass);
    const page = this.#pages[number] as Page;
    const units = (capacities[sizeClass] as number) >>> unitShift;
    page.used += 1;
    this.#usedBytes += (capacities[sizeClass] as number) * 2;
    let unit = page.firstFree - 1;
    if (unit >= 0) page.firstFree = page.halves[unit << unitShift] as number;
    else {
      unit = page.fresh;
      page.fresh += units;
    }
    if (page.firstFree === 0 && page.fresh + units > unitsPerPage) this.#full(number, page);
    return number * unitsPerPage + unit;
  }

  release(address: number): void {
    const number = address >>> pageUnitShift;
    const page = this.#pages[number] as Page;
    const unit = address & unitMask;
    page.halves[unit << unitShift] = page.firstFree;
    page.firstFree = unit + 1;
    page.used -= 1;
    this.#usedBytes -= (capacities[page.sizeClass] as number) * 2;
    if (page.used === 0) {
      if (page.place >= 0) this.#full(number, page);
      this.#pages[number] = null;
      this.#freePages.push(number);
    } else if (page.place < 0) this.#hasRoom(number, page);
  }

  /** The page of an address as 16-bit words. */
  halvesOf(address: number): Uint16Array {
    return (this.#pages[address >>> pageUnitShift] as Page).halves;
  }
  /** Where room begins in `halvesOf`. */
  halfOffsetOf(address: number): number {
    return (address & unitMask) << unitShift;
  }
  /** The page of an address as 32-bit words. */
  wordsOf(address: number): Uint32Array {
    return (this.#pages[address >>> pageUnitShift] as Page).words;
  }
  /** Where room begins in `wordsOf`. */
  wordOffsetOf(address: number): number {
    return (address & unitMask) << (unitShift - 1);
  }

  #addPage(sizeClass: number): number {
    const bytes = new ArrayBuffer(pageBytes);
    const halves = new Uint16Array(bytes);
    const page: Page = { halves, words: new Uint32Array(bytes), sizeClass, used: 0, fresh: 0, firstFree: 0, place: -1 };
    const number = this.#freePages.pop() ?? this.#pages.length;
    this.#pages[number] = page;
    this.#hasRoom(number, page);
    return number;
  }

  #hasRoom(number: number, page: Page): void {
    const withRoom = this.#withRoom[page.sizeClass] as number[];
    page.place = withRoom.length;
    withRoom.push(number);
  }

  /** Takes a page from those that have room; the last of these takes its place. */
  #full(number: number, page: Page): void {
    const withRoom = this.#withRoom[page.sizeClass] as number[];
    const last = withRoom.pop() as number;
    if (last !== number) {
      withRoom[page.place] = last;
      (this.#pages[last] as Page).place = page.place;
    }
    page.place = -1;
  }
}
