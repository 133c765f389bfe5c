import type { LoopResult } from '../load/load-loop.ts';
import type { Target } from '../report/target.ts';
import { median, spreadOf } from '../statistics/median.ts';
import { cpuUsOf, rateOf } from './http-scenario.ts';
import type { Row } from './scenario.ts';

export interface LoadRowOptions {
  readonly scenario: string;
  readonly contender: string;
  readonly membershipsPerCall: number | null;
  /** False where two loads share the process: nobody can tell whose its processor time was. */
  readonly cpuKnown: boolean;
  readonly targets: readonly Target[];
}

/** One load's line in a scenario that compares a server with itself. */
export function loadRow({ scenario, contender, membershipsPerCall, cpuKnown, targets }: LoadRowOptions, runs: readonly LoopResult[]): Row {
  const perSecond = spreadOf(runs.map(rateOf));
  const cpuUs = median(runs.map(cpuUsOf));
  return {
    scenario,
    contender,
    figure: { ...perSecond, unit: 'calls/s' },
    membershipsPerSecond: membershipsPerCall === null ? null : perSecond.median * membershipsPerCall,
    p50Us: median(runs.map((run) => run.p50Us)),
    p99Us: median(runs.map((run) => run.p99Us)),
    ratio: null,
    cpuUsPerCall: cpuKnown && Number.isFinite(cpuUs) ? cpuUs : null,
    cpuRatio: null,
    targets,
  };
}
