import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { instantCallSchema } from './instant-schema.ts';
import { readUsers } from './parse-users.ts';

const schema = Compile(instantCallSchema);

/** Things of other types stand for "absent" in ids and for an unknown name in domains; the schema need not say so. */
const missing = fc.constantFrom(undefined, null, '');
const id = fc.oneof(fc.integer(), fc.constantFrom('abc', '10001', 0, 1.5, '9'.repeat(20)), missing);
const digits = fc.integer({ min: 0, max: 2147483647 }).map(String);
const junk = fc.constantFrom(true, {}, [], [1], 'x', '', ' 1', '1.5', '+1', '1e3', '1'.repeat(16));
const value = fc.oneof(
  fc.integer({ min: -3, max: 2147483650 }),
  digits,
  fc.constantFrom(-1, 2147483647, 2147483648, 0.5),
  junk,
  fc.constantFrom(undefined, null),
);
const expiration = fc.oneof(value, fc.constantFrom('-1', '-2', -2));
const block = fc.oneof(
  { arbitrary: fc.record({ seg_id: id, seg_code: id, member_id: id, value, expiration }, { requiredKeys: [] }), weight: 3 },
  { arbitrary: fc.record({ seg_id: fc.integer({ min: 1 }), value: fc.nat(9), expiration: fc.constantFrom(-1, 0, 60) }), weight: 5 },
  { arbitrary: fc.constantFrom(null, 1, 'x', []), weight: 1 },
);
const domain = fc.constantFrom(undefined, null, 'idfa', 'nonsense', 'sha1mac', 'SHA1MAC', 'sha1macs');
const userId = fc.oneof(fc.string({ minLength: 1 }), fc.integer(), fc.constantFrom(undefined, null, '', true, {}));
const segBlock = fc.oneof(
  { arbitrary: fc.array(block, { maxLength: 3 }), weight: 8 },
  { arbitrary: fc.array(fc.constant({ seg_id: 1 }), { minLength: 99, maxLength: 101 }), weight: 1 },
  { arbitrary: fc.constantFrom(undefined, null, 'x', {}), weight: 1 },
);
const user = fc.oneof(
  {
    arbitrary: fc.record(
      { user_id: userId, seg_block: segBlock, domain: fc.constantFrom('idfa', null, 'sha1mac') },
      { requiredKeys: ['domain'] },
    ),
    weight: 9,
  },
  { arbitrary: fc.constantFrom(null, 1, 'x', []), weight: 1 },
);
const call = fc.oneof(
  fc.record({ rt_segment: fc.array(user, { maxLength: 3 }) }),
  // A default that every user overrides is never looked at, so it stands only where one does not.
  fc.record({ rt_segment: fc.tuple(fc.record({ user_id: userId, seg_block: segBlock })), domain }),
  fc.constantFrom({}, { rt_segment: null }, { rt_segment: {} }),
);

/** The user_id of a user that is refused is not looked at further, so that one fault suffices on both sides. */
const warned = (text: string): boolean => readUsers(Buffer.from(text)).warnings.length > 0;

describe('the schema and the parser', () => {
  it('agree on what is structurally valid', () => {
    let valid = 0;
    fc.assert(
      fc.property(call, (body) => {
        const text = JSON.stringify(body);
        const takes = schema.Check(JSON.parse(text));
        if (takes) valid += 1;
        expect(takes).toBe(!warned(text));
      }),
      { numRuns: 5000 },
    );
    expect(valid).toBeGreaterThan(100);
  });

  it.each([999, 1000, 1001])('agree on %i users', (length) => {
    const text = JSON.stringify({ rt_segment: Array.from({ length }, () => ({ user_id: '1', seg_block: [{ seg_id: 1 }] })) });
    expect(schema.Check(JSON.parse(text))).toBe(!warned(text));
  });
});
