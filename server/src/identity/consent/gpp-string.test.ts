import { GppModel, HeaderV1 } from '@iabgpp/cmpapi';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findGppSections, readUsNationalOptOut, readUsPrivacySection } from './gpp-string.ts';

function header(ids: readonly number[]): string {
  const written = new HeaderV1();
  written.setFieldValue('SectionIds', [...ids]);
  return written.encode();
}

/** A text for each section that tells which one it is. */
const join = (ids: readonly number[]): string => [header(ids), ...ids.map((id) => `s${id}.x`)].join('~');
const sectionIn = (text: string, start: number): string | undefined => (start < 0 ? undefined : text.slice(start).split('~')[0]);

const idSets = fc.oneof(
  fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 12 }),
  fc.uniqueArray(fc.integer({ min: 1, max: 5000 }), { maxLength: 20 }),
  fc
    .tuple(fc.uniqueArray(fc.integer({ min: 1, max: 30 })), fc.uniqueArray(fc.integer({ min: 31, max: 1_000_000 }), { maxLength: 3 }))
    .map(([near, far]) => [...near, ...far]),
);

describe('sections are found by the header', () => {
  test('whichever ids the oracle wrote into it, singly or in ranges', () => {
    fc.assert(
      fc.property(idSets, (unsorted) => {
        const ids = [...new Set(unsorted)].sort((a, b) => a - b);
        const text = join(ids);
        expect(new HeaderV1(text.split('~')[0]).getFieldValue('SectionIds')).toEqual(ids);
        const starts = findGppSections(text);
        expect(starts).toBeDefined();
        const found = starts && [starts.tcfEu, starts.usPrivacy, starts.usNational].map((start) => sectionIn(text, start));
        expect(found).toEqual([2, 6, 7].map((id) => (ids.includes(id) ? `s${id}.x` : undefined)));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['DBABM~CPXxRfA', [6, -1, -1]],
    ['DBACNY~CPXxRfA~1YNN', [7, 15, -1]],
    ['DBABjw~CPXxRfA~1YNN', [-1, 15, -1]],
    ['DBAA', [-1, -1, -1]],
  ])('the examples of the format: %s', (text, starts) => {
    const found = findGppSections(text);
    expect(found && [found.tcfEu, found.usPrivacy, found.usNational]).toEqual(starts);
  });

  test.each([
    ['nothing', ''],
    ['no header', 'CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA'],
    ['another version', 'DCABM~CPXxRfA'],
    ['a section too few', 'DBACNY~CPXxRfA'],
    ['a section too many', 'DBABM~CPXxRfA~1YNN'],
    ['a header cut short', 'DBACN~CPXxRfA~1YNN'],
    ['a header of its first character', 'D'],
    ['a character that is none of the alphabet', 'DBABM+~CPXxRfA'],
    ['a number without end', 'DBABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA~CPXxRfA'],
  ])('unreadable: %s', (_what, text) => expect(findGppSections(text)).toBeUndefined());

  test('a header cut at any length never names sections that the whole one does not', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1 }), (unsorted) => {
        const ids = unsorted.sort((a, b) => a - b);
        const whole = header(ids);
        for (let length = 0; length < whole.length; length++) {
          const found = findGppSections([whole.slice(0, length), ...ids.map((id) => `s${id}`)].join('~'));
          const named = found ? [found.tcfEu >= 0 ? 2 : [], found.usPrivacy >= 0 ? 6 : [], found.usNational >= 0 ? 7 : []].flat() : [];
          expect(ids).toEqual(expect.arrayContaining(named));
        }
      }),
      { numRuns: 200 },
    );
  });
});

const choice = fc.integer({ min: 0, max: 2 });
const notices = [
  'SharingNotice',
  'SaleOptOutNotice',
  'SharingOptOutNotice',
  'TargetedAdvertisingOptOutNotice',
  'SensitiveDataLimitUseNotice',
];
const usNational = fc.record({
  Version: fc.constantFrom(1, 2),
  SaleOptOut: choice,
  SharingOptOut: choice,
  TargetedAdvertisingOptOut: choice,
  Gpc: fc.boolean(),
  GpcSegmentIncluded: fc.boolean(),
  notices: fc.array(choice, { minLength: 5, maxLength: 5 }),
});

describe('section 7', () => {
  test('tells the opt-outs that the oracle wrote, in both versions, with and without a sub-section', () => {
    fc.assert(
      fc.property(usNational, fc.boolean(), ({ notices: noticed, ...fields }, withOthers) => {
        const model = new GppModel();
        for (const [name, value] of Object.entries(fields)) model.setFieldValue('usnat', name, value);
        for (const [at, name] of notices.entries()) model.setFieldValue('usnat', name, noticed[at]);
        if (withOthers) model.setFieldValue('uspv1', 'OptOutSale', 'N');
        if (withOthers) model.setFieldValue('usca', 'SaleOptOut', 1);
        const text = model.encode();
        const start = findGppSections(text)?.usNational ?? -1;
        const read = new GppModel(text);
        const optOuts = ['SaleOptOut', 'SharingOptOut', 'TargetedAdvertisingOptOut'].map(
          (name) => read.getFieldValue('usnat', name) as number,
        );
        expect(optOuts).toEqual([fields.SaleOptOut, fields.SharingOptOut, fields.TargetedAdvertisingOptOut]);
        expect(start).toBeGreaterThan(0);
        expect(readUsNationalOptOut(text, start)).toBe(optOuts.includes(1));
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['nothing', ''],
    ['version 3', 'DAAA'],
    ['cut before its last opt-out', 'BAA'],
    ['a value that means nothing', 'BAAw'],
    ['another character in it', 'BAAA!AAA'],
  ])('unreadable: %s', (_what, section) => {
    expect(readUsNationalOptOut(section, 0)).toBeUndefined();
    expect(readUsNationalOptOut(`DBABzw~${section}~x`, 7)).toBeUndefined();
  });
});

describe('section 6', () => {
  test('says what the oracle wrote', () => {
    fc.assert(
      fc.property(fc.constantFrom('Y', 'N', '-'), fc.constantFrom('Y', 'N', '-'), fc.boolean(), (sale, others, withNational) => {
        const model = new GppModel();
        model.setFieldValue('uspv1', 'OptOutSale', sale);
        model.setFieldValue('uspv1', 'Notice', others);
        model.setFieldValue('uspv1', 'LspaCovered', others);
        if (withNational) model.setFieldValue('usnat', 'SaleOptOut', 1);
        const text = model.encode();
        const start = findGppSections(text)?.usPrivacy ?? -1;
        expect(start).toBeGreaterThan(0);
        expect(readUsPrivacySection(text, start)).toBe(sale === 'Y' ? 'opted-out' : 'not-opted-out');
      }),
      { numRuns: 50 },
    );
  });
  test('with other text in it is malformed', () => {
    for (const section of ['', '1YY', '1YYNN', 'YYYY', '1YYX']) expect(readUsPrivacySection(`DBABTA~${section}~`, 7)).toBe('malformed');
  });
});

test('section 2 begins where the oracle put it', () => {
  const model = new GppModel();
  model.setFieldValue(
    'tcfeuv2',
    'PurposeConsents',
    Array.from({ length: 24 }, (_, at) => at < 3),
  );
  model.setFieldValue('usnat', 'SaleOptOut', 2);
  const text = model.encode();
  const start = findGppSections(text)?.tcfEu ?? -1;
  expect(sectionIn(text, start)).toBe(text.split('~')[1]);
});
