import type { LoopResult } from '../load/load-loop.ts';
import { median } from '../statistics/median.ts';

/** Above this share the rates of a run are the other programs' as much as the server's. */
const quietShare = 0.1;

/** Processes of the bench that the meter does not know: a database beside its route's. */
interface Loaded {
  readonly contender: { readonly name: string };
  readonly kind: string | null;
  readonly runs: readonly LoopResult[];
}

/** What a reader must know to judge the figures: was the generator the limit, was the machine quiet? */
export function disturbances(name: string, measured: readonly Loaded[]): string[] {
  const busy = measured.map(({ contender, runs }) => `${percent(median(runs.map((run) => run.generatorBusy)))} against ${contender.name}`);
  const notes = [`${name}: the generator was busy ${busy.join(', ')}`];
  const metered = measured.filter(({ kind }) => kind === null || kind === 'bare');
  const others = metered.flatMap(({ runs }) => runs.flatMap((run) => (run.cpu ? [run.cpu.others / run.cpu.available] : [])));
  if (others.length > 0 && median(others) > quietShare) {
    const most = percent(Math.max(...others));
    notes.push(
      `${name}: NOT QUIET: other programs took ${percent(median(others))} of the machine (up to ${most}); the column by CPU holds, the others do not`,
    );
  }
  return notes;
}

const percent = (share: number): string => `${Math.round(share * 100)}%`;
