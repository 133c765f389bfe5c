import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { ConsentSignals } from './decide-consent.ts';
import { findSignals } from './find-signals.ts';

/** Those that are there. */
const found = (query: string): Partial<ConsentSignals> =>
  Object.fromEntries(Object.entries(findSignals(query)).filter(([, value]) => value !== undefined));

describe('signals are found', () => {
  test.each<[string, string, Partial<ConsentSignals>]>([
    ['at the beginning', 'gdpr=1', { gdpr: '1' }],
    [
      'all five, among others',
      'add=1&gdpr=1&gdpr_consent=CP-_x&us_privacy=1YNN&gpp=DBACNYA~CP~1YNN&gpp_sid=2,6&value=3',
      { gdpr: '1', gdprConsent: 'CP-_x', usPrivacy: '1YNN', gpp: 'DBACNYA~CP~1YNN', gppSid: '2,6' },
    ],
    ['in a target, after its ?', 'https://a.example/s?gdpr=1&u=$UID', { gdpr: '1' }],
    ['in a target, after its &', 'https://a.example/s?u=$UID&gdpr_consent=CP', { gdprConsent: 'CP' }],
    ['in a target of a target', 'https://a.example/s?u=$UID&next=https://b.example/?us_privacy=1YYN', { usPrivacy: '1YYN' }],
    ['whatever the case of their names', 'GDPR=1&Us_Privacy=1YNN', { gdpr: '1', usPrivacy: '1YNN' }],
    ['without a value', 'gdpr&gdpr_consent=', { gdpr: '', gdprConsent: '' }],
    ['with an = in it', 'gdpr_consent=CP==', { gdprConsent: 'CP==' }],
    ['up to a ? or a #', 'gdpr=0?x#y&gpp_sid=7#x', { gdpr: '0', gppSid: '7' }],
    ['with their encoding undone', 'gpp_sid=2%2C6&us_privacy=1%59NN', { gppSid: '2,6', usPrivacy: '1YNN' }],
    [
      'with broken encoding as it is written',
      'gpp=%&gdpr_consent=C%2&us_privacy=%ZZ%80%e4',
      { gpp: '%', gdprConsent: 'C%2', usPrivacy: '%ZZ%80%e4' },
    ],
    ['with a + as it is written', 'gpp_sid=2,+6', { gppSid: '2,+6' }],
  ])('%s', (_where, query, expected) => expect(found(query)).toEqual(expected));

  test.each([
    ['an empty query', ''],
    ['longer names', 'gdprs=1&xgdpr=1&gdpr_=1&gdpr_consent_=CP&gdpr_consents=CP&gpp_sids=2&us_privacy2=1YYN'],
    ['another separator', 'a;gdpr=1;us_privacy=1YYN'],
    ['a value', 'x=gdpr=1'],
    ['a path', 'https://a.example/gdpr=1/gpp'],
  ])('not in %s', (_where, query) => expect(found(query)).toEqual({}));
});

describe('an encoded target', () => {
  it('is decoded once, wholly or in part encoded', () => {
    const expected = { gdpr: '1', gdprConsent: 'CP' };
    expect(found('https%3A%2F%2Fx.test%2F%3Fgdpr%3D1%26gdpr_consent%3DCP')).toEqual(expected);
    expect(found('https://x.test/?u=$UID%26gdpr=1%26gdpr_consent=CP')).toEqual(expected);
    expect(found('https://x.test/?gdpr=1%26gdpr_consent=CP')).toEqual(expected);
    expect(found('add=1&redir=https%3a%2f%2fx.test%2f%3fgdpr%3d1%26gdpr%5fconsent%3dCP')).toEqual(expected);
    expect(found('%67dpr=1&gdpr%5Fconsent=CP')).toEqual(expected);
  });
  it('is not decoded twice, but the values in it are', () => {
    expect(found('https%253A%252F%252Fx.test%252F%253Fgdpr%253D1')).toEqual({});
    expect(found('https%3A%2F%2Fx.test%2F%3Fgpp_sid%3D2%252C6')).toEqual({ gppSid: '2,6' });
  });
  it('yields to what the call itself says', () => {
    const inside = encodeURIComponent('https://x.test/?gdpr=1&gdpr_consent=${C}&us_privacy=1YYN&gpp=D&gpp_sid=7');
    expect(found(`redir=${inside}&gdpr=0&gdpr_consent=CP&us_privacy=1YNN&gpp=DB&gpp_sid=6`)).toEqual({
      gdpr: '0',
      gdprConsent: 'CP',
      usPrivacy: '1YNN',
      gpp: 'DB',
      gppSid: '6',
    });
  });
  it('is heard where the call says nothing, but grants nothing where the call has an empty string', () => {
    const inside = encodeURIComponent('https://x.test/?gdpr=1&gdpr_consent=CP&us_privacy=1YYN&gpp=D&gpp_sid=7');
    expect(found(`redir=${inside}&gdpr=&gdpr_consent=&us_privacy=&gpp=&gpp_sid=`)).toEqual({
      gdpr: '1',
      gdprConsent: '',
      usPrivacy: '1YYN',
      gpp: '',
      gppSid: '7',
    });
  });
});

describe('a signal that stands twice', () => {
  test.each<[string, string, Partial<ConsentSignals>]>([
    ['applies if one applies', 'gdpr=1&gdpr=0', { gdpr: '1' }],
    ['applies if one applies, in any order', 'gdpr=0&gdpr=&gdpr=1', { gdpr: '1' }],
    ['opts out if one does', 'us_privacy=1YYN&us_privacy=1YNN', { usPrivacy: '1YYN' }],
    ['opts out if one does, in any order', 'us_privacy=1YNN&us_privacy=1YYN', { usPrivacy: '1YYN' }],
    ['names all its sections', 'gpp_sid=&gpp_sid=2&gpp_sid=7&gpp_sid=', { gppSid: '2,7' }],
    ['is itself where both say the same', 'gdpr_consent=CP&gdpr_consent=CP&gpp=DB&gpp=DB', { gdprConsent: 'CP', gpp: 'DB' }],
    ['is empty where they differ', 'gdpr_consent=CP&gdpr_consent=CQ&gpp=DB&gpp=', { gdprConsent: '', gpp: '' }],
    ['stays empty', 'gdpr_consent=CP&gdpr_consent=CQ&gdpr_consent=CP', { gdprConsent: '' }],
  ])('%s', (_what, query, expected) => expect(found(query)).toEqual(expected));
});

test('signals are read as URLSearchParams reads them, where each stands once and nothing is broken', () => {
  const names = ['gdpr', 'gdpr_consent', 'us_privacy', 'gpp', 'gpp_sid'];
  const keys = ['gdpr', 'gdprConsent', 'usPrivacy', 'gpp', 'gppSid'] as const;
  const value = fc.stringMatching(/^[\w.~,:/;-]{1,20}$/);
  const parameters = fc.uniqueArray(fc.tuple(fc.constantFrom(...names, 'add', 'u', 'gd', 'value'), value), { selector: ([name]) => name });
  fc.assert(
    fc.property(parameters, (list) => {
      const query = new URLSearchParams(list);
      const signals = findSignals(`https://a.example/s?${query}`);
      expect(keys.map((key) => signals[key] ?? null)).toEqual(names.map((name) => query.get(name)));
    }),
    { numRuns: 1000 },
  );
});
