import { account } from '../contenders/foyer-catalog.ts';
import { ownCheckout, type FoyerServer } from '../contenders/foyer-server.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import type { LoopResult } from '../load/load-loop.ts';
import { LoginStream } from '../load/login-stream.ts';
import { ratioAtMost } from '../report/target.ts';
import { median, pairedRatio } from '../statistics/median.ts';
import { rateOf, warmUpMs } from './http-scenario.ts';
import { loadRow } from './load-row.ts';
import { startLoadedFoyer } from './loaded-foyer.ts';
import type { BenchSettings, Scenario, ScenarioResult } from './scenario.ts';

const name = 'instant-small-logins';
const requests = 'small posts';
const loginsPerSecond = 20;
const mostOfP99 = 2;

/** Hashing a password takes some 20 ms of a core: do logins hold up the calls of those who are logged in? */
export const instantSmallLogins: Scenario = {
  name,
  summary: `the same small POSTs while ${loginsPerSecond} logins a second arrive on other connections, and without them`,
  async run(settings) {
    const running = new AsyncDisposableStack();
    try {
      const foyer = await startLoadedFoyer(settings, { name, label: 'Foyer', checkout: ownCheckout });
      running.defer(() => foyer.stop());
      const generator = LoadGenerator.start();
      running.defer(() => generator.stop());
      return await measure(settings, foyer, generator);
    } finally {
      await running.disposeAsync();
    }
  },
};

async function measure(
  { runs, seconds, users, say }: BenchSettings,
  foyer: FoyerServer,
  generator: LoadGenerator,
): Promise<ScenarioResult> {
  const plan = { kind: 'instant', usersPerCall: 1, segmentsPerUser: 2 } as const;
  await generator.prepare({ name: requests, plan, count: 50_000, users, token: foyer.token, seed: 7 });
  const { port, pid } = foyer;
  const post = (): Promise<LoopResult> =>
    generator.run({ port, pid, requests, connections: 64, pace: null, warmUpMs, measureMs: seconds * 1000 });
  await post();
  const alone: LoopResult[] = [];
  const beside: LoopResult[] = [];
  const answered: number[] = [];
  for (let run = 1; run <= runs; run++) {
    alone.push(await post());
    const failed = Promise.withResolvers<never>();
    const logins = await LoginStream.start(port, { perSecond: loginsPerSecond, ...account }, failed.reject);
    const began = performance.now();
    beside.push(await Promise.race([post(), failed.promise]));
    answered.push((logins.answeredCount / (performance.now() - began)) * 1000);
    logins.stop();
    say(
      `${name}: run ${run} of ${runs}: ${Math.round(rateOf(alone.at(-1)))} calls/s alone, ${Math.round(rateOf(beside.at(-1)))} beside logins`,
    );
  }
  const p99 = pairedRatio(
    beside.map((run) => run.p99Us),
    alone.map((run) => run.p99Us),
  );
  const posts = { scenario: name, membershipsPerCall: null, cpuKnown: true };
  return {
    scenario: name,
    rows: [
      loadRow({ ...posts, contender: `Foyer, ${loginsPerSecond} logins/s`, targets: [ratioAtMost(mostOfP99, p99.median)] }, beside),
      loadRow({ ...posts, contender: 'Foyer, no logins', targets: [] }, alone),
    ],
    notes: [
      `${name}: p99 with logins is ${p99.median.toFixed(2)}x (${p99.least.toFixed(2)}–${p99.most.toFixed(2)}) of that without, the target is of that; ` +
        `${median(answered).toFixed(1)} logins a second were answered, others turned away`,
    ],
    runs: [...beside.map((run) => ({ contender: 'with logins', ...run })), ...alone.map((run) => ({ contender: 'without', ...run }))],
  };
}
