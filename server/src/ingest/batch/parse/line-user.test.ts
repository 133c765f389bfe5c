import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deviceDomainOf, resolveDeviceId, resolveExternalId, resolveUserId, userDomain } from '../../../identity/resolve-user.ts';
import { asMemberId } from '../../../kit/ids.ts';
import { deviceDomains, type DeviceDomain } from '../../../profiles/identifier.ts';
import { keyText } from '../../../profiles/identifier-key.ts';
import { defaultIngestSettings } from '../../../members/ingest-settings.ts';
import { type LineForm, lineFormOf } from './line-form.ts';
import { type LineDomain, readDomain, writeLineUser } from './line-user.ts';

const form = lineFormOf(defaultIngestSettings, asMemberId(456), 0);
const domains: readonly LineDomain[] = [...(Object.keys(deviceDomains) as DeviceDomain[]), userDomain];

/** The key in the middle of other bytes, or null. */
function keyOfLine(text: string, domain: LineDomain | undefined, lineForm: LineForm): string | null {
  const bytes = Buffer.from(`a${text}f`, 'latin1');
  const into = Buffer.alloc(3 + 515 + 3, 0xee);
  const length = writeLineUser(lineForm, domain, bytes, 1, bytes.length - 1, into, 3);
  const untouched = [...into.subarray(0, 3), ...into.subarray(3 + 515)].every((byte) => byte === 0xee);
  expect(untouched).toBe(true);
  return length === 0 ? null : into.toString('latin1', 3, 3 + length);
}

function resolvedKey(text: string, domain: LineDomain): string | null {
  const resolved = domain === userDomain ? resolveUserId(text) : resolveDeviceId(domain, text);
  return typeof resolved === 'string' ? null : keyText(resolved);
}

const hex = (length: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(fc.constantFrom(...'0123456789abcdefABCDEF'), { minLength: length, maxLength: length }), fc.nat(9))
    .map(([digits, zero]) => (zero === 0 ? '0'.repeat(length) : digits.join('')));
const hyphened = hex(32).map((digits) => digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'));
const broken = fc
  .tuple(hyphened, fc.nat(35), fc.constantFrom('-', 'g', 'G', '@', '`', ':', '/', '\u00e0', ''))
  .map(([id, at, by]) => id.slice(0, at) + by + id.slice(at + 1));
const ids = fc.oneof(hex(32), hex(40), hyphened, broken, hex(31), hex(36), fc.bigInt({ min: 1n, max: 2n ** 64n }).map(String), fc.string());

test('a key is byte for byte that of the resolved identifier, in every domain', () => {
  const taken = new Set<LineDomain>();
  fc.assert(
    fc.property(ids, fc.constantFrom(...domains), (id, domain) => {
      const text = Buffer.from(id, 'latin1').toString('latin1');
      const key = resolvedKey(text, domain);
      if (key !== null) taken.add(domain);
      expect(keyOfLine(text, domain, form)).toBe(key);
      const defaultDomain = domain === userDomain ? null : domain;
      expect(keyOfLine(text, undefined, { ...form, defaultDomain })).toBe(key);
    }),
    { numRuns: 1000 },
  );
  expect([...taken].toSorted()).toEqual(domains.toSorted());
});

test('an external id has the key of its Latin-1 characters, 1 to 255 of them without a semicolon', () => {
  const latin1 = fc.array(fc.nat(255), { maxLength: 260 }).map((codes) => String.fromCharCode(...codes));
  const texts = fc.oneof(
    latin1,
    fc.constantFrom('', 'a;b', '\u00e9'.repeat(255), '\u00e9'.repeat(256), 'M\u00fcller', '\0'),
    fc.constant('x'.repeat(255)),
  );
  fc.assert(
    fc.property(texts, fc.constantFrom(1, 456, 0x8000_0001, 0xffff_ffff), (text, member) => {
      const resolved = resolveExternalId(asMemberId(member), text);
      const key = keyOfLine(text, undefined, { ...form, externalMember: member, defaultDomain: 'idfa' });
      expect(key).toBe(typeof resolved === 'string' ? null : keyText(resolved));
    }),
    { numRuns: 500 },
  );
});

describe('a domain', () => {
  const read = (text: string): LineDomain | undefined => readDomain(Buffer.from(` ${text} `, 'latin1'), 1, text.length + 1);

  test('is known by each of its names in any case', () => {
    const names = fc.constantFrom(...Object.keys(deviceDomains), 'sh1udid', 'sha1mac', 'unknown', 'gaid');
    const cased = fc
      .tuple(names, fc.nat())
      .map(([name, bits]) => [...name].map((letter, at) => (((bits >> at) & 1) === 1 ? letter.toUpperCase() : letter)).join(''));
    fc.assert(
      fc.property(cased, (name) => {
        expect(read(name)).toBe(deviceDomainOf(name));
      }),
    );
  });

  test.each(Object.entries(deviceDomains))('%s has the number %i', (name, number) => expect(read(String(number))).toBe(name));

  test.each(['', '0', '1', '2', '6', '14', '03', '3 ', ' 3', '+3', '33', 'sha1mac', 'SHA1MAC', 'idf', 'idfaa', '\u00c9dfa', '[dfa'])(
    '%j is unknown',
    (text) => expect(read(text)).toBeUndefined(),
  );

  test('userdata is that of user ids', () => expect(read('UserData')).toBe(userDomain));
});
