import { Base64Url, Segment, SegmentEncoder, TCModel, TCString } from '@iabtcf/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TcfString } from './tcf-string.ts';

const allPurposes = Array.from({ length: 24 }, (_, at) => at + 1);

/** A core segment as the oracle writes it; it chooses between bit field and ranges by their size. */
function encode(purposes: readonly number[], vendors: readonly number[], legitimate: readonly number[] = []): string {
  const model = new TCModel();
  [model.cmpId, model.cmpVersion, model.consentLanguage, model.publisherCountryCode] = [31, 2, 'EN', 'DE'];
  model.purposeConsents.set([...purposes]);
  model.purposeLegitimateInterests.set([...legitimate]);
  model.vendorConsents.set([...vendors]);
  model.vendorLegitimateInterests.set([...legitimate]);
  return SegmentEncoder.encode(model, Segment.CORE);
}

const bitsOf = (value: number, count: number): string => value.toString(2).padStart(count, '0');

interface Entry {
  readonly first: number;
  readonly last?: number;
}
const entryBits = ({ first, last }: Entry): string =>
  last === undefined ? `0${bitsOf(first, 16)}` : `1${bitsOf(first, 16)}${bitsOf(last, 16)}`;

/** Ranges as they come, unsorted and overlapping, behind the fixed fields of a string that grants `purpose`. */
function encodeRanges(entries: readonly Entry[], purpose = 1): string {
  const fixed = Base64Url.decode(encode([purpose], [])).slice(0, 213);
  return Base64Url.encode(`${fixed}${bitsOf(65_535, 16)}1${bitsOf(entries.length, 12)}${entries.map(entryBits).join('')}`);
}

const purposeSets = fc.uniqueArray(fc.integer({ min: 1, max: 24 }));
const vendor = fc.integer({ min: 1, max: 65_535 });
/** Few and far between: ranges. Many side by side: a bit field. */
const vendorSets = fc.oneof(
  fc.uniqueArray(vendor, { maxLength: 6 }),
  fc.uniqueArray(fc.integer({ min: 1, max: 300 }), { maxLength: 200 }),
  fc
    .record({ first: fc.integer({ min: 1, max: 2000 }), length: fc.nat({ max: 600 }) })
    .map(({ first, length }) => Array.from({ length: length + 1 }, (_, at) => first + at)),
);
const entrySets: fc.Arbitrary<readonly Entry[]> = fc.array(
  fc.oneof(
    vendor.map((first): Entry => ({ first })),
    fc.tuple(vendor, fc.nat({ max: 300 })).map(([first, length]): Entry => ({ first, last: Math.min(first + length, 65_535) })),
  ),
  { maxLength: 8 },
);

/** Those to ask for: at, before and behind every edge. */
const around = (vendors: readonly number[]): readonly number[] =>
  [1, 2, 65_535, ...vendors.flatMap((id) => [id - 1, id, id + 1])].filter((id) => id >= 1 && id <= 65_535);

const vendorsIn = (tcf: TcfString, asked: readonly number[]): readonly number[] => asked.filter((id) => tcf.consentsToVendor(id));
/** Undefined where it throws. */
function unlessThrown<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const purposesIn = (tcf: TcfString): readonly number[] => allPurposes.filter((purpose) => tcf.consentsToPurpose(purpose));

describe('a whole string reads as the oracle reads it', () => {
  test('whatever its purposes and vendors, legitimate interest apart', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(purposeSets, vendorSets, purposeSets, (purposes, vendors, legitimate) => {
        const text = encode(purposes, vendors, legitimate);
        const [tcf, oracle] = [new TcfString(text), TCString.decode(text)];
        seen.add(Base64Url.decode(text)[229] === '1' ? 'ranges' : 'bit field');
        expect([tcf.version, tcf.holdsPurposes]).toEqual([oracle.version, true]);
        expect(purposesIn(tcf)).toEqual(allPurposes.filter((purpose) => oracle.purposeConsents.has(purpose)));
        expect(vendorsIn(tcf, around(vendors))).toEqual(around(vendors).filter((id) => oracle.vendorConsents.has(id)));
      }),
      { numRuns: 300 },
    );
    expect(seen).toEqual(new Set(['ranges', 'bit field']));
  });

  test('with ranges in any order, single and in groups', () => {
    fc.assert(
      fc.property(entrySets, (entries) => {
        const text = encodeRanges(entries);
        const [tcf, oracle] = [new TcfString(text), TCString.decode(`${text}AAAAAAAAAAAA`)];
        const asked = around(entries.flatMap(({ first, last = first }) => [first, last]));
        expect(vendorsIn(tcf, asked)).toEqual(asked.filter((id) => oracle.vendorConsents.has(id)));
      }),
      { numRuns: 300 },
    );
  });

  test('after any of its characters was changed, as long as the oracle can read it', () => {
    const change = fc.tuple(fc.nat({ max: 200 }), fc.constantFrom(...'ABCDEFGHQgoxyz0189-_'));
    const firstVendors = Array.from({ length: 300 }, (_, at) => at + 1);
    let read = 0;
    fc.assert(
      fc.property(purposeSets, vendorSets, fc.array(change, { minLength: 1, maxLength: 4 }), (purposes, vendors, changes) => {
        const characters = [...encode(purposes, vendors)];
        for (const [at, character] of changes) characters[1 + (at % (characters.length - 1))] = character;
        const text = characters.join('');
        const oracle = unlessThrown(() => TCString.decode(text));
        if (!oracle) return;
        read++;
        const [tcf, asked] = [new TcfString(text), [...firstVendors, ...around(vendors)]];
        expect(purposesIn(tcf)).toEqual(allPurposes.filter((purpose) => oracle.purposeConsents.has(purpose)));
        expect(vendorsIn(tcf, asked)).toEqual(asked.filter((id) => oracle.vendorConsents.has(id)));
      }),
      { numRuns: 300 },
    );
    expect(read).toBeGreaterThan(30);
  });

  test.each([
    ['CPaPwEAPaPwEAACAKAFRBWCgAP_AAH_AAAqIHttf_X__b3_j-_59__t0eY1f9_7_v-0zjhfdt', 2, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    ['CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA', 2, []],
    ['CQq7FMAQq7FMAAfABBENCWEgAKAAAAAAAAYgAAoAAgAA', 2, [1, 3]],
  ])('%s', (text, version, purposes) => {
    const tcf = new TcfString(text);
    expect([tcf.version, purposesIn(tcf)]).toEqual([version, purposes]);
  });

  test('a string of version 1 says so', () => {
    expect(new TcfString('BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA').version).toBe(1);
    expect(new TcfString('').version).toBe(0);
  });

  test('segments behind the core change nothing, and neither does a place inside other text', () => {
    fc.assert(
      fc.property(purposeSets, vendorSets, fc.constantFrom('.IAAA', '~1YNN', '=', '&gdpr=0'), (purposes, vendors, more) => {
        const text = encode(purposes, vendors);
        const tcf = new TcfString(`DBAB~${text}${more}`, 5);
        expect(purposesIn(tcf)).toEqual(purposesIn(new TcfString(text)));
        expect(vendorsIn(tcf, around(vendors))).toEqual(around(vendors).filter((id) => vendors.includes(id)));
      }),
      { numRuns: 100 },
    );
  });
});

describe('a string cut short, at every length', () => {
  test('reads as if zeros followed', () => {
    // No two side by side: a bit field is always shorter.
    const fields = fc.uniqueArray(
      fc.integer({ min: 1, max: 120 }).map((id) => id * 2),
      { minLength: 20, maxLength: 100 },
    );
    // Shorter ones have no id of a consent manager, which the oracle refuses.
    const oracleFrom = 17;
    fc.assert(
      fc.property(purposeSets, fields, (purposes, vendors) => {
        const text = encode(purposes, vendors);
        expect(Base64Url.decode(text)[229]).toBe('0');
        for (let length = 1; length <= text.length; length++) {
          const tcf = new TcfString(text.slice(0, length));
          const oracle = length < oracleFrom ? new TCModel() : TCString.decode(text.slice(0, length).padEnd(text.length + 8, 'A'));
          expect(tcf.holdsPurposes).toBe(length >= 30);
          expect(tcf.version).toBe(2);
          expect(purposesIn(tcf)).toEqual(allPurposes.filter((purpose) => oracle.purposeConsents.has(purpose)));
          expect(vendorsIn(tcf, around(vendors))).toEqual(around(vendors).filter((id) => oracle.vendorConsents.has(id)));
        }
      }),
      { numRuns: 8 },
    );
  });

  test('grants the vendors of those ranges that are all there, and no other', () => {
    fc.assert(
      fc.property(entrySets, (entries) => {
        const text = encodeRanges(entries);
        const asked = around(entries.flatMap(({ first, last = first }) => [first, first & 0xff00, last]));
        for (let length = 0; length <= text.length; length++) {
          let end = 242;
          const whole = entries.filter((entry) => (end += entryBits(entry).length) <= length * 6);
          const tcf = new TcfString(text.slice(0, length));
          expect(vendorsIn(tcf, asked)).toEqual(asked.filter((id) => whole.some(({ first, last = first }) => first <= id && id <= last)));
        }
      }),
      { numRuns: 60 },
    );
  });
});
