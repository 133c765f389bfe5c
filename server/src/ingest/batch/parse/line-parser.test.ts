import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deviceDomains, type DeviceDomain } from '../../../profiles/identifier.ts';
import type { SegmentFieldName } from '../../../members/ingest-settings.ts';
import { removal } from '../../../profiles/operation-batch.ts';
import { faultCodes } from './fault-codes.ts';
import type { LineForm } from './line-form.ts';
import { readLines, type Reading } from './read-lines.fixture.ts';
import { type ReadLines, readSlowly, type Resolve } from './slow-lines.fixture.ts';

const nowS = 1_795_000_000;
const longestS = 259_200 * 60;

/** A catalog by arithmetic: a name says what it is. */
const resolve: Resolve = ({ id, owner, code }) => {
  const number = typeof id === 'number' ? id : [...code].reduce((sum, character) => sum * 7 + character.charCodeAt(0), owner) % 1000;
  const state = (['invalid', 'usable', 'usable', 'inactive', 'usable', 'unauthorized', 'usable'] as const)[number % 7] ?? 'invalid';
  const segment = state === 'invalid' ? 0 : id === null ? number + 100_000 : number;
  return { state, segment, expireMinutes: ([null, 0, 30, 259_201] as const)[number % 4] ?? null };
};

const separators = [...';,:\t^# .=~%!@\u00a7\u00b6\0\u007f'];
/** Five different ones, unset at random, the first sometimes the third's too. */
const formSeparators = fc
  .tuple(fc.shuffledSubarray(separators, { minLength: 5, maxLength: 5 }), fc.array(fc.nat(15), { minLength: 5, maxLength: 5 }), fc.nat(3))
  .map(([chosen, unset, alike]): LineForm['separators'] => {
    const [s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0] = chosen.map((separator) => separator.charCodeAt(0));
    const or = (at: number, code: number): number | null => (unset[at] === 0 ? null : code);
    return [s1, or(1, s2), alike === 0 ? s1 : or(2, s3), or(3, s4), or(4, s5)];
  });

const formFields = fc
  .tuple(
    fc.constantFrom('SEG_ID' as const, 'SEG_ID' as const, 'SEG_CODE' as const),
    fc.subarray<SegmentFieldName>(['MEMBER_ID', 'EXPIRATION', 'TIMESTAMP', 'VALUE']),
  )
  .chain(([name, others]) => fc.shuffledSubarray<SegmentFieldName>([name, ...others], { minLength: others.length + 1 }));

/** As most members have it. */
const plainFields = fc.constantFrom<SegmentFieldName[]>(['SEG_ID', 'EXPIRATION'], ['SEG_ID'], ['SEG_ID', 'VALUE', 'EXPIRATION']);

const forms = fc.record<LineForm>({
  separators: formSeparators,
  fields: fc.oneof(formFields, plainFields),
  uploader: fc.constantFrom(1, 456),
  externalMember: fc.constantFrom(null, null, null, 456, 0xffff_ffff),
  defaultDomain: fc.constantFrom<(DeviceDomain | null)[]>(null, null, null, 'idfa', 'md5udid'),
  defaultExpiration: fc.constantFrom(-1, 0, 1, 60, 259_200, 259_201, 2 ** 31 - 1),
  nowS: fc.constant(nowS),
});

const numbers = fc.constantFrom(
  ...'0 1 2 3 7 12 45 60 1440 259199 259200 259201 999999999 1000000000 2147483647 2147483648 4294967294 4294967295'.split(' '),
  ...'4294967296 999999999999999 1000000000000000 9007199254740993 18446744073709551615 18446744073709551616'.split(' '),
  ...'000 0000000000000000000001 00000000002147483647 -1 -0 -2 -01 +1 1.0 1e3 0x1 a \u00b2 -'.split(' '),
  ...['', ' ', ' 1', '1 ', '1\r'].concat([nowS, nowS - 60, nowS - 61, nowS - longestS, nowS - longestS + 1, nowS + 1e5].map(String)),
);
const smallIds = fc.nat(40).map(String);
const codes = fc.oneof(fc.constantFrom('abc', 'Abc', 'M\u00fcller', '', 'a b', '12', '\u00ff'.repeat(3), 'x'.repeat(300)), smallIds);

const fieldValue = (field: SegmentFieldName): fc.Arbitrary<string> => {
  switch (field) {
    case 'SEG_ID':
      return fc.oneof({ weight: 12, arbitrary: smallIds }, { weight: 1, arbitrary: numbers });
    case 'SEG_CODE':
      return codes;
    case 'TIMESTAMP':
      return fc.oneof(fc.constantFrom(String(nowS), '0', String(nowS - 3000)), numbers);
    default:
      return fc.oneof({ weight: 12, arbitrary: smallIds }, { weight: 1, arbitrary: numbers });
  }
};

const hexDigits = fc.oneof(fc.constant('0'), fc.constantFrom(...'0123456789abcdefABCDEF'));
const hexOf = (length: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constant('0'.repeat(length)),
    fc.array(hexDigits, { minLength: length, maxLength: length }).map((all) => all.join('')),
  );
const uuids = hexOf(32).map((hex) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'));
const uids = fc.oneof(
  { weight: 16, arbitrary: fc.bigInt({ min: 1n, max: 2n ** 64n }).map(String) },
  { weight: 2, arbitrary: numbers },
  { weight: 3, arbitrary: uuids },
  fc.oneof(hexOf(32), hexOf(40), hexOf(31), hexOf(36)),
  fc.constantFrom('M\u00fcller', 'x', 'a;b', '\u0000', '\u00e9'.repeat(255), '\u00e9'.repeat(256), 'y'.repeat(255)),
  fc.tuple(uuids, fc.nat(35), fc.constantFrom('-', 'g', '0')).map(([id, at, by]) => id.slice(0, at) + by + id.slice(at + 1)),
);

const domainTexts = fc.constantFrom(
  ...Array.from({ length: 16 }, (_, number) => String(number)),
  ...Object.keys(deviceDomains),
  ...'IDFA Sha1Udid sh1udid SH1UDID sha1mac unknown userdata UserData 03 [dfa'.split(' '),
  ...['', '3 ', ' 3'].concat('3\r'),
);

const separatorText = (form: LineForm, at: 0 | 1 | 2 | 3 | 4): string => {
  const code = form.separators[at];
  // Where it is unset, what stands there is no separator.
  return String.fromCharCode(code ?? 0x7c);
};

const often = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>, weight = 20): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: rare });

/** A segment: mostly all fields, sometimes some of them, or what only looks alike. */
function segments(form: LineForm): fc.Arbitrary<string> {
  const s3 = separatorText(form, 2);
  const all = fc.tuple(...form.fields.map(fieldValue)).map((values) => values.join(s3));
  const named = form.fields.filter((field) => field === 'SEG_ID' || field === 'SEG_CODE' || field === 'MEMBER_ID');
  const identifying = fc.tuple(...named.map(fieldValue)).map((values) => values.join(s3));
  return often(
    all,
    fc.oneof(
      identifying,
      identifying,
      smallIds,
      fc.constant(''),
      all.map((text) => text + s3),
      all.map((text) => `${s3}${text}`),
    ),
  );
}

const listOf = (form: LineForm, mostSegments: number): fc.Arbitrary<string> =>
  fc.array(segments(form), { minLength: 1, maxLength: mostSegments }).map((list) => list.join(separatorText(form, 1)));

/** Lines of the form, with everything in them that can be there. */
function wellMeant(form: LineForm): fc.Arbitrary<string> {
  const nothing = fc.constant('');
  const removals = listOf(form, 3).map((list) => separatorText(form, 3) + list);
  const domain = domainTexts.map((text) => separatorText(form, 4) + text);
  return fc
    .tuple(often(uids, nothing), often(listOf(form, 4), nothing), often(nothing, removals, 3), often(nothing, domain, 3))
    .map(([uid, adding, removing, behind]) => uid + separatorText(form, 0) + adding + removing + behind);
}

/** Bytes with a leaning to what means something. */
const noise = (form: LineForm): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(
        fc.constantFrom(...'0123456789-'),
        fc.constantFrom(...([0, 1, 2, 3, 4] as const).map((at) => separatorText(form, at)), '\r'),
        fc.nat(255).map((code) => String.fromCharCode(code)),
      ),
      { maxLength: 30 },
    )
    .map((all) => all.join('').replaceAll('\n', ''));

const linesOf = (form: LineForm): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 20, arbitrary: wellMeant(form) },
    { weight: 1, arbitrary: noise(form) },
    { weight: 1, arbitrary: fc.constantFrom('', ' ', '\r') },
    { weight: 1, arbitrary: fc.tuple(wellMeant(form), noise(form)).map(([line, more]) => line + more) },
  );

const files = (form: LineForm): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(fc.tuple(linesOf(form), often(fc.constant('\n'), fc.constant('\r\n'), 2)), { maxLength: 12 }), fc.nat(3))
    .map(([lines, cut]) => {
      const text = lines.map((line) => line.join('')).join('');
      return cut === 0 ? text.replace(/\n$/, '') : text;
    });

const cases = forms.chain((form) =>
  fc.record({
    form: fc.constant(form),
    text: files(form),
    linesPerCall: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 6 }),
    repeats: fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 2 }),
    cuts: fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 1 }),
    forgets: fc.array(fc.boolean(), { maxLength: 6 }),
  }),
);

const seen = new Set<string>();
function see(read: ReadLines): void {
  for (const { fault } of read.faults) seen.add(fault);
  for (const { key, kept, operations } of read.users) {
    seen.add(`key ${key.charCodeAt(0)}`).add(`kept ${kept > 0}`);
    for (const { lifetime } of operations) seen.add(lifetime === removal ? 'removal' : 'addition');
  }
  for (const { kept } of read.idle) seen.add(`idle, kept ${kept > 0}`);
}

test('random lines of random forms are read as the slow twin reads them, however they are cut into calls', () => {
  fc.assert(
    fc.property(cases, ({ form, text, linesPerCall, repeats, cuts, forgets }) => {
      const reading: Required<Reading> = {
        isRepeat: (line) => repeats.includes(line),
        isCut: (line) => cuts.includes(line),
        linesPerCall,
        forgets: (call) => forgets[call] === true,
      };
      const slowly = readSlowly(text, form, resolve, reading.isRepeat, reading.isCut);
      see(slowly);
      expect(readLines(text, form, resolve, reading)).toEqual(slowly);
    }),
    { numRuns: 300 },
  );
  const keyKinds = [1, 32, deviceDomains.idfa].map((tag) => `key ${tag}`);
  const pairs = ['removal', 'addition', 'kept true', 'kept false', 'idle, kept true', 'idle, kept false'];
  expect([...Object.keys(faultCodes), ...keyKinds, ...pairs].filter((what) => !seen.has(what))).toEqual([]);
});

test('files that consist of plain lines alone are read as the slow twin reads them', () => {
  const plainLine = fc.record({
    user: fc.bigInt({ min: 1n, max: 2n ** 64n }),
    segments: fc.array(fc.tuple(fc.constantFrom(1, 2, 4, 8, 9), fc.integer({ min: -1, max: 300_000 })), { minLength: 1, maxLength: 20 }),
    end: fc.constantFrom('\n', '\r\n'),
  });
  const form: LineForm = {
    separators: [0x3b, 0x2c, 0x3a, 0x09, 0x5e],
    fields: ['SEG_ID', 'EXPIRATION'],
    uploader: 456,
    externalMember: null,
    defaultDomain: null,
    defaultExpiration: 0,
    nowS,
  };
  fc.assert(
    fc.property(fc.array(plainLine, { maxLength: 200 }), (lines) => {
      const text = lines.map(({ user, segments, end }) => `${user};${segments.map((pair) => pair.join(':')).join(',')}${end}`).join('');
      const never = (): boolean => false;
      expect(readLines(text, form, resolve)).toEqual(readSlowly(text, form, resolve, never, never));
    }),
    { numRuns: 100 },
  );
});
