/**
 * A disk that takes no more, in two ways: a small file system of its own, where mounting one is permitted, and a limit on the
 * length of files, which every user can set. The second always runs.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Answer, call, importText, logIn, pick } from '../api.ts';
import { type RunningServer, startServer, temporaryFolder } from '../running-server.ts';
import { accounts, segmentIds, smallImport } from '../small-import.ts';

const megabyte = 1_048_576;
const folder = temporaryFolder('disk-full');
const mounts: string[] = [];
afterAll(() => {
  for (const mount of mounts) spawnSync('umount', ['-l', mount]);
  folder.remove();
});

interface Disk {
  readonly data: string;
  /** A shell's command that limits the second start. */
  readonly before?: string;
  /** Leaves the running server little room. */
  readonly narrow: () => void;
  readonly widen: () => void;
  /** The catalog has no room either. */
  readonly holdsCatalog: boolean;
}

/** Undefined where mounting is not permitted. */
function smallFileSystem(): Disk | undefined {
  const path = join(folder.path, 'mount');
  mkdirSync(path);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', path]).status !== 0) return undefined;
  mounts.push(path);
  const filler = join(path, 'filler');
  const narrow = (): void => {
    try {
      for (const piece = Buffer.alloc(megabyte); ;) writeFileSync(filler, piece, { flag: 'a' });
    } catch {
      truncateSync(filler, statSync(filler).size - 2 * megabyte);
    }
  };
  return { data: join(path, 'data'), narrow, widen: () => rmSync(filler), holdsCatalog: true };
}

/** No file becomes longer than 3 MiB: the log reaches that, the catalog does not. */
const shortFiles = (): Disk => ({
  data: join(folder.path, 'short'),
  before: `ulimit -f ${(3 * megabyte) / 512}`,
  narrow: () => undefined,
  widen: () => undefined,
  holdsCatalog: false,
});

const usersPerCall = 200;
const segments = segmentIds.slice(0, 10);

/** One call with users of its own, in all segments. */
const bodyOf = (number: number): string =>
  JSON.stringify({
    rt_segment: Array.from({ length: usersPerCall }, (_, i) => ({
      user_id: String(number * usersPerCall + i + 1),
      seg_block: segments.map((seg_id) => ({ seg_id, value: 3, expiration: 0 })),
    })),
  });

class Load {
  readonly taken: number[] = [];
  readonly refused: number[] = [];
  #next = 0;

  /** Sends from four connections until every one was refused once. */
  async run(send: (body: string) => Promise<Answer>): Promise<void> {
    const caller = async (): Promise<void> => {
      for (;;) {
        const number = this.#next++;
        const answer = await send(bodyOf(number));
        (answer.status === 200 ? this.taken : this.refused).push(number);
        if (answer.status === 200) continue;
        expect(answer.status, answer.text).toBe(503);
        expect(pick(answer.json, 'response.error_id')).toBe('SYSTEM');
        expect(answer.headers['retry-after']).toBe('5');
        return;
      }
    };
    await Promise.all(Array.from({ length: 4 }, caller));
  }
}

const start = (data: string, before?: string): Promise<RunningServer> =>
  startServer({ data, args: ['--empty'], env: { FOYER_RT_RATE_LIMIT: '0' }, ...(before === undefined ? {} : { before }) });
const loggedIn = ({ url }: RunningServer): Promise<string> => logIn(url, accounts.provider.username, accounts.provider.password);

/** How many memberships the first and the last user of a call have, each number once. */
async function sizesOf({ url }: RunningServer, token: string, number: number): Promise<readonly unknown[]> {
  const users = [number * usersPerCall + 1, (number + 1) * usersPerCall];
  const answers = await Promise.all(users.map((user) => call(url, `/user-segments?uid=${user}`, { token })));
  return [...new Set(answers.map((answer) => pick(answer.json, 'response.count')))];
}

async function expectReadOnly(server: RunningServer, token: string, load: Load): Promise<void> {
  const ready = await call(server.url, '/readyz');
  expect(ready.status).toBe(503);
  expect(pick(ready.json, 'checks.profiles')).toMatch(/^read-only: disk full \((ENOSPC|EFBIG)\)$/);
  expect((await call(server.url, '/metrics')).text).toMatch(/^foyer_profiles_read_only 1$/m);
  expect((await call(server.url, '/healthz')).status).toBe(200);
  const lines = server.output().split('\n');
  expect(lines.filter((line) => line.includes('profiles are read-only'))).toHaveLength(1);
  for (const number of [load.taken[0], load.taken.at(-1)]) expect(await sizesOf(server, token, number ?? -1)).toEqual([segments.length]);
  // A change of somebody known is refused as well: nothing could be made durable.
  expect((await call(server.url, '/rt-segment', { token, body: bodyOf(load.taken[0] ?? -1) })).status).toBe(503);
}

async function fillUp(disk: Disk): Promise<Load> {
  const roomy = await start(disk.data);
  await importText(roomy.url, roomy.operatorToken, smallImport());
  await roomy.stop();
  const server = await start(disk.data, disk.before);
  const token = await loggedIn(server);
  disk.narrow();
  const load = new Load();
  await load.run((body) => call(server.url, '/rt-segment', { token, body }));
  expect(load.taken.length).toBeGreaterThan(3);
  await expectReadOnly(server, token, load);
  if (disk.holdsCatalog) await expectCatalogRefuses(server, token);
  expect(await server.stop()).toEqual({ code: 0, signal: null });
  disk.widen();
  return load;
}

/** Until a change does not fit; it is refused, and what was there can be read. */
async function expectCatalogRefuses({ url }: RunningServer, token: string): Promise<void> {
  let answer: Answer;
  let made = 0;
  do {
    const segment = { short_name: 'x'.repeat(200), code: `full_${made}`, description: 'y'.repeat(400) };
    answer = await call(url, '/segment', { token, json: { segment } });
    made += Number(answer.status === 200);
  } while (answer.status === 200 && made < 5000);
  expect(answer.status, answer.text).toBe(503);
  expect(pick(answer.json, 'response.error_id')).toBe('SYSTEM');
  const listed = await call(url, '/segment?num_elements=1', { token });
  expect(pick(listed.json, 'response.count')).toBe(segmentIds.length + made);
}

async function expectExactly(server: RunningServer, load: Load): Promise<void> {
  const token = await loggedIn(server);
  const wrong: unknown[] = [];
  const check = async (number: number, count: number): Promise<void> => {
    const sizes = await sizesOf(server, token, number);
    if (sizes.length !== 1 || sizes[0] !== count) wrong.push({ number, count, sizes });
  };
  await Promise.all(load.taken.map((number) => check(number, segments.length)));
  await Promise.all(load.refused.map((number) => check(number, 0)));
  expect(wrong).toEqual([]);
  const { text } = await call(server.url, '/metrics');
  expect(text).toContain(`\nfoyer_profiles_users ${load.taken.length * usersPerCall}\n`);
  expect(text).toContain(`\nfoyer_profiles_memberships ${load.taken.length * usersPerCall * segments.length}\n`);
  expect(text).toMatch(/^foyer_profiles_read_only 0$/m);
  expect((await call(server.url, '/rt-segment', { token, body: bodyOf(99_999) })).status).toBe(200);
  expect((await server.stop()).code).toBe(0);
}

const mounted = smallFileSystem();
const disks: readonly (readonly [string, Disk])[] = [
  ['files may not become longer', shortFiles()],
  ...(mounted ? ([['a small file system is full', mounted]] as const) : []),
];

describe.each(disks)('where %s', (_name, disk) => {
  test(
    'failing calls are 503, lookups go on, and a restart with room shows all that was acknowledged and nothing else',
    { timeout: 300_000 },
    async () => {
      const load = await fillUp(disk);
      expect(load.refused).toHaveLength(4);
      await expectExactly(await start(disk.data), load);
    },
  );
});
