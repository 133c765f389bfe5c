import { join } from 'node:path';
import { BenchProgram } from '../contenders/bench-program.ts';
import type { BatchFileKind } from '../data/batch-file.ts';
import type { ParseAnswer, ParseQuestion, ParseRun } from '../in-process/parse-messages.ts';
import { wantedAtLeast } from '../report/target.ts';
import { median, spreadOf } from '../statistics/median.ts';
import { plainRow, type Row, type Scenario, type ScenarioResult } from './scenario.ts';

const name = 'batch-parse';
const lines = 200_000;
/** One thread, a file of user ids. */
const wantedPerSecond = 20_000_000;

const kinds: readonly BatchFileKind[] = ['user ids', 'device ids', 'external ids', 'codes', 'timestamps'];

/** The parser of text files alone: a file that is held in memory, one thread, nothing written. */
export const batchParse: Scenario = {
  name,
  summary: 'memberships a second that one thread parses of a batch file held in memory',
  async run({ runs, seconds, say }): Promise<ScenarioResult> {
    const found = new Map<BatchFileKind, ParseRun[]>(kinds.map((kind) => [kind, []]));
    const programs = kinds.map((kind) => ({ kind, program: newProgram() }));
    try {
      // The first run is for the compiler, and for making the file.
      for (let run = 0; run <= runs; run++) {
        for (const { kind, program } of programs) {
          const result = await ask(program, { kind, lines, seconds });
          if (run > 0) found.get(kind)?.push(result);
        }
        if (run > 0) say(`${name}: run ${run} of ${runs}`);
      }
    } finally {
      await Promise.all(programs.map(({ program }) => program.stop()));
    }
    return {
      scenario: name,
      rows: kinds.map((kind) => rowOf(kind, found.get(kind) ?? [])),
      notes: [
        `${name}: ${lines} lines of 4 to 8 segments, 200 different ones, into chunks of 1 MiB of text; each kind in a process of its own`,
      ],
      runs: kinds.flatMap((kind) => (found.get(kind) ?? []).map((run) => ({ contender: kind, ...run }))),
    };
  },
};

const newProgram = (): BenchProgram<ParseQuestion, ParseAnswer> =>
  new BenchProgram(join(import.meta.dirname, '..', 'in-process', 'parse-program.ts'));

async function ask(program: BenchProgram<ParseQuestion, ParseAnswer>, question: ParseQuestion): Promise<ParseRun> {
  const answer = await program.ask(question);
  if (answer.is === 'failed') throw new Error(answer.reason);
  return answer.run;
}

function rowOf(kind: BatchFileKind, runs: readonly ParseRun[]): Row {
  const rates = runs.map((run) => run.memberships / run.seconds);
  const targets = kind === 'user ids' ? [wantedAtLeast(wantedPerSecond, 'memberships/s', median(rates))] : [];
  return {
    ...plainRow(name, kind, { ...spreadOf(rates), unit: 'memberships/s' }, targets),
    cpuUsPerCall: median(runs.map((run) => (run.cpu / run.memberships) * 1e6)),
  };
}
