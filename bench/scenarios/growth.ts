import { segmentsPerUpdate, updateLanes, usersPerBatch } from '../in-process/update-batch.ts';
import type { StoreRun } from '../in-process/store-messages.ts';
import { ratioAtMost } from '../report/target.ts';
import { pairedRatio, spreadOf } from '../statistics/median.ts';
import { gets, measureInTurns, rowsOfComparison } from './store-comparison.ts';
import { timerNote } from '../statistics/timer-cost.ts';
import { plainRow, type BenchSettings, type Row, type Scenario, type ScenarioResult } from './scenario.ts';
import { startStores } from './store-contenders.ts';

const name = 'growth';
const mostSlower = 1.5;

/** Does anything bend when the audience is ten times as large? */
export const growth: Scenario = {
  name,
  summary: 'with --full: update cost at 10M users beside that at 1M, and in-process lookups of 10M users beside Redis and LMDB',
  async run(settings) {
    const { largeUsers } = settings;
    if (largeUsers === null) return { scenario: name, rows: [], notes: [`${name}: not measured without --full`], runs: [] };
    const running = new AsyncDisposableStack();
    try {
      return await measure(settings, largeUsers, running);
    } finally {
      await running.disposeAsync();
    }
  },
};

async function measure(settings: BenchSettings, largeUsers: number, running: AsyncDisposableStack): Promise<ScenarioResult> {
  const { runs, seconds, say, users } = settings;
  const notes: string[] = [];
  const alone = { ...settings, against: null };
  const [small] = await startStores({ settings: alone, name: `${name}-small`, users, peers: [], running, notes });
  const stores = await startStores({ settings: alone, name, users: largeUsers, peers: ['redis', 'lmdb'], running, notes });
  const [large] = stores;
  if (!small || !large) throw new Error('the engine did not start');
  const times: { small: number[]; large: number[] } = { small: [], large: [] };
  const nsPerMembership = ({ count, seconds: took }: StoreRun): number => (took * 1e9) / (count * usersPerBatch * segmentsPerUpdate);
  for (const { program } of [small, large]) await program.update(1, updateLanes, '');
  for (let run = 1; run <= runs; run++) {
    times.small.push(nsPerMembership(await small.program.update(seconds, updateLanes, '')));
    times.large.push(nsPerMembership(await large.program.update(seconds, updateLanes, '')));
    say(`${name}: run ${run} of ${runs}: ${times.small.at(-1)?.toFixed(0)} and ${times.large.at(-1)?.toFixed(0)} ns a membership`);
  }
  notes.push(`${name}: ${timerNote()}`);
  await small.program.close();
  const comparison = gets(
    stores.map((store) => ({ label: store.label, store, variant: 'everysec' })),
    largeUsers,
  );
  await measureInTurns(name, [comparison], settings);
  for (const { program } of stores) await program.close();
  const slower = pairedRatio(times.large, times.small);
  const row = (count: number, all: readonly number[]): Row =>
    plainRow(name, `update of ${count.toLocaleString('en-US')} users, a membership`, { ...spreadOf(all), unit: 'ns' });
  return {
    scenario: name,
    rows: [
      row(users, times.small),
      row(largeUsers, times.large),
      plainRow(name, 'larger over smaller', { ...slower, unit: 'x' }, [ratioAtMost(mostSlower, slower.median)]),
      ...rowsOfComparison(comparison),
    ],
    notes,
    runs: times.large.map((ns, run) => ({ contender: 'ns a membership', large: ns, small: times.small[run] })),
  };
}
