import { describe, expect, it } from 'vitest';
import {
  defaultIngestSettings,
  instantLimit,
  readSegmentFields,
  separatorFault,
  separatorsFault,
  type SetIngestSettings,
} from './ingest-settings.ts';

describe('a separator', () => {
  it.each([';', ',', ':', '\t', '^', '~', ' ', '!', '%', '§', '"', "'", '<', '='])('can be %j', (separator) =>
    expect(separatorFault(separator)).toBeUndefined(),
  );
  it.each(['', ';;', 'a', 'é', '5', '_', '\n', '\r', '[', ']', '(', ')', '{', '}', '$', '\\', '/', '|', '?', '*', '+', '-', '…', '😀'])(
    'cannot be %j',
    (separator) => expect(separatorFault(separator)).toMatch(/^must be/),
  );
});

describe('separators', () => {
  const settings = (set: SetIngestSettings) => ({ ...defaultIngestSettings, ...set });
  it.each<SetIngestSettings>([{}, { separator_3: ';' }, { separator_4: null, separator_5: null }])('%o fit together', (set) => {
    expect(separatorsFault(settings(set))).toBeUndefined();
  });
  it.each<[SetIngestSettings, string]>([
    [{ separator_2: ';' }, 'separator_1 and separator_2 must differ'],
    [{ separator_3: ',' }, 'separator_2 and separator_3 must differ'],
    [{ separator_5: '\t' }, 'separator_4 and separator_5 must differ'],
  ])('%o do not', (set, fault) => expect(separatorsFault(settings(set))).toBe(fault));
});

describe('the order of fields', () => {
  it.each([
    [['SEG_ID'], ['SEG_ID']],
    ['[SEG_ID,EXPIRATION,VALUE]', ['SEG_ID', 'EXPIRATION', 'VALUE']],
    [' [ seg_code , member_id ] ', ['SEG_CODE', 'MEMBER_ID']],
    ['SEG_ID,TIMESTAMP', ['SEG_ID', 'TIMESTAMP']],
  ])('%o', (value, names) => expect(readSegmentFields(value)).toEqual(names));
  it.each([[], '', '[]', ['VALUE'], ['SEG_ID', 'SEG_CODE'], ['SEG_ID', 'SEG_ID'], ['SEG_ID', 'COLOUR'], ['SEG_ID', 5], 5, null, {}])(
    '%o is refused',
    (value) => {
      expect(readSegmentFields(value)).toEqual({ fault: expect.any(String) });
    },
  );
});

describe('a limit of the instant service', () => {
  const limit = (set: SetIngestSettings, defaultsApply: boolean): number | null =>
    instantLimit(
      { settings: { ...defaultIngestSettings, ...set }, set, writableOwners: new Set() },
      'instant_posts_per_second',
      defaultsApply,
    );
  it.each<[SetIngestSettings, boolean, number | null]>([
    [{}, true, 100],
    [{}, false, null],
    [{ instant_posts_per_second: 5 }, true, 5],
    [{ instant_posts_per_second: 5 }, false, 5],
    [{ instant_posts_per_second: 0 }, true, null],
    [{ instant_posts_per_second: null }, true, null],
  ])('set as %o, defaults applied %s: %s', (set, defaultsApply, expected) => expect(limit(set, defaultsApply)).toBe(expected));
});
