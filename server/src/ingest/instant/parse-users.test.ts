import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../kit/refusal.ts';
import { instantAnswer } from './instant-answer.ts';
import { readUsers } from './parse-users.ts';

const textOf = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body));
const read = (body: unknown) => readUsers(Buffer.from(textOf(body)));
const answerText = (body: unknown): string => String(instantAnswer(read(body)).body);
const answer = (body: unknown): unknown => JSON.parse(answerText(body));

const required = "'seg_id' or 'seg_code' and 'member_id' are required";
const nothingValid = 'No valid rt_segment in request.';
const full = (seg_id: number) => ({ seg_id, seg_code: null, value: 1, expiration: 1440, member_id: null });
const user = (block: unknown, user_id: unknown = '7') => ({ rt_segment: [{ user_id, seg_block: [block] }] });
const warningsOf = (body: unknown) => read(body).warnings.map(({ message }) => message);

describe("the seed's examples", () => {
  it('1: one user, two segments', () => {
    const body = { rt_segment: [{ user_id: '12345678900987654321', seg_block: [full(10001), full(10002)], domain: null }] };
    expect(answerText(body)).toBe('{"response":{"status":"OK","message":{"users_in_request":1,"segments_in_request":2},"warnings":[]}}');
    expect(read(body).users).toEqual([
      {
        id: '12345678900987654321',
        domain: null,
        blocks: [10001, 10002].map((id) => ({ id, code: '', owner: 0, value: 1, expiration: 1440 })),
      },
    ]);
  });

  it('2: a device id', () => {
    const id = '1ba98a6c-d1a5-49ef-ad1c-2d9230ebcd13';
    const blocks = [full(12), { ...full(23784), expiration: 0 }];
    const body = { rt_segment: [{ user_id: id, seg_block: blocks, domain: 'idfa' }] };
    expect(answer(body)).toEqual({ response: { status: 'OK', message: { users_in_request: 1, segments_in_request: 2 }, warnings: [] } });
    expect(read(body).users[0]).toMatchObject({ id, domain: 'idfa', blocks: [{ expiration: 1440 }, { expiration: 0 }] });
  });

  it('3: codes of other members put both counters also directly into the response', () => {
    const block = (seg_code: string, member_id: number) => ({ seg_code, value: 1, expiration: 1440, member_id });
    const body = { rt_segment: [{ user_id: '1', seg_block: [block('abcd', 1661), block('zywx', 1262)], domain: null }] };
    expect(answer(body)).toEqual({
      response: {
        status: 'OK',
        message: { users_in_request: 1, segments_in_request: 2 },
        warnings: [],
        users_in_request: 1,
        segments_in_request: 2,
      },
    });
  });

  it('4: users after the 1000th are named with all their nulls and without domain', () => {
    const users = Array.from({ length: 1002 }, (_, i) => ({ user_id: String(i + 1), seg_block: [full(1), full(2)], domain: 'domain' }));
    const excess = (id: string) => ({ message: 'Too many user_ids in request.', entity: { user_id: id, seg_block: [full(1), full(2)] } });
    expect(answer({ rt_segment: users })).toEqual({
      response: {
        status: 'OK',
        message: { users_in_request: 1000, segments_in_request: 2000 },
        warnings: [excess('1001'), excess('1002')],
      },
    });
  });

  it('5: neither seg_id nor seg_code with member_id', () => {
    const body = user({ seg_id: null, seg_code: 'abc', value: 1, expiration: 1, member_id: null }, '1');
    const block = { seg_code: 'abc', value: 1, expiration: 1 };
    const sent = { user_id: '1', seg_block: [block] };
    expect(answerText(body)).toBe(
      JSON.stringify({
        status: 'OK',
        message: { users_in_request: 0, segments_in_request: 0 },
        warnings: [
          { message: required, entity: block },
          { message: 'No valid segments for user_id: 1.', entity: sent },
          { message: nothingValid, entity: { rt_segment: [sent] } },
        ],
      }),
    );
  });

  it('6: no seg_block', () => {
    expect(answer({ rt_segment: [{ user_id: 'asdf' }], domain: 'domain' })).toEqual({
      status: 'OK',
      message: { users_in_request: 0, segments_in_request: 0 },
      warnings: [
        { message: "'seg_block' is required", entity: { user_id: 'asdf' } },
        { message: nothingValid, entity: { rt_segment: [{ user_id: 'asdf' }] } },
      ],
    });
  });

  it('7: no user_id; null member_id is dropped from the echo, null seg_code is not', () => {
    const block = { seg_id: 1, seg_code: null, value: 1, expiration: 1, member_id: null };
    const echoed = { seg_block: [{ seg_id: 1, seg_code: null, value: 1, expiration: 1 }] };
    expect(answer({ rt_segment: [{ seg_block: [block] }], domain: 'domain' })).toEqual({
      status: 'OK',
      message: { users_in_request: 0, segments_in_request: 0 },
      warnings: [
        { message: "'user_id' is required and cannot be empty", entity: echoed },
        { message: nothingValid, entity: { rt_segment: [echoed] } },
      ],
    });
  });
});

describe('users', () => {
  it.each([[undefined], [null], [''], [true], [{}], [[1]]])('a user_id of %j is missing', (user_id) => {
    expect(warningsOf({ rt_segment: [{ user_id, seg_block: [full(1)] }] })).toEqual([
      "'user_id' is required and cannot be empty",
      nothingValid,
    ]);
  });

  it.each(['asdf', '0', ' ', 'x;y', '\ud800'])('the shape of %j does not matter', (user_id) => {
    expect(read(user(full(1), user_id))).toMatchObject({ users: [{ id: user_id }], segmentCount: 1, warnings: [] });
  });

  it.each([[undefined], [null], [[]], ['text'], [{}], [0]])('a seg_block of %j is missing', (seg_block) => {
    expect(warningsOf({ rt_segment: [{ user_id: '1', seg_block }] })).toEqual(["'seg_block' is required", nothingValid]);
  });

  it.each(['sha1mac', 'SHA1MAC', 'Sha1Mac'])('the domain %s is refused, on the user and at the top', (domain) => {
    const message = "Domain 'sha1mac' is not accepted.";
    expect(warningsOf({ rt_segment: [{ user_id: '1', seg_block: [full(1)], domain }] })).toEqual([message, nothingValid]);
    expect(warningsOf({ ...user(full(1)), domain })).toEqual([message, nothingValid]);
  });

  it("a user's own domain wins, even null; the top level is the default", () => {
    const block = { seg_id: 1 };
    const users = [
      { user_id: '1', seg_block: [block] },
      { user_id: '2', seg_block: [block], domain: 'aaid' },
      { user_id: '3', seg_block: [block], domain: null },
      { user_id: '4', seg_block: [block], domain: 'nonsense' },
      { user_id: '5', seg_block: [block], domain: 3 },
    ];
    expect(read({ rt_segment: users, domain: 'idfa' }).users.map(({ domain }) => domain)).toEqual(['idfa', 'aaid', null, 'nonsense', '']);
    expect(read({ rt_segment: users }).users[0]?.domain).toBeNull();
  });

  it('one user gets one warning, in the order user_id, domain, seg_block', () => {
    expect(warningsOf({ rt_segment: [{ domain: 'sha1mac' }, { user_id: '1', domain: 'sha1mac' }, { user_id: '1' }] })).toEqual([
      "'user_id' is required and cannot be empty",
      "Domain 'sha1mac' is not accepted.",
      "'seg_block' is required",
      nothingValid,
    ]);
  });

  it('counters hold structurally valid users and their valid blocks only', () => {
    const users = [
      { user_id: '1', seg_block: [full(1), {}, full(2)] },
      { user_id: '2', seg_block: [{}] },
      { user_id: '3' },
      { user_id: '1', seg_block: [full(1)] },
    ];
    expect(answer({ rt_segment: users })).toMatchObject({ response: { message: { users_in_request: 2, segments_in_request: 3 } } });
  });

  it('only an accepted block that was named by its code doubles the counters', () => {
    const code = { seg_code: 'a', member_id: 1 };
    expect(read({ rt_segment: [{ user_id: '1', seg_block: [full(1), { ...code, value: -1 }] }] }).namedByCode).toBe(false);
    expect(read({ rt_segment: [{ user_id: '1', seg_block: [full(1), code] }] }).namedByCode).toBe(true);
    expect(read({ rt_segment: [{ user_id: '1', seg_block: [{ ...code, seg_id: null }] }] }).namedByCode).toBe(true);
  });
});

describe('blocks', () => {
  it.each([
    [{}],
    [{ seg_id: null }],
    [{ seg_id: null, seg_code: null, member_id: 1 }],
    [{ seg_code: 'a' }],
    [{ seg_code: 'a', member_id: null }],
    [{ seg_code: 'a', member_id: '' }],
    [{ seg_code: '', member_id: 1 }],
    [{ seg_id: '' }],
    [{ seg_id: true }],
    [{ seg_id: {} }],
    [null],
    [1],
    ['1'],
    [[{ seg_id: 1 }]],
  ])('%j names no segment', (block) => {
    expect(warningsOf(user(block))).toEqual([required, 'No valid segments for user_id: 7.', nothingValid]);
  });

  it.each([[{ seg_id: 1, seg_code: 'a', member_id: 1 }], [{ seg_id: 1, seg_code: 'a' }], [{ seg_id: 'x', seg_code: 5, member_id: null }]])(
    '%j names it twice',
    (block) => {
      expect(warningsOf(user(block))[0]).toBe("Use 'seg_id' or 'seg_code' and 'member_id', not both");
    },
  );

  it.each([-2, 2147483648, 1.5, '1.5', 'abc', '', ' 5', '-2', '2147483648', true, {}, [], '1e3', 2 ** 53])(
    'an expiration of %j is none',
    (expiration) => {
      expect(warningsOf(user({ seg_id: 1, expiration }))[0]).toBe("'expiration' must be -1, 0 or a positive integer");
    },
  );

  it.each([-1, 2147483648, 0.5, '-1', 'x', '', false, {}, '99999999999999999999', -(2 ** 53)])('a value of %j is none', (value) => {
    expect(warningsOf(user({ seg_id: 1, value }))[0]).toBe("'value' must be an integer from 0 to 2147483647");
  });

  it('one block gets one warning, in the order of the table', () => {
    expect(warningsOf(user({ expiration: -2, value: -1 }))[0]).toBe(required);
    expect(warningsOf(user({ seg_id: 1, seg_code: 'a', expiration: -2, value: -1 }))[0]).toContain('not both');
    expect(warningsOf(user({ seg_id: 1, expiration: -2, value: -1 }))[0]).toContain("'expiration'");
  });

  it('integers may be strings of digits', () => {
    const block = { seg_id: '10001', value: '007', expiration: '-1' };
    expect(read(user(block)).users[0]?.blocks).toEqual([{ id: 10001, code: '', owner: 0, value: 7, expiration: -1 }]);
    const byCode = { seg_code: 123, member_id: '1432', value: '2147483647', expiration: '0' };
    expect(read(user(byCode)).users[0]?.blocks).toEqual([{ id: null, code: '123', owner: 1432, value: 2147483647, expiration: 0 }]);
  });

  it('absent and null value and expiration are their defaults; 1.0 and -0 are whole numbers', () => {
    const block = { id: 1, code: '', owner: 0, value: 0, expiration: null };
    expect(read(user({ seg_id: 1 })).users[0]?.blocks).toEqual([block]);
    expect(read(user({ seg_id: 1, value: null, expiration: null })).users[0]?.blocks).toEqual([block]);
    const sent = '{"rt_segment":[{"user_id":"1","seg_block":[{"seg_id":1.0,"value":-0,"expiration":5.0}]}]}';
    expect(read(sent).users[0]?.blocks).toEqual([{ ...block, expiration: 5 }]);
  });

  it('an id that names nothing is no structural fault', () => {
    for (const seg_id of ['abc', 1.5, -3, 0, 1e300, '99999999999999999999']) expect(read(user({ seg_id })).warnings).toEqual([]);
    expect(read(user({ seg_code: 'a', member_id: 'abc' })).warnings).toEqual([]);
  });

  it('blocks after the 100th are named after the others, without nulls; the first 100 are done', () => {
    const blocks = [...Array.from({ length: 99 }, () => full(1)), {}, full(2), { seg_code: null, domain: 'x' }];
    const { users, warnings } = read({ rt_segment: [{ user_id: '7', seg_block: blocks }] });
    expect(users[0]?.blocks).toHaveLength(99);
    expect(warnings).toEqual([
      { message: required, entity: {} },
      { message: 'Too many segments for user_id: 7.', entity: { seg_id: 2, seg_code: null, value: 1, expiration: 1440 } },
      { message: 'Too many segments for user_id: 7.', entity: { seg_code: null } },
    ]);
  });
});

describe('the echo', () => {
  it('leaves out every domain and keeps unknown fields', () => {
    const sent = { user_id: '1', seg_block: [{ seg_code: null, domain: 'x', note: { domain: 'kept' } }], domain: 'idfa', extra: [1] };
    expect(read({ rt_segment: [sent] }).warnings[1]?.entity).toEqual({
      user_id: '1',
      seg_block: [{ seg_code: null, note: { domain: 'kept' } }],
      extra: [1],
    });
  });

  it('keeps nulls in users over 1000 in the last warning too, which names all users', () => {
    const users = Array.from({ length: 1001 }, () => ({ seg_block: [{ seg_id: null }] }));
    const named = JSON.parse(answerText({ rt_segment: users })).warnings.at(-1).entity.rt_segment;
    expect(named).toHaveLength(1001);
    expect(named[999]).toEqual({ seg_block: [{}] });
    expect(named[1000]).toEqual({ seg_block: [{ seg_id: null }] });
  });

  it('echoes what is no object as it is', () => {
    expect(read({ rt_segment: [1, null, 'x', [2]] }).warnings.map(({ entity }) => entity)).toEqual([
      1,
      null,
      'x',
      [2],
      { rt_segment: [1, null, 'x', [2]] },
    ]);
  });

  it('carries a __proto__ key as an ordinary one', () => {
    expect(answerText('{"rt_segment":[{"user_id":"1","__proto__":{"x":1}}]}')).toContain('{"user_id":"1","__proto__":{"x":1}}');
  });
});

describe('numbers beyond 2^53', () => {
  it('keep their digits as a user_id', () => {
    const body =
      '{"rt_segment":[{"user_id": 12345678901234567891 ,"seg_block":[{"seg_id":1}]},{"user_id":18446744073709551615,"seg_block":[{"seg_id":1}]}]}';
    expect(read(body).users.map(({ id }) => id)).toEqual(['12345678901234567891', '18446744073709551615']);
  });

  it('keep their digits in the echo, wherever this service reads numbers', () => {
    const block = '{"value":12345678901234567891,"expiration":1e400,"member_id":-98765432109876543210}';
    expect(answerText(`{"rt_segment":[{"user_id":12345678901234567891,"seg_block":[${block}]}]}`)).toBe(
      '{"status":"OK","message":{"users_in_request":0,"segments_in_request":0},"warnings":[' +
        `{"message":"${required}","entity":${block}},` +
        `{"message":"No valid segments for user_id: 12345678901234567891.","entity":{"user_id":12345678901234567891,"seg_block":[${block}]}},` +
        `{"message":"${nothingValid}","entity":{"rt_segment":[{"user_id":12345678901234567891,"seg_block":[${block}]}]}}]}`,
    );
  });

  it('leave strings that look like such keys alone', () => {
    const trap = '\\"user_id\\":12345678901234567891';
    const body = `{"rt_segment":[{"user_id":12345678901234567891,"note":"${trap}"},{"user_id":"${trap}","seg_block":[{"seg_id":1}]}]}`;
    expect(read(body).users[0]?.id).toBe('"user_id":12345678901234567891');
    expect(read(body).warnings[0]?.entity).toMatchObject({ note: '"user_id":12345678901234567891' });
  });

  it('never become a rounded id: where the digits cannot be found, the id is malformed', () => {
    const [parsed] = read('{"rt_segment":[{"user\\u005fid":12345678901234567891,"seg_block":[{"seg_id":1}]}]}').users;
    expect(parsed?.id).not.toMatch(/^\d+$/);
  });
});

describe('bodies that are not what they should be', () => {
  it.each(['', 'x', '[]', '"text"', '5', 'null', '{"rt_segment": [', '{"rt_segment":[]}}', '\ufeff{}'])(
    '%j is refused as SYNTAX',
    (text) => {
      expect(() => read(text)).toThrow(Refusal);
    },
  );

  it('invalid UTF-8 is refused', () => {
    expect(() => readUsers(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toThrow(/UTF-8/);
  });

  it.each([[{}], [{ rt_segment: null }], [{ rt_segment: {} }], [{ rt_segment: 'x' }], [{ rt_segment: [] }], [{ other: [1] }]])(
    '%j holds no users',
    (body) => {
      expect(answer(body)).toEqual({
        status: 'OK',
        message: { users_in_request: 0, segments_in_request: 0 },
        warnings: [{ message: nothingValid, entity: { rt_segment: [] } }],
      });
    },
  );

  it('what cannot be echoed because it is nested too deeply is refused, not a crash', () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    expect(() => answerText(`{"rt_segment":[{"user_id":${deep}}]}`)).toThrow('The body is nested too deeply');
    expect(answerText(`{"rt_segment":[{"user_id":"1","seg_block":[{"seg_id":1,"note":${deep}}]}]}`)).toContain('"users_in_request":1');
  });

  it('a megabyte of junk gets an answer of bounded size', () => {
    const id = 'x'.repeat(300_000);
    const blocks = `${'0,'.repeat(300_000)}0`;
    const text = answerText(`{"rt_segment":[{"user_id":"${id}","seg_block":[${blocks}]}]}`);
    expect(text.length).toBeLessThan(20_000_000);
    expect(text).toContain(`Too many segments for user_id: ${'x'.repeat(255)}….`);
    expect(read(`{"rt_segment":[${'{},'.repeat(300_000)}{}]}`).warnings.at(-1)?.message).toBe(nothingValid);
  });
});
