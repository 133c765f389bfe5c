import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, importText, logIn, pick } from '../api.ts';
import type { Answer } from '../api.ts';
import { type RunningServer, startServer, temporaryFolder } from '../running-server.ts';
import { accounts, segmentIds, smallImport } from '../small-import.ts';

/** Less than any server takes, so that it is full from the start. */
const limitBytes = 1_048_576;
const folder = temporaryFolder('memory-limit');
let server: RunningServer;
let token = '';

const start = (env: Readonly<Record<string, string>>): Promise<RunningServer> =>
  startServer({ data: folder.path, args: ['--empty'], env: { FOYER_RT_RATE_LIMIT: '0', ...env } });

interface Entry {
  readonly user: string;
  readonly segment: number | undefined;
  readonly value?: number;
  readonly expiration?: number;
}

const send = (...entries: readonly Entry[]): Promise<Answer> =>
  call(server.url, '/rt-segment', {
    token,
    json: {
      rt_segment: entries.map(({ user, segment, value = 1, expiration = 0 }) => ({
        user_id: user,
        seg_block: [{ seg_id: segment, value, expiration }],
      })),
    },
  });

/** Segment and value of each membership. */
async function profileOf(user: string): Promise<readonly (readonly [number, number])[]> {
  const answer = await call(server.url, `/user-segments?uid=${user}`, { token });
  expect(answer.status, answer.text).toBe(200);
  const memberships = pick(answer.json, 'response.memberships') as unknown as readonly { segment_id: number; value: number }[];
  return memberships.map((each) => [each.segment_id, each.value] as const);
}

const metric = async (name: string): Promise<number> =>
  Number(new RegExp(`^${name} (\\S+)$`, 'm').exec((await call(server.url, '/metrics')).text)?.[1]);

const [first, second] = segmentIds;

beforeAll(async () => {
  server = await start({});
  await importText(server.url, server.operatorToken, smallImport());
  token = await logIn(server.url, accounts.provider.username, accounts.provider.password);
  expect((await send({ user: '1', segment: first, value: 7 }, { user: '2', segment: first })).status).toBe(200);
  expect(await metric('foyer_profiles_memory_limit_bytes')).toBeGreaterThan(100 * limitBytes);
  await server.stop();
  server = await start({ FOYER_MEMORY_LIMIT: String(limitBytes) });
  token = await logIn(server.url, accounts.provider.username, accounts.provider.password);
});
afterAll(async () => {
  await server.stop();
  folder.remove();
});

test('at the limit a call that would make a user is 503 FULL, and a known user in the same call stays as it was', async () => {
  for (const entries of [
    [{ user: '3', segment: first }],
    [
      { user: '1', segment: second, value: 9 },
      { user: '3', segment: first },
    ],
  ]) {
    const answer = await send(...entries);
    expect(answer.status).toBe(503);
    expect(pick(answer.json, 'response.error_id')).toBe('SYSTEM');
    expect(pick(answer.json, 'response.error_code')).toBe('FULL');
    expect(answer.headers['retry-after']).toBe('60');
  }
  expect(await profileOf('1')).toEqual([[first, 7]]);
  expect(await profileOf('3')).toEqual([]);
});

test('changes, removals and lookups of known users go on, and the server is ready', async () => {
  expect((await send({ user: '1', segment: second, value: 3 }, { user: '2', segment: first, expiration: -1 })).status).toBe(200);
  expect(await profileOf('1')).toEqual([
    [first, 7],
    [second, 3],
  ]);
  expect(await profileOf('2')).toEqual([]);
  // Nobody is made by a removal.
  expect((await send({ user: '4', segment: first, expiration: -1 })).status).toBe(200);
  expect((await call(server.url, '/readyz')).status).toBe(200);
});

test('the limit and what counts against it are metrics', async () => {
  expect(await metric('foyer_profiles_memory_limit_bytes')).toBe(limitBytes);
  expect(await metric('foyer_profiles_memory_counted_bytes')).toBeGreaterThan(limitBytes);
  expect(await metric('foyer_profiles_read_only')).toBe(0);
});
