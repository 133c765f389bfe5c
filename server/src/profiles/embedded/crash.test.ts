import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../kit/clock.ts';
import { segment, user } from '../profile-fixtures.ts';
import { EmbeddedProfileStore } from './embedded-profile-store.ts';

const root = await mkdtemp(join(tmpdir(), 'foyer-crash-'));
afterAll(() => rm(root, { recursive: true }));
const fixture = join(import.meta.dirname, 'crash-writer.fixture.ts');

/** Runs the writer, by a shell's command around it, until it ends or `stop` has seen enough lines. */
async function write(around: string, directory: string, first: number, killAfter: number): Promise<string[]> {
  const child = spawn('sh', ['-c', `${around} exec "$0" "$@"`, process.execPath, fixture, directory, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const exited = once(child, 'exit');
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    // Everything that is still in the pipe was acknowledged too.
    if (lines.length === killAfter) child.kill('SIGKILL');
  }
  await exited;
  return lines;
}

/** Each acknowledged batch is there, and every batch that is there is there whole. */
async function check(directory: string, acknowledged: ReadonlySet<number>): Promise<number> {
  const store = await EmbeddedProfileStore.open({ directory, clock: systemClock });
  const highest = Math.max(...acknowledged);
  const broken: number[] = [];
  const lost: number[] = [];
  for (let number = 1; number <= highest + 50; number++) {
    const sizes = Array.from({ length: 10 }, (_, i) => store.get(user(number * 10 + i)).memberships.length);
    if (new Set(sizes).size !== 1) broken.push(number);
    if (sizes[0] !== 5 && acknowledged.has(number)) lost.push(number);
  }
  expect({ broken, lost }).toEqual({ broken: [], lost: [] });
  const { users } = store.stats();
  // Nobody was added twice, in whatever order snapshot and log told it again. Two days: midnight may have passed.
  const movements = (await store.movements([1, 5].map(segment), 2)).map((days) =>
    days.reduce((sum, { added, uniques }) => ({ added: sum.added + added, uniques: sum.uniques + uniques }), { added: 0, uniques: 0 }),
  );
  expect(movements).toEqual([
    { added: users, uniques: users },
    { added: users, uniques: users },
  ]);
  await store.close();
  return users;
}

describe('a process that dies', () => {
  it('has kept every batch that it acknowledged, through kills at random points and snapshots', async () => {
    const directory = join(root, 'killed');
    const acknowledged = new Set<number>();
    for (let round = 0; round < 4; round++) {
      const first = Math.max(0, ...acknowledged) + 10;
      const lines = await write('', directory, first, 50 + Math.floor(Math.random() * 1500));
      for (const line of lines.filter((each) => /^\d+$/.test(each))) acknowledged.add(Number(line));
      await check(directory, acknowledged);
    }
    expect(acknowledged.size).toBeGreaterThan(200);
  });

  it('that cannot write any more rejects writes, goes on reading, and shows nothing of them after a restart', async () => {
    const directory = join(root, 'full');
    // No file may become longer than 100 blocks of 512 bytes: a real write error in the middle of a record.
    const lines = await write('ulimit -f 100;', directory, 1, Number.POSITIVE_INFINITY);
    const acknowledged = new Set(lines.filter((each) => /^\d+$/.test(each)).map(Number));
    const refused = lines.filter((each) => each.startsWith('unavailable'));
    expect(refused).toHaveLength(4);
    expect(refused.every((each) => each.endsWith(' 5'))).toBe(true);
    expect(await check(directory, acknowledged)).toBe(acknowledged.size * 10);
  });
});
