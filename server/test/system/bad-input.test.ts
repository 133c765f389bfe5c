import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, importText, logIn, pick } from '../api.ts';
import type { Answer } from '../api.ts';
import { exchange, readAnswer, uploadUntilAnswered } from '../raw-http.ts';
import { startServer, temporaryFolder } from '../running-server.ts';
import type { RunningServer } from '../running-server.ts';
import { accounts, smallImport } from '../small-import.ts';
import {
  goodRecord,
  oddInstantBodies,
  unreadableBodies,
  wrongContainers,
  wrongInstantUsers,
  wrongRecordValues,
  wrongSegmentValues,
} from './wrong-values.ts';

let server: RunningServer;
let token = '';
const folder = temporaryFolder('bad-input');

beforeAll(async () => {
  server = await startServer({ data: folder.path, args: ['--empty'], env: { FOYER_RT_RATE_LIMIT: '0' } });
  await importText(server.url, server.operatorToken, smallImport());
  token = await logIn(server.url, accounts.provider.username, accounts.provider.password);
});
afterAll(async () => {
  await server.kill();
  folder.remove();
});

const inside = /\n\s+at |node:internal|node_modules|server\/src|\.ts:\d+|\bSQLITE|TypeError|undefined is not/;

/** The envelope of a refusal: a code and a text for people, and nothing from inside the server. */
function expectRefusal(answer: Answer, status: number | readonly number[], about = ''): void {
  const told = `${about} -> ${answer.status} ${answer.text.slice(0, 500)}`;
  expect([status].flat(), told).toContain(answer.status);
  expect(answer.json, told).toMatchObject({ response: { status: 'error', error_id: expect.stringMatching(/^[A-Z_]+$/) } });
  expect(pick(answer.json, 'response.error'), told).toEqual(expect.stringMatching(/\S.{5}/));
  expect(answer.text, told).not.toMatch(inside);
}

/** For titles. */
const brief = (value: unknown): string => (JSON.stringify(value) ?? 'undefined').slice(0, 60);

const refused = [400, 401, 403, 404, 405, 409, 413, 414, 415] as const;

describe('bodies that are too large', () => {
  const fiftyMb = 50 * 1024 * 1024;
  test.each([
    ['/rt-segment', false, 4],
    ['/rt-segment', true, 4],
    ['/segment', false, 24],
    ['/segment', true, 24],
  ] as const)('POST %s (chunked: %s) is answered 413 within %i MB of 50', async (path, chunked, megabytes) => {
    const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${token}`;
    const { answer, sentBytes } = await uploadUntilAnswered(server.url, head, fiftyMb, chunked);
    const { status, body } = readAnswer(answer);
    expect({ status, early: sentBytes < megabytes * 1024 * 1024 }, `${sentBytes} bytes, ${answer.slice(0, 300)}`).toEqual({
      status: 413,
      early: true,
    });
    expect(JSON.parse(body)).toMatchObject({
      response: { status: 'error', error_id: expect.any(String), error: expect.stringMatching(/\d/) },
    });
  });

  test('one byte over the limit of the instant service is too much, the limit itself is not', async () => {
    const body = JSON.stringify({ rt_segment: [{ user_id: '5', seg_block: [{ seg_id: 1001 }] }] });
    const padded = (bytes: number): string => body + ' '.repeat(bytes - body.length);
    expect((await call(server.url, '/rt-segment', { token, body: padded(1_048_576) })).status).toBe(200);
    expectRefusal(await call(server.url, '/rt-segment', { token, body: padded(1_048_577) }), 413);
  });
});

describe('addresses', () => {
  test.each([
    '/nowhere',
    '/segments-of-old',
    '/segment/1001/2/3',
    '/.env',
    '/../etc/passwd',
    '//segment',
    '/%00',
    '/SEGMENT',
    '/rt-segment/x',
  ])('%s is 404 in the envelope', async (path) => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      const body = method === 'GET' ? {} : { body: '{}' };
      expectRefusal(await call(server.url, path, { token, method, ...body }), 404, `${method} ${path}`);
    }
  });

  test.each([
    ['GET', '/auth'],
    ['DELETE', '/auth'],
    ['PUT', '/rt-segment'],
    ['POST', '/user-segments'],
    ['PATCH', '/segment'],
    ['DELETE', '/import'],
  ])('%s %s is 405 in the envelope', async (method, path) => {
    const body = method === 'GET' ? {} : { body: '{}' };
    const answer = await call(server.url, path, { token, method, ...body });
    expectRefusal(answer, 405, `${method} ${path}`);
  });

  test.each([
    '/segment?id=%',
    '/segment?id=%zz',
    '/segment/%E0%A4%A',
    '/segment?id=%FF',
    '/segment?id=1x',
    '/segment/abc',
    '/segment?id=99999999999999999999',
    '/segment?start_element=-1',
    '/segment?num_elements=x',
    '/segment?sort=nothing.asc',
    '/segment?sort=id.sideways',
    '/segment?min_last_modified=yesterday',
    '/segment?id=-1',
    '/member-data-sharing?id=x',
    '/member-data-sharing/1/2',
    '/user-segments',
    '/user-segments?uid=0',
    '/user-segments?uid=x',
    '/user-segments?uid=5&domain=nowhere',
    '/user-segments?uid=5&domain=idfa',
    '/user-segments?uid=%',
    '/user-segments?uid=%00',
    '/rt-segment-processed?start=yesterday',
    `/segment?search=${'x'.repeat(7000)}&id=x`,
  ])('GET %.60s is refused with a text', async (path) => {
    expectRefusal(await call(server.url, path, { token }), [400, 404], path);
  });

  test('PUT and DELETE without an id never act', async () => {
    for (const [method, path, body] of [
      ['PUT', '/segment', '{"segment":{"state":"inactive"}}'],
      ['DELETE', '/segment', '{}'],
      ['DELETE', '/segment?id=', '{}'],
      ['PUT', '/member-data-sharing', '{"member_data_sharing":{"segments":[]}}'],
      ['DELETE', '/member-data-sharing', '{}'],
    ] as const) {
      expectRefusal(await call(server.url, path, { token, method, body }), 400, `${method} ${path}`);
    }
  });
});

describe('bodies that cannot be read', () => {
  const targets = [
    ['POST', '/auth'],
    ['POST', '/segment'],
    ['PUT', '/segment?id=1001'],
    ['POST', '/member-data-sharing'],
    ['POST', '/data-buyer-provider'],
    ['POST', '/user'],
    ['POST', '/member'],
    ['POST', '/advertiser'],
    ['PUT', '/batch-segment-config?member_id=500'],
    ['POST', '/backup'],
    ['POST', '/import'],
  ] as const;

  test.each(targets)('%s %s refuses every one of them with a text', async (method, path) => {
    // An import file may lack every part; all other services need their key.
    const bodies = path === '/import' ? unreadableBodies : [...unreadableBodies, ...wrongContainers];
    for (const [i, body] of bodies.entries()) {
      const answer = await call(server.url, path, { token: server.operatorToken, method, body });
      expectRefusal(answer, refused, `body ${i} ${body.slice(0, 60)}`);
    }
  });

  test('bytes that are no UTF-8 are refused', async () => {
    const head = `POST /segment HTTP/1.1\r\nHost: x\r\nAuthorization: ${token}\r\nConnection: close\r\n`;
    const body = Buffer.concat([Buffer.from('{"segment":{"short_name":"'), Buffer.from([0xff, 0xfe, 0xc0]), Buffer.from('"}}')]);
    const answer = await exchange(server.url, Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body]));
    expect(readAnswer(answer).status, answer).toBe(400);
  });

  test('the instant service refuses what is no JSON object', async () => {
    for (const body of ['', '{', '[]', 'null', '5', '"x"', '['.repeat(100_000), '{"rt_segment":', '{"rt_segment":[}', '\u0000']) {
      expectRefusal(await call(server.url, '/rt-segment', { token, body }), 400, body.slice(0, 40));
    }
  });
});

describe('fields with wrong values', () => {
  test.each(wrongSegmentValues.map(({ field, value }) => [field, brief(value), value] as const))(
    'segment.%s = %s is refused by its name',
    async (field, _title, value) => {
      for (const [method, path] of [
        ['POST', '/segment'],
        ['PUT', '/segment?id=1001'],
      ] as const) {
        const answer = await call(server.url, path, { token, method, json: { segment: { [field]: value } } });
        expectRefusal(answer, [400, 409], method);
        expect(pick(answer.json, 'response.error')).toContain(field);
      }
    },
  );

  test.each(wrongRecordValues.map(({ field, value }) => [field, brief(value), value] as const))(
    'member_data_sharing.%s = %s is refused by its name',
    async (field, _title, value) => {
      const answer = await call(server.url, '/member-data-sharing', {
        token,
        json: { member_data_sharing: { ...goodRecord, [field]: value } },
      });
      expectRefusal(answer, [400, 409]);
      expect(pick(answer.json, 'response.error')).toContain(field);
    },
  );

  test.each(wrongInstantUsers.map(({ field, user }) => [field, brief(user), user] as const))(
    'instant: %s in %s is named in a warning',
    async (field, _title, user) => {
      const answer = await call(server.url, '/rt-segment', { token, json: { rt_segment: [user] } });
      expect(answer.status).toBe(200);
      expect(pick(answer.json, 'message.segments_in_request'), answer.text).toBe(0);
      expect(pick(answer.json, 'warnings.0.message'), answer.text).toContain(`'${field}'`);
    },
  );

  test('instant: no odd shape is a fault of the server', async () => {
    for (const body of oddInstantBodies) {
      const answer = await call(server.url, '/rt-segment', { token, json: body });
      expect(answer.status, `${JSON.stringify(body).slice(0, 200)} -> ${answer.text.slice(0, 300)}`).toBeLessThan(500);
      expect(answer.text).not.toMatch(inside);
    }
  });

  test('nothing of all this was stored', async () => {
    const segments = await call(server.url, '/segment?include_shared=0', { token });
    expect(pick(segments.json, 'response.count')).toBe(20);
    expect(pick(segments.json, 'response.segments.0')).toMatchObject({ id: 1001, short_name: 'Load 1001', state: 'active' });
    const records = await call(server.url, '/member-data-sharing', { token });
    expect(pick(records.json, 'response.count')).toBe(0);
  });
});

describe('bytes that are no HTTP', () => {
  const host = 'Host: x\r\n';
  test.each(
    [
      'GARBAGE\r\n\r\n',
      `GET / HTTP/9.9\r\n${host}\r\n`,
      `GET segment HTTP/1.1\r\n${host}\r\n`,
      `GET / HTTP/1.1\r\n${host}no-colon\r\n\r\n`,
      `GET / HTTP/1.1\r\n${host}a\u0000b: c\r\n\r\n`,
      `GET / HTTP/1.1\r\n${host}X: ${'x'.repeat(100_000)}\r\n\r\n`,
      `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n${host}\r\n`,
      `POST /segment HTTP/1.1\r\n${host}Content-Length: abc\r\n\r\n`,
      `POST /segment HTTP/1.1\r\n${host}Content-Length: -5\r\n\r\n`,
      `POST /segment HTTP/1.1\r\n${host}Content-Length: 5\r\nContent-Length: 6\r\n\r\n{"a":1`,
      `POST /segment HTTP/1.1\r\n${host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      `POST /segment HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
      `POST /segment HTTP/1.1\r\n${host}Transfer-Encoding: gzip\r\n\r\n{}`,
      'GET / HTTP/1.1\r\n\r\n',
      '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
      '\r\n'.repeat(10_000),
    ].map((bytes) => [brief(bytes), bytes]),
  )('%s is refused or dropped', async (_title, bytes) => {
    const text = await exchange(server.url, bytes);
    const { status } = readAnswer(text);
    expect([0, 400, 401, 404, 405, 413, 414, 431, 501, 505], text).toContain(status);
    expect(text).not.toMatch(inside);
    expect((await call(server.url, '/healthz')).status).toBe(200);
  });

  test.each(['OPTIONS', 'TRACE', 'PROPFIND', 'HEAD'])('%s is answered below 500', async (method) => {
    for (const path of ['/', '/segment', '/rt-segment', '*']) {
      const { status } = readAnswer(await exchange(server.url, `${method} ${path} HTTP/1.1\r\n${host}Connection: close\r\n\r\n`));
      expect(status, `${method} ${path}`).toBeLessThan(500);
    }
  });

  test('two calls in one packet get two answers', async () => {
    const one = `GET /healthz HTTP/1.1\r\n${host}\r\n`;
    expect((await exchange(server.url, one + one)).match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  });
});

test('after all of this no log line tells of a bug', () => {
  const faults = server
    .output()
    .split('\n')
    .filter((line) => /"level":(50|60|"error"|"fatal")/.test(line));
  expect(faults).toEqual([]);
});
