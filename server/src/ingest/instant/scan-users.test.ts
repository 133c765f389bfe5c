import { Buffer } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { blocksOf } from './call-writing.ts';
import { type ParsedUser, readUsers } from './parse-users.ts';
import { UserScanner } from './scan-users.ts';

/** One for all bodies, as the route has it: nothing of a body may be left for the next. */
const scanner = new UserScanner();

/** What was scanned in the form of the slow twin. */
function scanUsers(body: Buffer): unknown {
  const scanned = scanner.scan(body);
  if (scanned === undefined) return undefined;
  const { userCount, segmentCount, namedByCode, warnings } = scanned;
  let from = 0;
  const users: ParsedUser[] = Array.from({ length: userCount }, (_, user) => {
    const blocks = blocksOf(scanned, from, scanned.blockEnds[user] ?? 0);
    from = scanned.blockEnds[user] ?? 0;
    const id = body.toString('latin1', scanned.idStarts[user], scanned.idEnds[user]);
    return { id, domain: scanned.domains[user] ?? null, blocks };
  });
  return { users, userCount, segmentCount, namedByCode, warnings };
}

/** What the slow twin says; a refusal is none of the scanner's business, so it must decline then. */
function slowly(body: Buffer): unknown {
  try {
    const { users, userCount, segmentCount, namedByCode, warnings } = readUsers(body);
    return { users, userCount, segmentCount, namedByCode, warnings };
  } catch {
    return 'refused';
  }
}

/** Is it declined, or read as the slow twin reads it? */
function agrees(text: string | Buffer): boolean {
  const body = Buffer.from(text);
  const scanned = scanUsers(body);
  return scanned === undefined || isDeepStrictEqual(scanned, slowly(body));
}

/** The same JSON with blanks behind commas and colons, but not behind all: the numbers choose. They may come into texts, too. */
function spaced(text: string, choices: readonly number[]): string {
  let at = 0;
  return text.replaceAll(/[,:]/g, (sign) => sign + ([' ', ' ', ' ', ' ', ' ', '', '  ', '\n'][choices[at++ % choices.length] ?? 0] ?? ' '));
}

const digits = fc.stringMatching(/^\d{1,21}$/);
const nasty = fc.constantFrom(
  '0',
  '-1',
  '-2',
  '-0',
  '01',
  '1.5',
  '1e3',
  '2147483647',
  '2147483648',
  '999999999999999',
  '1000000000000000',
  '9007199254740993',
  '18446744073709551615',
  '1e400',
  'null',
  'true',
  '""',
  '"7"',
  '"-1"',
  '"x"',
  '[]',
  '{}',
  ' 5',
  '5 ',
  '',
);
const number = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: 100_000 }).map(String) },
  { weight: 1, arbitrary: nasty },
  { weight: 1, arbitrary: digits },
);
const optional = (key: string) => fc.oneof({ weight: 3, arbitrary: number.map((text) => `,"${key}":${text}`) }, fc.constant(''));
const odd = (usual: string, ...others: string[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

const block = fc
  .tuple(
    number,
    odd('', ',"seg_code":null', ',"seg_code":"a"'),
    optional('value'),
    optional('expiration'),
    odd('', ',"member_id":null', ',"member_id":5', ',"value":1', ',"x":1'),
  )
  .map(([id, code, value, expiration, owner]) => `{"seg_id":${id}${code}${value}${expiration}${owner}}`);
const id = fc.oneof(
  { weight: 8, arbitrary: digits },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text).slice(1, -1)) },
  { weight: 1, arbitrary: fc.constantFrom('', '\\u0037', 'é', '\\"', '\t', 'a b', '\u007f') },
);
const domain = odd(',"domain":null', '', ',"domain":"idfa"', ',"domain":""', ',"domain":"SHA1mac"', ',"domain":5', ',"domain":"\\u0061"');
const user = fc
  .tuple(id, fc.array(block, { maxLength: 4, minLength: 0 }), domain)
  .map(([text, blocks, named]) => `{"user_id":"${text}","seg_block":[${blocks.join(',')}]${named}}`);
const call = fc
  .tuple(
    odd('rt_segment', 'rt-segment', 'rt segment'),
    fc.array(user, { minLength: 0, maxLength: 4 }),
    odd('', ',"domain":null', ',"domain":"idfa"', ',"rt_segment":[]'),
    odd('', ' ', '\n', 'x', ',', '\u0000'),
  )
  .map(([key, users, top, behind]) => `{"${key}":[${users.join(',')}]${top}}${behind}`);

describe('the scanner agrees with the slow twin or declines', () => {
  test('on bodies of every kind', () => {
    expect(fc.check(fc.property(call, agrees), { numRuns: 5000 })).toMatchObject({ failed: false, counterexample: null });
  });

  test('on bodies with blanks behind commas and colons', () => {
    const property = fc.property(call, fc.array(fc.nat({ max: 7 }), { minLength: 1, maxLength: 20 }), (text, choices) =>
      agrees(spaced(text, choices)),
    );
    expect(fc.check(property, { numRuns: 10_000 })).toMatchObject({ failed: false, counterexample: null });
  });

  test('on bodies with a byte changed, taken out or put in, and on bodies cut short', () => {
    const place = fc.double({ min: 0, max: 1, noNaN: true });
    const sign = fc.oneof(
      fc.constantFrom(...'{}[],:"\\0-1 \n.en'),
      fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
    );
    const changed = fc.property(
      call,
      place,
      sign,
      fc.constantFrom('change', 'take', 'put', 'cut'),
      fc.boolean(),
      (text, where, what, how, blanks) => {
        const body = Buffer.from(blanks ? spaced(text, [0]) : text);
        const at = Math.floor(where * (body.length - 1));
        const rest = { change: body.subarray(at + 1), take: body.subarray(at + 1), put: body.subarray(at), cut: Buffer.alloc(0) }[how];
        return agrees(Buffer.concat([body.subarray(0, at), Buffer.from(how === 'change' || how === 'put' ? what : '', 'latin1'), rest]));
      },
    );
    expect(fc.check(changed, { numRuns: 10_000 })).toMatchObject({ failed: false, counterexample: null });
  });
});

describe('the usual body is not declined', () => {
  const blocks = (count: number) => Array.from({ length: count }, (_, at) => ({ seg_id: at, value: 1, expiration: at === 3 ? -1 : 1440 }));
  const users = (count: number, perUser = 2) =>
    Array.from({ length: count }, (_, at) => ({ user_id: `${at + 1}`, seg_block: blocks(perUser) }));
  const full = { seg_id: 5, seg_code: null, value: 1, expiration: 0, member_id: null };
  it.each<[string, unknown]>([
    ['without domains', { rt_segment: users(2) }],
    ['with a hyphen', { 'rt-segment': users(1) }],
    ['with domains', { rt_segment: users(3).map((one) => ({ ...one, domain: 'idfa' })) }],
    ['with null domains', { rt_segment: users(3).map((one) => ({ ...one, domain: null })), domain: null }],
    ['with all keys', { rt_segment: [{ user_id: '1', seg_block: [full, full] }] }],
    ['with ids alone', { rt_segment: [{ user_id: '1', seg_block: [{ seg_id: 1 }, { seg_id: 2 }] }] }],
    ['as large as it may be', { rt_segment: users(1000, 100) }],
  ])('%s', (_what, sent) => {
    const body = Buffer.from(JSON.stringify(sent));
    expect(agrees(body) && scanUsers(body) !== undefined).toBe(true);
    // A body that is part of a larger buffer.
    const inside = Buffer.concat([Buffer.from('{"x'), body, Buffer.from(']}')]).subarray(3, body.length + 3);
    expect(agrees(inside) && scanUsers(inside) !== undefined).toBe(true);
  });
  it('as Python writes it', () => {
    const sent = { rt_segment: users(3).map((one, at) => ({ ...one, domain: at === 1 ? 'idfa' : null })), domain: null };
    const all = { rt_segment: [{ user_id: '1', seg_block: [full, full] }] };
    for (const text of [sent, { 'rt-segment': users(2) }, all].map((one) => spaced(JSON.stringify(one), [0])))
      expect(agrees(text) && scanUsers(Buffer.from(text)) !== undefined, text).toBe(true);
  });
  it.each([1001, 1002])('but %d users are', (count) =>
    expect(scanUsers(Buffer.from(JSON.stringify({ rt_segment: users(count) })))).toBeUndefined(),
  );
  it('and 101 segments are', () => expect(scanUsers(Buffer.from(JSON.stringify({ rt_segment: users(1, 101) })))).toBeUndefined());
});
