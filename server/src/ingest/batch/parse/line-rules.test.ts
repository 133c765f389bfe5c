import { describe, expect, test } from 'vitest';
import { asMemberId } from '../../../kit/ids.ts';
import { defaultIngestSettings, type IngestSettings } from '../../../members/ingest-settings.ts';
import { removal } from '../../../profiles/operation-batch.ts';
import { type LineForm, lineFormOf } from './line-form.ts';
import { readLines, type Reading } from './read-lines.fixture.ts';
import type { Resolve } from './slow-lines.fixture.ts';

const nowS = 1_795_000_000;
const longestS = 259_200 * 60;

const states = { 4: 'unauthorized', 5: 'inactive', 9: 'invalid' } as const;
/** 7 has an `expire_minutes` of 0, 8 of 30; 4, 5 and 9 take nothing; codes are ids with a letter in front. */
const resolve: Resolve = ({ id, owner, code }) => {
  const number = typeof id === 'number' ? id : owner === 456 && code.startsWith('c') ? Number(code.slice(1)) : 9;
  const state = number in states ? states[number as keyof typeof states] : number < 100 ? 'usable' : 'invalid';
  return { state, segment: number, expireMinutes: number === 7 ? 0 : number === 8 ? 30 : null };
};

const formWith = (settings: Partial<IngestSettings>): LineForm =>
  lineFormOf({ ...defaultIngestSettings, ...settings }, asMemberId(456), nowS);

/**
 * What lines say, in short: `1+60` (segment and lifetime), `=5` behind it a value, `@` a time that is not now, `1-` a removal, the name of
 * a fault, `kept` for a pair that writes nothing.
 */
function told(text: string, settings: Partial<IngestSettings> = {}, reading: Reading = {}): string {
  const read = readLines(text, formWith(settings), resolve, reading);
  const users = [...read.users, ...read.idle].flatMap((user) => [
    ...user.operations.map(({ segment, value, addedAtS, lifetime }) => {
      if (lifetime === removal) return `${segment}-`;
      return `${segment}+${lifetime}${value === 0 ? '' : `=${value}`}${addedAtS === nowS ? '' : `@${addedAtS - nowS}`}`;
    }),
    ...Array.from({ length: user.kept }, () => 'kept'),
  ]);
  return [...users, ...read.faults.map(({ fault, name }) => (name === '' ? fault : `${fault} ${name}`))].join(' ');
}

describe('separators', () => {
  test.each([
    ['42;1:60', '1+60'],
    ['42;1:60,2:-1', '1+60 2-'],
    ['42;1:60,1:90,1:-1', '1+60 1+90 1-'],
    ['42;1:60\t2', '1+60 2-'],
    ['42;\t2', '2-'],
    ['42;\t2:60,3', '2- 3-'],
    ['42;\t2:x', 'value'],
    ['42;1:60\t', 'fields'],
    ['42;\t', 'fields'],
    ['42;1:60\t2\t3', 'fields'],
    ['42;,\t2', 'fields'],
    ['42;1', 'fields'],
    ['42;1:60:3', 'fields'],
    ['42;1:60,', 'fields'],
    ['42;,1:60', 'fields'],
    ['42;', 'fields'],
    ['42', 'fields'],
    [';1:60', 'fields'],
    [' ', 'fields'],
    ['42;1:60;2:60', 'fields'],
    ['42;^3', 'fields'],
    // Behind the user, not in it.
    ['4,2;1:60', 'user'],
    ['4\t2;1:60', 'user'],
    ['4^2;1:60', 'user'],
  ])('%j reads %j', (line, expected) => expect(told(line)).toBe(expected));

  test('the first may be the third too', () => {
    const settings: Partial<IngestSettings> = { separator_1: '\t', separator_2: null, separator_3: '\t', separator_4: null };
    expect(told('42\t1\t60\n42\t2\t-1^3', settings)).toBe('1+60 user');
    expect(told('42\t1', settings)).toBe('fields');
  });

  test('unset ones separate nothing', () => {
    const settings: Partial<IngestSettings> = { separator_2: null, separator_4: null, separator_5: null };
    expect(told('42;1:60,2', settings)).toBe('value');
    expect(told('42;1:60,2:60', settings)).toBe('fields');
    expect(told('42;1:60\t2', settings)).toBe('value');
    expect(told('42;1:60^3', settings)).toBe('value');
    expect(told('42;1:60', { ...settings, separator_3: null })).toBe('fields');
    expect(told('42;1', { ...settings, separator_3: null, segment_fields: ['SEG_ID'] })).toBe('1+259200');
  });
});

describe('fields', () => {
  test.each([
    ['1:0', '1+259200'],
    ['1:-1', '1-'],
    ['1:259200', '1+259200'],
    ['1:259201', '1+259200'],
    ['1:2147483647', '1+259200'],
    ['1:0000000000000000000060', '1+60'],
    ['0001:60', '1+60'],
    ['000000000000000000000000001:60', '1+60'],
    ['1:2147483648', 'value'],
    ['1:-2', 'value'],
    ['1:-0', 'value'],
    ['1:-01', 'value'],
    ['1:+60', 'value'],
    ['1: 60', 'value'],
    ['1:60 ', 'value'],
    ['1:6.0', 'value'],
    ['1:', 'value'],
    [':60', 'value'],
    ['-1:60', 'value'],
    ['c1:60', 'value'],
    ['0:60', '0+60'],
    ['4294967295:60', 'invalidSegment 4294967295'],
    ['4294967296:60', 'invalidSegment 4294967296'],
    ['00018446744073709551616:60', 'invalidSegment 18446744073709551616'],
    ['9:60,1:60', '1+60 invalidSegment 9'],
    ['4:60', 'unauthorizedSegment 4'],
    ['5:-1', 'inactiveSegment 5'],
    // What was sent counts as sent, whatever the segment says.
    ['7:60,8:0', '7+60 8+259200'],
  ])('SEG_ID:EXPIRATION %j reads %j', (segments, expected) => expect(told(`42;${segments}`)).toBe(expected));

  test.each([
    ['1:0', '1+60'],
    ['1:2147483647', '1+60=2147483647'],
    ['1:2147483648', 'value'],
    ['1:-1', 'value'],
    ['1:', 'value'],
    ['7:3', 'kept'],
    ['8:3,7:4', '8+30=3 kept'],
  ])('SEG_ID:VALUE %j reads %j', (segments, expected) =>
    expect(told(`42;${segments}`, { segment_fields: ['SEG_ID', 'VALUE'], default_expiration: 60 })).toBe(expected),
  );

  test.each([
    [0, '1+259200 8+30 kept'],
    [-1, '1- 8+30 kept'],
    [259_201, '1+259200 8+30 kept'],
    [5, '1+5 8+30 kept'],
  ])('without an expiration the default of %i holds where the segment has none', (default_expiration, expected) =>
    expect(told('42;1,8,7', { segment_fields: ['SEG_ID'], default_expiration })).toBe(expected),
  );

  test.each([
    [`1:${nowS}:60`, '1+60'],
    ['1:0:60', '1+60'],
    [`1:${nowS - 3599}:60`, '1+60@-3599'],
    [`1:${nowS - 3600}:60`, 'pastExpiration 1'],
    [`1:${nowS - 3600}:-1`, '1-'],
    [`1:${nowS - longestS + 1}:0`, `1+259200@${1 - longestS}`],
    [`1:${nowS - longestS}:0`, 'pastExpiration 1'],
    ['1:4294967295:60', `1+60@${4_294_967_295 - nowS}`],
    ['1:4294967296:60', 'timestamp'],
    ['1:1278250469000:60', 'timestamp'],
    ['1:-1:60', 'timestamp'],
    ['1::60', 'timestamp'],
    ['1:x:-1', 'timestamp'],
    [`1:x:60,2:${nowS}:60`, '2+60 timestamp'],
    // The segment is looked at first.
    ['9:x:60', 'invalidSegment 9'],
    [`4:${nowS - 3600}:60`, 'unauthorizedSegment 4'],
    // The number of fields goes before their values, and only those refuse the line.
    ['1:x', 'fields'],
    ['1:x:y', 'value'],
  ])('SEG_ID:TIMESTAMP:EXPIRATION %j reads %j', (segments, expected) =>
    expect(told(`42;${segments}`, { segment_fields: ['SEG_ID', 'TIMESTAMP', 'EXPIRATION'] })).toBe(expected),
  );

  test.each<[IngestSettings['segment_fields'], string, string]>([
    [['SEG_CODE'], 'c1,c2\tc3', '1+259200 2+259200 3-'],
    [['SEG_CODE'], 'd1', 'invalidSegment 456:d1'],
    [['SEG_CODE', 'EXPIRATION'], ':60', 'value'],
    [['SEG_CODE', 'EXPIRATION'], 'c1:60,c 2:60', '1+60 2+60'],
    [['MEMBER_ID', 'SEG_CODE'], '456:c1,7:c1', '1+259200 invalidSegment 7:c1'],
    [['SEG_CODE', 'MEMBER_ID'], 'c1:0456\tc2:456', '1+259200 2-'],
    [['SEG_CODE', 'MEMBER_ID'], 'c1\tc2:456', 'fields'],
    [['SEG_CODE', 'MEMBER_ID'], 'c1:456\tc2', 'fields'],
    [['SEG_CODE', 'MEMBER_ID'], 'c1:x', 'value'],
    [['EXPIRATION', 'SEG_CODE', 'MEMBER_ID'], '60:c1:456\tc2:456,0:c3:456', '1+60 2- 3-'],
    [['SEG_ID', 'MEMBER_ID', 'EXPIRATION'], '1:77:60\t2', '1+60 2-'],
  ])('fields %j: %j reads %j', (segment_fields, segments, expected) => expect(told(`42;${segments}`, { segment_fields })).toBe(expected));
});

describe('lines', () => {
  test('end with LF or CRLF, the last one with nothing; blank ones are not counted, but have their place', () => {
    const read = readLines('42;1:60\r\n\n\r\n43;1:60\n44;x', formWith({}), resolve);
    expect({ lines: read.lines, physicalLines: read.physicalLines }).toEqual({ lines: 3, physicalLines: 5 });
    expect(read.users.map(({ line, text }) => `${line} ${text}`)).toEqual(['0 42;1:60', '3 43;1:60']);
    expect(read.faults).toMatchObject([{ line: 4, text: '44;x', fault: 'fields' }]);
  });

  test.each([
    ['42;1:60^', 'domain'],
    ['42;1:60^6', 'domain'],
    ['42;1:60^3^3', 'domain'],
    ['42;1:60^3;', 'domain'],
    ['42;1:60^userdata', '1+60'],
    ['42;1:60^3', 'user'],
    ['AEBE52E7-03EE-455A-B3C4-E57283966239;1:60^IDFA', '1+60'],
    ['00000000-0000-0000-0000-000000000000;1:60^3', 'user'],
    ['0;9:60', 'user'],
    ['0;x:60', 'value'],
    ['x;1:60^0', 'domain'],
  ])('%j reads %j', (line, expected) => expect(told(line)).toBe(expected));

  test('a line holds 1800 segments in both lists together', () => {
    const many = (count: number): string => Array.from({ length: count }, () => '1:60').join(',');
    expect(told(`42;${many(1800)}`)).toBe(Array.from({ length: 1800 }, () => '1+60').join(' '));
    expect(told(`42;${many(1801)}`)).toBe('tooMany');
    expect(told(`42;${many(1799)}\t2`).endsWith('1+60 2-')).toBe(true);
    expect(told(`42;${many(1799)}\t2,2`)).toBe('tooMany');
    expect(told(`42;${many(1801)},x:60`)).toBe('value');
    expect(told(`42;${many(1801)},1`)).toBe('fields');
    expect(told(`42;${many(1801)}^6`)).toBe('domain');
    expect(told(`42;${Array.from({ length: 1800 }, () => '9:60').join(',')}`).split(' ').length).toBe(3600);
  });

  test('a repeat is refused, but a malformed one for its own fault', () => {
    const reading: Reading = { isRepeat: (line) => line > 1 };
    expect(told('42;1:60\n42;1:60\n42;x:60\n0;1:60', {}, reading)).toBe('1+60 repeat value repeat');
  });

  test('a cut line has too many segments, unless it has no user', () => {
    const reading: Reading = { isCut: () => true };
    expect(told('42;1:60\n42\n;1:60\n42;x', {}, reading)).toBe('tooMany fields fields tooMany');
  });

  test('external ids are Latin-1, of the member whose ids they are', () => {
    const keyOf = (settings: Partial<IngestSettings>): string | undefined =>
      readLines('M\u00fcller;1:60', formWith({ use_external_uids: true, ...settings }), resolve).users[0]?.key;
    const utf8 = Buffer.from('M\u00fcller').toString('latin1');
    expect(keyOf({})).toBe(`\u0020\u00c8\u0001\0\0${utf8}`);
    expect(keyOf({ external_member_uid: 7 })).toBe(`\u0020\u0007\0\0\0${utf8}`);
    expect(told('42;1:60^userdata', { use_external_uids: true })).toBe('1+60');
  });

  test('what is not usable of a well-formed line leaves its user to be asked about', () => {
    const read = readLines('42;9:60,4:60\n43;1:60,9:60', formWith({}), resolve);
    expect(read.idle).toMatchObject([{ text: '42;9:60,4:60', kept: 0 }]);
    expect(read.faults.map(({ fault, of }) => `${fault} ${of}`)).toEqual([
      'invalidSegment idle 0',
      'unauthorizedSegment idle 0',
      'invalidSegment user 0',
    ]);
  });
});
