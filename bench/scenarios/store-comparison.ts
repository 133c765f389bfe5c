import type { StoreRun } from '../in-process/store-messages.ts';
import { p99Below, ratioAtLeast, type Target } from '../report/target.ts';
import { median, pairedRatio, spreadOf } from '../statistics/median.ts';
import type { BenchSettings, Row } from './scenario.ts';
import type { LoadedStore } from './store-contenders.ts';

const warmUpS = 1;
const getOverRedis = 8;
const getP99Us = 3;

/** How a store is measured: the same store may do the same in several ways. */
export interface Way {
  readonly label: string;
  readonly store: LoadedStore;
  readonly variant: string;
}

export interface MeasuredWay {
  readonly way: Way;
  readonly runs: StoreRun[];
}

/** One thing that all ways do in turns; the engine is the first. */
export interface Comparison {
  readonly label: string;
  readonly measured: readonly MeasuredWay[];
  readonly measure: (way: Way, seconds: number) => Promise<StoreRun>;
  readonly rowOf: (entry: MeasuredWay, engine: MeasuredWay) => Row;
}

/** Warm-up, then every comparison A B A B …, `runs` times. */
export async function measureInTurns(
  name: string,
  comparisons: readonly Comparison[],
  { runs, seconds, say }: BenchSettings,
): Promise<void> {
  say(`${name}: preparing batches and warming up`);
  for (const { measured, measure } of comparisons) for (const { way } of measured) await measure(way, warmUpS);
  for (let run = 1; run <= runs; run++)
    for (const { label, measured, measure } of comparisons) {
      for (const entry of measured) entry.runs.push(await measure(entry.way, seconds));
      const rates = measured.map((entry) => `${entry.way.label} ${Math.round(rateOf(entry.runs.at(-1)))}`);
      say(`${name}: run ${run} of ${runs}: ${label}: ${rates.join(', ')} a second`);
    }
}

export function rowsOfComparison({ measured, rowOf }: Comparison): Row[] {
  const [engine] = measured;
  return engine === undefined ? [] : measured.map((entry) => rowOf(entry, engine));
}

/** Profiles in whole, decoded to memberships. */
export function gets(ways: readonly Way[], users: number): Comparison {
  const label = `get of ${users.toLocaleString('en-US')}`;
  return {
    label,
    measured: ways.map((way) => ({ way, runs: [] })),
    measure: ({ store }, seconds) => store.program.get(seconds),
    rowOf: (entry, engine) => {
      const row = comparedRow(label, 'profiles/s', entry, engine);
      const targets =
        entry === engine
          ? [p99Below(getP99Us, row.p99Us ?? Number.NaN)]
          : ratioTarget(row, entry.way.label === 'Redis' ? getOverRedis : undefined);
      return { ...row, targets };
    },
  };
}

export const ratioTarget = ({ ratio }: Row, least: number | undefined): Target[] =>
  least === undefined || !ratio ? [] : [ratioAtLeast(least, ratio.median)];

const inProcess: ReadonlySet<LoadedStore['kind']> = new Set(['engine', 'other engine', 'lmdb']);
const cpuUsOf = (run: StoreRun): number => (run.cpu / run.count) * 1e6;
const rateOf = (run: StoreRun | undefined): number => (run ? run.count / run.seconds : Number.NaN);

export function comparedRow(label: string, unit: string, { way, runs }: MeasuredWay, engine: MeasuredWay): Row {
  const rates = runs.map(rateOf);
  const ours = way === engine.way;
  return {
    scenario: label,
    contender: way.label,
    figure: { ...spreadOf(rates), unit },
    membershipsPerSecond: null,
    p50Us: median(runs.map((run) => run.p50Us)),
    p99Us: median(runs.map((run) => run.p99Us)),
    ratio: ours ? null : pairedRatio(engine.runs.map(rateOf), rates),
    cpuUsPerCall: median(runs.map(cpuUsOf)),
    // A database does most of its work in a process of its own.
    cpuRatio: ours || !inProcess.has(way.store.kind) ? null : pairedRatio(runs.map(cpuUsOf), engine.runs.map(cpuUsOf)),
    targets: [],
  };
}
