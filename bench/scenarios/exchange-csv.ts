import { join } from 'node:path';
import { BenchProgram } from '../contenders/bench-program.ts';
import type { ExchangeCsvAnswer, ExchangeCsvQuestion, ExchangeCsvRun } from '../in-process/exchange-csv-messages.ts';
import { atMost, type Target, wantedAtLeast } from '../report/target.ts';
import { median, spreadOf } from '../statistics/median.ts';
import { plainRow, type Row, type Scenario } from './scenario.ts';

const name = 'exchange-csv';
/** The whole job, checking included, on two shared cores. */
const wantedPerSecond = 60_000;
const mostPeakMb = 300;

/** A job of the exchange: text is checked and sealed, then mapped, hashed and told apart by identifier, and delivered sealed. */
export const exchangeCsv: Scenario = {
  name,
  summary: 'rows a second of an exchange job from text to delivered files, and the memory that it takes',
  async run({ runs, users, largeUsers, folder, say }) {
    const rows = largeUsers === null ? users : 2 * largeUsers;
    const found: ExchangeCsvRun[] = [];
    for (let run = 1; run <= (largeUsers === null ? runs : 1); run++) {
      // A process of its own: memory of an earlier job would hide that of the next one.
      const program = new BenchProgram<ExchangeCsvQuestion, ExchangeCsvAnswer>(
        join(import.meta.dirname, '..', 'in-process', 'exchange-csv-program.ts'),
      );
      try {
        const answer = await program.ask({ rows, folder: join(folder, name) });
        if (answer.is === 'failed') throw new Error(answer.reason);
        found.push(answer.run);
      } finally {
        await program.stop();
      }
      say(`${name}: run ${run}`);
    }
    return {
      scenario: name,
      rows: rowsOf(found),
      notes: [
        `${name}: ${rows.toLocaleString('en-US')} rows of 4 columns, 30% with the identifier of an earlier row, hashed by SHA-256; files of 1M rows; making the text is part of checking`,
      ],
      runs: found,
    };
  },
};

function rowsOf(runs: readonly ExchangeCsvRun[]): Row[] {
  const row = (
    what: string,
    seconds: (run: ExchangeCsvRun) => number,
    cpu: (run: ExchangeCsvRun) => number,
    targets: readonly Target[] = [],
  ): Row => ({
    ...plainRow(name, what, { ...spreadOf(runs.map((run) => run.rows / seconds(run))), unit: 'rows/s' }, targets),
    cpuUsPerCall: median(runs.map((run) => (cpu(run) / run.rows) * 1e6)),
  });
  const whole = (run: ExchangeCsvRun): number => run.checkSeconds + run.transformSeconds;
  const peaks = runs.map((run) => run.peakBytes / 1e6);
  return [
    row(
      'check',
      (run) => run.checkSeconds,
      (run) => run.checkCpu,
    ),
    row(
      'transform',
      (run) => run.transformSeconds,
      (run) => run.transformCpu,
    ),
    row('both', whole, (run) => run.checkCpu + run.transformCpu, [
      wantedAtLeast(wantedPerSecond, 'rows/s', median(runs.map((run) => run.rows / whole(run)))),
    ]),
    plainRow(name, 'peak above idle', { ...spreadOf(peaks), unit: 'MB' }, [atMost(mostPeakMb, 'MB', Math.max(...peaks))]),
  ];
}
