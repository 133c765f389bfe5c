import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { launchFoyer, ownCheckout, startFoyer } from '../contenders/foyer-server.ts';
import { loadedSegmentsPerUser } from '../data/audience.ts';
import { atMost, type Target } from '../report/target.ts';
import { median, spreadOf } from '../statistics/median.ts';
import { plainRow, type BenchSettings, type Row, type Scenario } from './scenario.ts';

const name = 'restart';
/** Ready within so many milliseconds with at most so many memberships. */
const limits = [
  { memberships: 10_000_000, ms: 2000 },
  { memberships: 100_000_000, ms: 12_000 },
] as const;

/** From starting the process to its word that it is ready, with the files of the page cache: a restart, not a boot. */
export const restart: Scenario = {
  name,
  summary: 'start of the server until it is ready, with the whole audience in its log and snapshot',
  async run(settings) {
    const sizes = [settings.users, ...(settings.largeUsers === null ? [] : [settings.largeUsers])];
    const rows: Row[] = [];
    const runs: object[] = [];
    const emptyMs = await startTimes(settings, 'empty', null);
    rows.push(plainRow(name, 'empty store', { ...spreadOf(emptyMs), unit: 'ms' }));
    runs.push(...emptyMs.map((ms) => ({ contender: 'empty store', ms })));
    const notes = [
      `${name}: of every start ${Math.round(median(emptyMs))} ms are Node, its modules and the catalog: what an empty store takes`,
    ];
    for (const users of sizes) {
      const memberships = users * loadedSegmentsPerUser;
      const label = `${memberships.toLocaleString('en-US')} memberships`;
      const times = await startTimes(settings, String(users), users);
      const { figures } = await settings.audiences.made(ownCheckout, users);
      rows.push(plainRow(name, label, { ...spreadOf(times), unit: 'ms' }, targetsOf(memberships, median(times))));
      runs.push(...times.map((ms) => ({ contender: label, ms })));
      notes.push(`${name}: ${label}: ${Math.round((figures.logBytes ?? 0) / 1e6)} MB of log to replay, the rest from a snapshot`);
    }
    return { scenario: name, rows, notes, runs };
  },
};

function targetsOf(memberships: number, ms: number): Target[] {
  const limit = limits.find((entry) => memberships <= entry.memberships);
  return limit === undefined ? [] : [atMost(limit.ms, 'ms', ms)];
}

/** Starts one server again and again on the same files. */
async function startTimes({ folder, audiences, runs, say }: BenchSettings, label: string, users: number | null): Promise<number[]> {
  const options = { checkout: ownCheckout, folder: join(folder, `${name}-${label}`), profileFolder: null };
  const profiles = join(options.folder, 'data', 'profiles');
  mkdirSync(join(options.folder, 'data'), { recursive: true });
  if (users !== null) await audiences.copyTo(profiles, ownCheckout, users);
  const times: number[] = [];
  try {
    await (await startFoyer(name, options)).stop();
    for (let run = 1; run <= runs; run++) {
      // A server that stops in order may leave its files readier than they were: each start gets the same ones.
      if (users !== null) {
        rmSync(profiles, { recursive: true, force: true });
        await audiences.copyTo(profiles, ownCheckout, users);
      }
      const launched = await launchFoyer(options);
      times.push(launched.readyMs);
      await launched.stop();
      say(`${name}: ${label}, run ${run} of ${runs}: ${Math.round(launched.readyMs)} ms`);
    }
  } finally {
    rmSync(options.folder, { recursive: true, force: true });
  }
  return times;
}
