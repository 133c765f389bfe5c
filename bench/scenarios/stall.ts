import { setTimeout as sleep } from 'node:timers/promises';
import { AudienceFolders } from '../contenders/audience-folders.ts';
import { type BareServer, startBareServer } from '../contenders/byte-servers.ts';
import { ownCheckout, type FoyerServer } from '../contenders/foyer-server.ts';
import type { RunRequest } from '../load/generator-messages.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import type { RequestPlan } from '../load/requests.ts';
import { atMost } from '../report/target.ts';
import { spreadOf } from '../statistics/median.ts';
import { lookupSample } from './lookup-sample.ts';
import { startLoadedFoyer } from './loaded-foyer.ts';
import { plainRow, type BenchSettings, type Row, type Scenario, type ScenarioResult } from './scenario.ts';

const name = 'stall';
const longestMs = 5;
/** A snapshot for so much log: several within the window. */
const logCutBytes = 2 * 2 ** 20;
const shortestLifetimeS = 1440 * 60;
/** Memberships expire after so much of the first window; sweeps come every 10 s. */
const expiryAfterS = 4;
const shortestWindowS = 18;
const bareWindowS = 6;
/** Loading, copying and starting take so long before the window at most, for each million of users and in all. */
const secondsPerMillionUsers = 30;
const secondsToStart = 6 + bareWindowS;
const lookEveryMs = 1000;

interface Phase {
  readonly label: string;
  readonly plan: RequestPlan;
  readonly connections: number;
  readonly prepared: number;
}
const phases: readonly Phase[] = [
  { label: 'calls of 1 x 2', plan: { kind: 'instant', usersPerCall: 1, segmentsPerUser: 2 }, connections: 64, prepared: 100_000 },
  { label: 'calls of 1,000 x 10', plan: { kind: 'instant', usersPerCall: 1000, segmentsPerUser: 10 }, connections: 4, prepared: 128 },
];

/** What the server's own gauges say, once a second. */
interface Look {
  readonly delayMs: number;
  readonly memberships: number;
  readonly logBytes: number;
  readonly memoryBytes: number;
}

/** Load goes on for as long as all runs of other scenarios do in three of their contenders, and long enough for a sweep to begin and end. */
const windowOf = ({ runs, seconds }: BenchSettings): number => Math.max(shortestWindowS, 3 * runs * seconds);

/** The longest time for which the thread that answers was held, while the store grows, is snapshot and swept. */
export const stall: Scenario = {
  name,
  summary: 'longest stall of the HTTP thread while half of all calls bring new users, a quarter of the audience expires, snapshots run',
  async run(settings) {
    const running = new AsyncDisposableStack();
    try {
      return await measure(settings, running);
    } finally {
      await running.disposeAsync();
    }
  },
};

async function measure(settings: BenchSettings, running: AsyncDisposableStack): Promise<ScenarioResult> {
  const { folder, users, say } = settings;
  // The shortest lifetime is a quarter of all: it ends within the first window, wherever preparing ends before it.
  const headStartS = Math.ceil((users / 1e6) * secondsPerMillionUsers) + secondsToStart;
  const expiryS = Math.floor(Date.now() / 1000) + headStartS + expiryAfterS;
  const audiences = new AudienceFolders(`${folder}/${name}-audience`, expiryS - shortestLifetimeS, say);
  const foyer = await startLoadedFoyer(
    { ...settings, audiences },
    { name, label: 'Foyer', checkout: ownCheckout, settings: { FOYER_LOG_CUT_BYTES: String(logCutBytes) } },
  );
  running.defer(() => foyer.stop());
  audiences.forget(ownCheckout, users);
  const generator = LoadGenerator.start();
  running.defer(() => generator.stop());
  const rows: Row[] = [];
  const notes: string[] = [];
  const runs: object[] = [];
  let snapshots = 0;
  const bare = await startBareServer(await lookupSample(foyer), '');
  running.defer(() => bare.stop());
  await waitUntil((expiryS - expiryAfterS - bareWindowS) * 1000, say);
  for (const phase of phases) {
    // Of twice as many users as there are: half of them are new at first.
    await generator.prepare({ name: phase.label, plan: phase.plan, count: phase.prepared, users: users * 2, token: foyer.token, seed: 21 });
    const floorMs = await watchBare(bare, generator, phase, say);
    const looks = await watch(foyer, generator, phase, windowOf(settings), say);
    const delays = looks.map(({ delayMs }) => delayMs);
    const longest = Math.max(...delays);
    rows.push(
      plainRow(name, `Foyer, ${phase.label}`, { ...spreadOf([longest]), unit: 'ms' }, [atMost(longestMs, 'ms', longest)]),
      plainRow(name, `bare node:http, ${phase.label}`, { ...spreadOf([floorMs]), unit: 'ms' }),
    );
    const seen = happened(looks);
    snapshots += seen.snapshots;
    notes.push(`${name}: ${phase.label}: ${seen.text}; longest of each second ${delays.map((ms) => ms.toFixed(1)).join(', ')} ms`);
    runs.push(...looks.map((look) => ({ contender: phase.label, ...look })));
  }
  if (snapshots === 0) throw new Error('no snapshot was written while the stalls were watched: they would prove nothing');
  notes.push(`${name}: what the bare server shows is what one turn of requests and the other programs on these cores take`);
  return { scenario: name, rows, notes, runs };
}

/** A machine that prepares faster than was allowed for waits, so that the expiry falls into the first window. */
async function waitUntil(ms: number, say: (text: string) => void): Promise<void> {
  const leftMs = ms - Date.now();
  if (leftMs <= 0) return;
  say(`${name}: waiting ${Math.round(leftMs / 1000)} s, for memberships to expire in the window`);
  await sleep(leftMs);
}

/** What the server did meanwhile, by its own gauges. */
function happened(looks: readonly Look[]): { readonly snapshots: number; readonly text: string } {
  let snapshots = 0;
  let swept = 0;
  for (const [at, look] of looks.entries()) {
    const before = looks[at - 1];
    if (before === undefined) continue;
    if (look.logBytes < before.logBytes) snapshots += 1;
    swept += Math.max(0, before.memberships - look.memberships);
  }
  const grownMiB = ((looks.at(-1)?.memoryBytes ?? 0) - (looks[0]?.memoryBytes ?? 0)) / 2 ** 20;
  const text = `${snapshots} snapshots, ${swept.toLocaleString('en-US')} memberships or more swept, memory grown by ${grownMiB.toFixed(0)} MiB`;
  return { snapshots, text };
}

const loadOf = (to: { readonly port: number; readonly pid: number }, { label, connections }: Phase, seconds: number): RunRequest => ({
  port: to.port,
  pid: to.pid,
  requests: label,
  connections,
  pace: null,
  warmUpMs: 0,
  measureMs: seconds * 1000,
});

/** The same load on a server that keeps nothing: once to warm it up, once measured. Answers the longest delay. */
async function watchBare(bare: BareServer, generator: LoadGenerator, phase: Phase, say: (text: string) => void): Promise<number> {
  say(`${name}: ${phase.label} against bare node:http for ${bareWindowS} s`);
  await generator.run(loadOf(bare, phase, 1));
  await bare.longestDelayMs();
  await generator.run(loadOf(bare, phase, bareWindowS));
  return bare.longestDelayMs();
}

async function watch(
  foyer: FoyerServer,
  generator: LoadGenerator,
  phase: Phase,
  windowS: number,
  say: (text: string) => void,
): Promise<Look[]> {
  say(`${name}: ${phase.label} against Foyer for ${windowS} s`);
  const looks: Look[] = [];
  const load = generator.run(loadOf(foyer, phase, windowS)).then(() => true);
  await look(foyer);
  for (let ended = false; !ended;) {
    ended = await Promise.race([sleep(lookEveryMs, false), load]);
    looks.push(await look(foyer));
  }
  return looks;
}

async function look(foyer: FoyerServer): Promise<Look> {
  const text = await (await fetch(`${foyer.url}/metrics`)).text();
  const gauge = (metric: string): number => {
    const value = new RegExp(`^${metric} (\\S+)$`, 'm').exec(text)?.[1];
    if (value === undefined) throw new Error(`/metrics does not tell ${metric}`);
    return Number(value);
  };
  return {
    delayMs: gauge('foyer_event_loop_delay_max_seconds') * 1000,
    memberships: gauge('foyer_profiles_memberships'),
    logBytes: gauge('foyer_profiles_log_bytes'),
    memoryBytes: gauge('foyer_profiles_memory_bytes'),
  };
}
