import { describe, expect, it } from 'vitest';
import { Refusal } from '../kit/refusal.ts';
import { checkSegment, emptySegment, mergedSegment, type SegmentContent, type SentSegment } from './segment.ts';

const isTaxonomyId = (id: string): boolean => id === '12';
const check = (sent: SentSegment): void => checkSegment(mergedSegment(emptySegment, sent, false), 'segment', isTaxonomyId);
const js = { url: 'https://a.example/x.js', pixel_type: 'js' } as const;
const img = { url: 'https://a.example/x.gif', pixel_type: 'img' } as const;
const text = { param: 'p', value_type: 'text' } as const;

describe('a segment that keeps the rules', () => {
  it.each<SentSegment>([
    {},
    { querystring_mapping: { ...text, values: ['a'] } },
    { querystring_mapping: { ...text, allow_empty_text: true } },
    { querystring_mapping: { ...text, values: ['a'], allow_empty_text: true } },
    { querystring_mapping: { param: 'p', value_type: 'numeric' } },
    { querystring_mapping: { param: 'p', value_type: 'none' } },
    { querystring_mapping_key_value: { qs_key: 'k', qs_value: null }, max_usersync_pixels: 0 },
    { querystring_mapping_key_value: { qs_key: 'k', qs_value: '' }, max_usersync_pixels: null },
    { querystring_mapping: null, querystring_mapping_key_value: { qs_key: 'k', qs_value: 'v' } },
    { piggyback_pixels: [js, js] },
    { piggyback_pixels: [img] },
    { piggyback_pixels: [] },
    { taxonomy_id: '12' },
  ])('%o', (sent) => expect(() => check(sent)).not.toThrow());
});

describe('a segment that breaks them is SYNTAX, named by its path', () => {
  it.each<[SentSegment, string]>([
    [{ querystring_mapping: text }, 'needs values'],
    [{ querystring_mapping: { ...text, values: [] } }, 'needs values'],
    [{ querystring_mapping: { param: 'p', value_type: 'numeric', values: ['1'] } }, "value_type 'text' alone"],
    [{ querystring_mapping: { param: 'p', value_type: 'none', allow_empty_text: true } }, "value_type 'text' alone"],
    [{ querystring_mapping: { ...text, values: ['a'] }, querystring_mapping_key_value: { qs_key: 'k', qs_value: 'v' } }, 'not both'],
    [{ querystring_mapping_key_value: { qs_key: 'k', qs_value: 'v' }, max_usersync_pixels: 1 }, 'must be 0'],
    [{ piggyback_pixels: [js, img] }, 'one pixel_type'],
    [{ piggyback_pixels: [img, img] }, 'one img'],
    [{ taxonomy_id: '13' }, "'13' is no Unique ID"],
  ])('%o', (sent, fault) => {
    expect(() => check(sent)).toThrow(Refusal);
    expect(() => check(sent)).toThrow(fault);
    expect(() => check(sent)).toThrow(/^segment/);
  });
});

describe('a change', () => {
  const before: SegmentContent = {
    ...emptySegment,
    code: 'a',
    expire_minutes: 5,
    piggyback_pixels: [js],
    querystring_mapping: {
      param: 'p',
      value_type: 'text',
      values: ['a', 'b'],
      allow_empty_text: false,
      publishers: null,
      sites: [{ id: 1 }],
      placements: null,
    },
  };
  it('leaves what is not sent', () => expect(mergedSegment(before, {}, false)).toEqual(before));
  it('sets what is sent, null too', () => {
    expect(mergedSegment(before, { code: null, expire_minutes: 0 }, false)).toMatchObject({ code: null, expire_minutes: 0 });
  });
  it('never moves it to another member', () => expect(mergedSegment(before, { member_id: 5 }, false)).toEqual(before));
  it('reads max_usersync_pixels null as 0', () =>
    expect(mergedSegment(before, { max_usersync_pixels: null }, false).max_usersync_pixels).toBe(0));
  it('replaces arrays', () => {
    const after = mergedSegment(before, { piggyback_pixels: [], querystring_mapping: { ...text, values: ['c'] } }, false);
    expect(after).toMatchObject({ piggyback_pixels: [], querystring_mapping: { values: ['c'], sites: null } });
  });
  it('adds to them with append, those inside of the mapping too, each entry once', () => {
    const sent = {
      piggyback_pixels: [js],
      querystring_mapping: { ...text, values: ['c', 'a'], sites: [{ id: 2 }, { id: 1 }], placements: [{ id: 9 }] },
    };
    const after = mergedSegment(before, sent, true);
    expect(after.piggyback_pixels).toEqual([js, js]);
    expect(after.querystring_mapping).toMatchObject({
      values: ['a', 'b', 'c'],
      sites: [{ id: 1 }, { id: 2 }],
      publishers: null,
      placements: [{ id: 9 }],
    });
  });
  it('appends to nothing as well', () => {
    expect(mergedSegment(emptySegment, { piggyback_pixels: [img], querystring_mapping: { ...text, values: ['c'] } }, true)).toMatchObject({
      piggyback_pixels: [img],
      querystring_mapping: { values: ['c'] },
    });
  });
  it('with append leaves arrays that were not sent', () =>
    expect(mergedSegment(before, { code: 'b' }, true)).toEqual({ ...before, code: 'b' }));
  it('takes arrays away with null, append or not', () => {
    for (const append of [true, false]) expect(mergedSegment(before, { piggyback_pixels: null }, append).piggyback_pixels).toBeNull();
  });
});
