import { BitText } from './bit-text.ts';
import { readUsPrivacy, type SaleChoice } from './us-privacy.ts';

/** The sections of a GPP string that are read (ingest.md section 1.4). */
export const gppSection = { tcfEu: 2, usPrivacy: 6, usNational: 7 } as const;

/** Where the sections that are read begin: indices into the GPP string; -1 where one is absent. */
export interface GppSections {
  readonly tcfEu: number;
  readonly usPrivacy: number;
  readonly usNational: number;
}

const wantedSections = Object.values(gppSection);
const separator = '~';
const headerType = 3;
const headerVersion = 1;
const entryCountBits = 12;
const largestNumber = 2 ** 31;

/** The header's bits in order; its numbers are Fibonacci coded. */
class HeaderReader {
  readonly bits: BitText;
  #at = 0;

  constructor(text: string) {
    this.bits = new BitText(text);
  }

  /** At most 24 bits; zeros behind the end. */
  read(count: number): number {
    const value = this.bits.read(this.#at, count);
    this.#at += count;
    return value;
  }

  /** A number from 1 up, or 0 where it does not end or is too large to be meant. */
  readFibonacci(): number {
    let value = 0;
    let weight = 1;
    let following = 2;
    let previous = 0;
    while (this.#at < this.bits.length && weight < largestNumber) {
      const bit = this.read(1);
      if (bit === 1 && previous === 1) return value;
      if (bit === 1) value += weight;
      following += weight;
      weight = following - weight;
      previous = bit;
    }
    return 0;
  }
}

/**
 * The place of each section that is read among all sections, from 0, by its id; and how many sections the header names. Undefined where the
 * header cannot be read.
 */
function readHeader(text: string): { readonly places: ReadonlyMap<number, number>; readonly count: number } | undefined {
  const header = new HeaderReader(text);
  if (header.read(6) !== headerType || header.read(6) !== headerVersion) return undefined;
  if (header.bits.end < text.length && text[header.bits.end] !== separator) return undefined;
  const places = new Map<number, number>();
  const entries = header.read(entryCountBits);
  let count = 0;
  let id = 0;
  for (let entry = 0; entry < entries; entry++) {
    const isGroup = header.read(1) === 1;
    const offset = header.readFibonacci();
    const more = isGroup ? header.readFibonacci() : 0;
    if (offset === 0 || (isGroup && more === 0)) return undefined;
    const first = id + offset;
    id = first + more;
    for (const wanted of wantedSections) if (first <= wanted && wanted <= id) places.set(wanted, count + wanted - first);
    count += more + 1;
  }
  return { places, count };
}

/** Finds the sections by the header. Undefined where it cannot be read or does not name as many sections as there are. */
export function findGppSections(text: string): GppSections | undefined {
  const header = readHeader(text);
  if (!header) return undefined;
  const starts = { tcfEu: -1, usPrivacy: -1, usNational: -1 };
  let place = 0;
  for (let at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, at + 1)) {
    if (header.places.get(gppSection.tcfEu) === place) starts.tcfEu = at + 1;
    if (header.places.get(gppSection.usPrivacy) === place) starts.usPrivacy = at + 1;
    if (header.places.get(gppSection.usNational) === place) starts.usNational = at + 1;
    place++;
  }
  return place === header.count ? starts : undefined;
}

/** What the us_privacy string in section 6 says. `start` is the section's. */
export function readUsPrivacySection(text: string, start: number): SaleChoice {
  const end = text.indexOf(separator, start);
  return readUsPrivacy(text.slice(start, end < 0 ? text.length : end));
}

/** Where the three opt-outs stand side by side, in bits: US National, versions 1 and 2 alike. Each takes two. */
const optOuts = { first: 18, end: 24 } as const;
const optedOut = 1;
const mostMeant = 2;

/**
 * Whether section 7 holds an opt-out: SaleOptOut, SharingOptOut or TargetedAdvertisingOptOut is 1. Undefined where that cannot be read.
 * `start` is the section's; sub-sections, behind a dot, change nothing.
 */
export function readUsNationalOptOut(text: string, start: number): boolean | undefined {
  const bits = new BitText(text, start);
  const version = bits.read(0, 6);
  const isWhole = bits.end === text.length || text[bits.end] === separator || text[bits.end] === '.';
  if ((version !== 1 && version !== 2) || bits.length < optOuts.end || !isWhole) return undefined;
  let found = false;
  for (let at: number = optOuts.first; at < optOuts.end; at += 2) {
    const value = bits.read(at, 2);
    if (value > mostMeant) return undefined;
    if (value === optedOut) found = true;
  }
  return found;
}
