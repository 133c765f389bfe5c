import { ownCheckout, type FoyerServer } from '../contenders/foyer-server.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import type { LoopResult } from '../load/load-loop.ts';
import { p99Below, ratioAtLeast } from '../report/target.ts';
import { median, pairedRatio } from '../statistics/median.ts';
import { rateOf, warmUpMs } from './http-scenario.ts';
import { loadRow } from './load-row.ts';
import { startLoadedFoyer } from './loaded-foyer.ts';
import type { BenchSettings, Scenario, ScenarioResult } from './scenario.ts';

const name = 'lookup-during-ingest';
const lookups = 'lookups';
const bulk = 'bulk';
const bulkUsers = 1000;
const bulkSegments = 10;
const ofOwnMaximum = 0.4;
const p99LimitUs = 10_000;

/** Bidders ask while data comes in: bulk calls arrive at half the rate that this server reaches alone, evenly, from a second generator. */
export const lookupDuringIngest: Scenario = {
  name,
  summary: 'the same lookups while POST /rt-segment of 1,000 users x 10 segments arrives at half its own maximum',
  async run(settings) {
    const running = new AsyncDisposableStack();
    try {
      const foyer = await startLoadedFoyer(settings, { name, label: 'Foyer', checkout: ownCheckout });
      running.defer(() => foyer.stop());
      const generators = [LoadGenerator.start(), LoadGenerator.start()] as const;
      for (const generator of generators) running.defer(() => generator.stop());
      return await measure(settings, foyer, ...generators);
    } finally {
      await running.disposeAsync();
    }
  },
};

async function measure(
  { runs, seconds, users, say }: BenchSettings,
  foyer: FoyerServer,
  reader: LoadGenerator,
  writer: LoadGenerator,
): Promise<ScenarioResult> {
  await reader.prepare({ name: lookups, plan: { kind: 'lookup' }, count: 100_000, users, token: foyer.token, seed: 7 });
  const bulkPlan = { kind: 'instant', usersPerCall: bulkUsers, segmentsPerUser: bulkSegments } as const;
  await writer.prepare({ name: bulk, plan: bulkPlan, count: 64, users, token: foyer.token, seed: 8 });
  const to = { port: foyer.port, pid: foyer.pid, warmUpMs, measureMs: seconds * 1000 };
  const look = (): Promise<LoopResult> => reader.run({ ...to, requests: lookups, connections: 64, pace: null });
  const ingest = (pace: number | null): Promise<LoopResult> => writer.run({ ...to, requests: bulk, connections: 4, pace });
  await look();
  await ingest(null);
  const [lookAlone, ingestAlone, lookDuring, ingestDuring]: [LoopResult[], LoopResult[], LoopResult[], LoopResult[]] = [[], [], [], []];
  for (let run = 1; run <= runs; run++) {
    const alone = await ingest(null);
    ingestAlone.push(alone);
    lookAlone.push(await look());
    const [during, ingested] = await Promise.all([look(), ingest(rateOf(alone) / 2)]);
    lookDuring.push(during);
    ingestDuring.push(ingested);
    say(
      `${name}: run ${run} of ${runs}: ${Math.round(rateOf(lookAlone.at(-1)))} lookups/s alone, ${Math.round(rateOf(during))} during ingest`,
    );
  }
  const own = pairedRatio(lookDuring.map(rateOf), lookAlone.map(rateOf));
  const p99Us = median(lookDuring.map((run) => run.p99Us));
  const kept = pairedRatio(ingestDuring.map(rateOf), ingestAlone.map(rateOf));
  const looking = { scenario: name, membershipsPerCall: null };
  const ingesting = { scenario: name, membershipsPerCall: bulkUsers * bulkSegments };
  return {
    scenario: name,
    rows: [
      loadRow(
        { ...looking, contender: 'Foyer, lookups during ingest', cpuKnown: false, targets: [p99Below(p99LimitUs, p99Us)] },
        lookDuring,
      ),
      {
        ...loadRow(
          { ...looking, contender: 'Foyer, lookups alone', cpuKnown: true, targets: [ratioAtLeast(ofOwnMaximum, own.median)] },
          lookAlone,
        ),
        ratio: own,
      },
      loadRow({ ...ingesting, contender: 'Foyer, ingest during lookups', cpuKnown: false, targets: [] }, ingestDuring),
      loadRow({ ...ingesting, contender: 'Foyer, ingest alone', cpuKnown: true, targets: [] }, ingestAlone),
    ],
    notes: [
      `${name}: ingest reached ${kept.median.toFixed(2)}x of its own maximum beside the lookups (0.50x was sent; its latency is from when a call was due)`,
    ],
    runs: [
      ...lookDuring.map((run) => ({ contender: 'lookups during ingest', ...run })),
      ...lookAlone.map((run) => ({ contender: 'lookups alone', ...run })),
      ...ingestDuring.map((run) => ({ contender: 'ingest during lookups', ...run })),
      ...ingestAlone.map((run) => ({ contender: 'ingest alone', ...run })),
    ],
  };
}
