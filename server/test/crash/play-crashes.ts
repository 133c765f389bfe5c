/**
 * Loads a real server, kills it with SIGKILL at random moments, starts it again on the same directory and looks for every
 * acknowledged call. 30 kills; 100 with FOYER_TEST_FULL=1. FOYER_TEST_SEED plays a run's choices again (not its timing).
 * Two servers are killed at the same time, by two processes of this file: most of the time goes to starting.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, importText, logIn, pick } from '../api.ts';
import type { Json } from '../api.ts';
import { seededRandom, testSeed } from '../random.ts';
import { spawnServer, startServer, temporaryFolder } from '../running-server.ts';
import type { RunningServer } from '../running-server.ts';
import { accounts, smallImport } from '../small-import.ts';
import { CatalogLoad } from './catalog-load.ts';
import { ExpectedProfiles } from './expected-profiles.ts';
import { InstantLoad } from './instant-load.ts';

const lanes = 2;
/** Which of the two this process is; undefined: the one that starts both. */
const lane = process.env['FOYER_CRASH_LANE'];
const kills = (process.env['FOYER_TEST_FULL'] ? 100 : 30) / lanes;
/** The log is cut often, so that kills meet snapshots too. */
const settings = { FOYER_RT_RATE_LIMIT: '0', FOYER_LOG_CUT_BYTES: '1048576' };
const seed = testSeed();
const random = seededRandom(seed);
const folder = temporaryFolder(`crash-${lane ?? 'lanes'}`);
const profiles = new ExpectedProfiles();
const catalog = new CatalogLoad();
const sum = { acknowledged: 0, changes: 0, checked: 0, passed: 0, faults: [] as string[] };

const start = (): Promise<RunningServer> => startServer({ data: folder.path, args: ['--empty'], env: settings });

/** Reads users back, several at once. */
async function compareProfiles(server: RunningServer, token: string, users: readonly string[]): Promise<readonly string[]> {
  const wrong: string[] = [];
  let next = 0;
  const read = async (): Promise<void> => {
    for (let user = users[next++]; user !== undefined; user = users[next++]) {
      const answer = await call(server.url, `/user-segments?uid=${user}`, { token });
      if (answer.status !== 200) {
        wrong.push(`GET /user-segments?uid=${user}: ${answer.status} ${answer.text}`);
        return;
      }
      const memberships = (pick(answer.json, 'response.memberships') ?? []) as readonly Json[];
      const actual = new Map(memberships.map((entry) => [Number(pick(entry, 'segment_id')), Number(pick(entry, 'value'))]));
      const result = profiles.compare(user, actual);
      sum.checked += result.checked;
      wrong.push(...result.wrong);
    }
  };
  await Promise.all(Array.from({ length: 32 }, read));
  return wrong;
}

/** Load, a kill in the middle of it, perhaps another one while it comes up again. */
async function crashOnce(server: RunningServer): Promise<string> {
  const token = await logIn(server.url, accounts.provider.username, accounts.provider.password);
  const load = new InstantLoad({ base: server.url, token, random, model: profiles, callers: 8, maxNewUsers: 700 });
  const changes = catalog.run(server.url, token);
  const afterMs = random.whole(20, 700);
  await sleep(afterMs);
  await server.kill();
  const result = await load.ended();
  await changes;
  sum.acknowledged += result.acknowledged;
  sum.changes += result.changes;
  const refused = [...result.refused, ...catalog.refused.splice(0)];
  if (refused.length > 0) throw new Error(`a call was refused: ${refused[0]}`);
  let text = `killed after ${afterMs} ms with ${result.acknowledged} calls acknowledged`;
  if (random.chance(0.2)) {
    const startMs = random.whole(20, 400);
    const { child, exited } = spawnServer({ data: folder.path, args: ['--empty'], env: settings });
    await sleep(startMs);
    child.kill('SIGKILL');
    await exited;
    text += `, again ${startMs} ms into its start`;
  }
  return text;
}

async function compareAll(server: RunningServer, users: readonly string[]): Promise<void> {
  const token = await logIn(server.url, accounts.provider.username, accounts.provider.password);
  const wrong = [...(await compareProfiles(server, token, users)), ...(await catalog.compare(server.url, token)).wrong];
  if (wrong.length > 0) throw new Error(`${wrong.length} differences:\n${wrong.slice(0, 20).join('\n')}`);
}

function fail(text: string): void {
  sum.faults.push(text);
  console.log(`FAILED  ${text}`);
}

async function check(title: string, play: () => Promise<string>): Promise<boolean> {
  const began = Date.now();
  const seconds = (): string => `${((Date.now() - began) / 1000).toFixed(1)} s`;
  try {
    const text = await play();
    sum.passed += 1;
    console.log(`ok      ${lane}: ${title}: ${text} (${seconds()})`);
    return true;
  } catch (error) {
    fail(`${lane}: ${title} (${seconds()}): ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

async function main(): Promise<void> {
  console.log(`crash: seed ${seed}, ${kills} kills`);
  let server = await start();
  await importText(server.url, server.operatorToken, smallImport());
  let going = true;
  for (let kill = 1; kill <= kills && going; kill++) {
    going = await check(`kill ${kill}`, async () => {
      const text = await crashOnce(server);
      const began = Date.now();
      server = await start();
      const upMs = Date.now() - began;
      const touched = profiles.takeTouched();
      await compareAll(server, touched);
      return `${text}; up again in ${upMs} ms; ${touched.length} users as acknowledged`;
    });
  }
  await check('a stop in order and one more start', async () => {
    const { code } = await server.stop();
    if (code !== 0) throw new Error(`SIGTERM: exit ${code}\n${server.output().slice(-2000)}`);
    server = await start();
    const users = profiles.users;
    await compareAll(server, users);
    return `all ${users.length} users and the catalog as acknowledged`;
  });
  await server.stop();
  console.log(
    `crash: seed ${seed}, ${kills} kills, ${sum.acknowledged} acknowledged calls with ${sum.changes} changes, ` +
      `${catalog.acknowledged} catalog changes, ${sum.checked} memberships checked; ${sum.passed} passed, ${sum.faults.length} failed`,
  );
}

/** Both processes; what they count comes back in files. */
async function playLanes(): Promise<void> {
  const ended = await Promise.all(
    Array.from({ length: lanes }, async (_, at) => {
      const result = `${folder.path}.${at}.json`;
      const env = { ...process.env, FOYER_CRASH_LANE: String(at + 1), FOYER_TEST_SEED: String(seed + at), FOYER_STAGE_RESULT: result };
      const child = spawn(process.execPath, [import.meta.filename], { env, stdio: ['ignore', 'inherit', 'inherit'] });
      await once(child, 'exit');
      const counts = JSON.parse(readFileSync(result, 'utf8')) as { readonly passed: number; readonly faults: readonly string[] };
      rmSync(result);
      return counts;
    }),
  );
  for (const { passed, faults } of ended) {
    sum.passed += passed;
    sum.faults.push(...faults);
  }
}

try {
  await (lane === undefined ? playLanes() : main());
} catch (error) {
  fail(`the run ended: ${error instanceof Error ? error.message : String(error)}`);
} finally {
  if (sum.faults.length === 0) folder.remove();
  else console.log(`        seed ${seed}; the data directory stays for a look: ${folder.path}`);
  const resultFile = process.env['FOYER_STAGE_RESULT'];
  if (resultFile) writeFileSync(resultFile, JSON.stringify({ passed: sum.passed, failed: sum.faults.length, faults: sum.faults }));
  // Whatever still runs ends with this process: the server takes the end of its IPC channel for SIGTERM.
  process.exit(sum.faults.length > 0 ? 1 : 0);
}
