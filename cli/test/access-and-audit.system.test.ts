/**
 * `foyer access` and `foyer audit` against a server that answers as additions.md sections 1 and 5 say: what is sent, and what becomes of
 * the answer.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { foyer } from './foyer-process.ts';
import type { Ended } from './foyer-process.ts';

const request = {
  id: 7,
  member_id: 10,
  segment_owner_member_id: 1661,
  message: 'We measure',
  unique_user_ids_per_post: null,
  posts_per_day: null,
  unique_segments_per_post: null,
  state: 'REQUESTED',
  decided_on: null,
  decided_by: null,
};
const event = {
  id: 3,
  created_on: '2026-01-31 08:00:00',
  request_id: 'r1',
  account_id: 5,
  username: 'anna',
  account_member_id: 10,
  member_id: 10,
  operation: 'updateSegment',
  object_type: 'segment',
  object_id: 121_175,
  before: { state: 'active' },
  after: { state: 'inactive' },
};

let home: string;
let server: Server;
let url: string;
let calls: { line: string; body: unknown }[] = [];

beforeAll(async () => {
  server = createServer(async (incoming, response) => {
    let text = '';
    for await (const piece of incoming) text += String(piece);
    const body = text === '' ? undefined : (JSON.parse(text) as { segment_access_request?: object });
    calls.push({ line: `${incoming.method} ${incoming.url}`, body });
    const page = { count: 1, start_element: 0, num_elements: 100 };
    const listed = incoming.url?.startsWith('/audit-event') === true ? { audit_events: [event] } : { segment_access_requests: [request] };
    const changed = { id: 7, segment_access_request: { ...request, ...body?.segment_access_request } };
    const fields = incoming.method === 'GET' ? { ...page, ...listed } : changed;
    response.end(JSON.stringify({ response: { status: 'OK', ...fields, dbg_info: { warnings: [] } } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  home = await mkdtemp(join(tmpdir(), 'foyer-access-'));
  await mkdir(join(home, 'foyer'));
  const servers = { [url]: { token: 't', username: 'anna' } };
  await writeFile(join(home, 'foyer', 'credentials.json'), JSON.stringify({ last_server: url, servers }));
});
afterAll(async () => {
  server.close();
  await rm(home, { recursive: true, force: true });
});
beforeEach(() => {
  calls = [];
});

const run = (...args: string[]): Promise<Ended> => foyer(args, { config: home });

it('asks the owner', async () => {
  const ended = await run('access', 'ask', '--owner', '1661', '--message', 'We measure', '--users', '1000');
  expect(ended).toEqual({ code: 0, stdout: 'Request 7 is made; member 1661 decides.\n', stderr: '' });
  const sent = { segment_owner_member_id: 1661, message: 'We measure', unique_user_ids_per_post: 1000 };
  expect(calls).toEqual([{ line: 'POST /segment-access-request', body: { segment_access_request: sent } }]);
});

it.each([
  ['accept', 'ACCEPTED', 'accepted'],
  ['refuse', 'REFUSED', 'refused'],
  ['withdraw', 'WITHDRAWN', 'withdrawn'],
  ['revoke', 'REVOKED', 'revoked'],
])('access %s makes a request %s', async (word, state, done) => {
  expect(await run('access', word, '7')).toEqual({ code: 0, stdout: `Request 7 is ${done}.\n`, stderr: '' });
  expect(calls).toEqual([{ line: 'PUT /segment-access-request?id=7', body: { segment_access_request: { state } } }]);
});

it('lists requests', async () => {
  const ended = await run('access', 'list', '--state', 'REQUESTED', '--owner', '1661', '--json');
  expect(JSON.parse(ended.stdout)).toEqual(request);
  expect(calls.map(({ line }) => line)).toEqual([
    'GET /segment-access-request?segment_owner_member_id=1661&state=REQUESTED&num_elements=100',
  ]);
});

it('lists the audit trail, filtered and in an order', async () => {
  const ended = await run(
    'audit',
    'list',
    '--type',
    'segment',
    '--object',
    '121175',
    '--since',
    '2026-01-31 08:00:00',
    '--sort',
    'id.desc',
  );
  expect(ended.code).toBe(0);
  expect(ended.stdout).toContain('updateSegment');
  expect(ended.stdout).toContain('{"state":"inactive"}');
  const filters = 'object_type=segment&object_id=121175&min_created_on=2026-01-31%2008%3A00%3A00';
  expect(calls.map(({ line }) => line)).toEqual([`GET /audit-event?${filters}&sort=id.desc&num_elements=100`]);
});
