import { join } from 'node:path';
import { BenchProgram } from '../contenders/bench-program.ts';
import type { AudienceAnswer, AudienceQuestion, AudienceRun, OpenedAudience } from '../in-process/audience-messages.ts';
import { median, pairedRatio, spreadOf } from '../statistics/median.ts';
import { atMost, type Target, wantedAtLeast } from '../report/target.ts';
import type { BenchSettings, Row, Scenario, ScenarioResult } from './scenario.ts';

const name = 'audience';

const rates = (runs: readonly AudienceRun[]): number[] => runs.map((run) => run.count / run.seconds);

interface Entry {
  readonly label: string;
  /** What one of `count` is. */
  readonly unit: string;
  readonly question: (seconds: number) => AudienceQuestion;
  /** The entry that this one is compared with, run by run: it tells what this one costs. */
  readonly beside?: string;
  readonly target?: (runs: readonly AudienceRun[]) => readonly Target[];
}

const answeredIn =
  (ms: number) =>
  (runs: readonly AudienceRun[]): readonly Target[] => [atMost(ms, 'ms', median(runs.map((run) => run.p50Us)) / 1000)];
const fiveMillionUsers = (runs: readonly AudienceRun[]): readonly Target[] => [wantedAtLeast(5_000_000, 'users/s', median(rates(runs)))];

const entries: readonly Entry[] = [
  { label: 'build 1 segment', unit: 'builds', question: () => ({ ask: 'build', segments: 1 }) },
  { label: 'build 10 segments', unit: 'builds', question: () => ({ ask: 'build', segments: 10 }) },
  { label: 'build all segments', unit: 'builds', question: () => ({ ask: 'build', segments: 1002 }) },
  {
    label: 'and of two halves',
    unit: 'answers',
    question: (seconds) => ({ ask: 'evaluate', expression: 'pair', seconds }),
    target: answeredIn(5),
  },
  {
    label: 'ten segments',
    unit: 'answers',
    question: (seconds) => ({ ask: 'evaluate', expression: 'ten', seconds }),
    target: answeredIn(50),
  },
  { label: 'with a value bound', unit: 'answers', question: (seconds) => ({ ask: 'evaluate', expression: 'bounded', seconds }) },
  { label: 'scan of keys', unit: 'users', question: (seconds) => ({ ask: 'scan', by: 'keys', seconds }), target: fiveMillionUsers },
  { label: 'scan of memberships', unit: 'users', question: (seconds) => ({ ask: 'scan', by: 'set', seconds }), target: fiveMillionUsers },
  { label: 'scan by walk', unit: 'users', question: (seconds) => ({ ask: 'scan', by: 'walk', seconds }) },
  { label: 'ingest', unit: 'operations', question: (seconds) => ({ ask: 'ingest', watching: 'nothing', seconds }) },
  {
    label: 'ingest, all logged',
    unit: 'operations',
    question: (seconds) => ({ ask: 'ingest', watching: 'log', seconds }),
    beside: 'ingest',
  },
  {
    label: 'ingest, sets kept',
    unit: 'operations',
    question: (seconds) => ({ ask: 'ingest', watching: 'sets', seconds }),
    beside: 'ingest',
  },
];

/** The audience index in one thread with the profiles: building, answering, scanning, and what it costs ingest. */
export const audience: Scenario = {
  name,
  summary: 'the audience index: builds, warm expressions, scans, and what it costs ingest',
  async run(settings) {
    const profiling = settings.profileFolder === null ? [] : ['--cpu-prof', '--cpu-prof-dir', settings.profileFolder];
    const file = join(import.meta.dirname, '..', 'in-process', 'audience-program.ts');
    const program = new BenchProgram<AudienceQuestion, AudienceAnswer>(file, profiling);
    try {
      return await measure(program, settings);
    } finally {
      await program.stop();
    }
  },
};

async function measure(program: BenchProgram<AudienceQuestion, AudienceAnswer>, settings: BenchSettings): Promise<ScenarioResult> {
  const { runs, seconds, say } = settings;
  const users = settings.largeUsers ?? settings.users;
  say(`${name}: loading ${users} users, in memory only`);
  const opened = await program.ask({ ask: 'open', users });
  if (opened.is !== 'opened') throw failureOf(opened);
  const found = new Map<string, AudienceRun[]>();
  // The first round warms up and is not counted.
  for (let run = 0; run <= runs; run++) {
    for (const { label, question } of entries) {
      const result = await ask(program, question(run === 0 ? seconds / 4 : seconds));
      if (run > 0) found.set(label, [...(found.get(label) ?? []), result]);
    }
    if (run > 0) say(`${name}: run ${run} of ${runs}`);
  }
  return {
    scenario: name,
    rows: entries.map((entry) => rowOf(entry, found)),
    notes: notesOf(opened.opened, found.get('build all segments') ?? []),
    runs: entries.flatMap(({ label }) => (found.get(label) ?? []).map((run) => ({ contender: label, ...run }))),
  };
}

async function ask(program: BenchProgram<AudienceQuestion, AudienceAnswer>, question: AudienceQuestion): Promise<AudienceRun> {
  const answer = await program.ask(question);
  if (answer.is !== 'ran') throw failureOf(answer);
  return answer.run;
}

const failureOf = (answer: AudienceAnswer): Error =>
  new Error(answer.is === 'failed' ? answer.reason : `the audience program answered ${answer.is}`);

const cpuEach = (runs: readonly AudienceRun[]): number[] => runs.map((run) => (run.cpu / run.count) * 1e6);

function rowOf({ label, unit, beside, target }: Entry, found: ReadonlyMap<string, readonly AudienceRun[]>): Row {
  const runs = found.get(label) ?? [];
  const other = beside === undefined ? undefined : found.get(beside);
  return {
    scenario: name,
    contender: label,
    figure: { ...spreadOf(rates(runs)), unit: `${unit}/s` },
    membershipsPerSecond: null,
    p50Us: median(runs.map((run) => run.p50Us)),
    p99Us: median(runs.map((run) => run.p99Us)),
    ratio: other === undefined ? null : pairedRatio(rates(runs), rates(other)),
    cpuUsPerCall: median(cpuEach(runs)),
    cpuRatio: other === undefined ? null : pairedRatio(cpuEach(other), cpuEach(runs)),
    targets: target?.(runs) ?? [],
  };
}

function notesOf(opened: OpenedAudience, builds: readonly AudienceRun[]): string[] {
  const setBytes = median(builds.map((run) => run.setBytesPerMembership));
  return [
    `${name}: ${opened.memberships} memberships at ${opened.bytesPerMembership.toFixed(1)} bytes each, users and identifiers included; with all sets held ${setBytes.toFixed(1)} bytes more`,
    `${name}: p50 and p99 are of one build, answer, page of 10,000 users, or 2 batches of 5,000 operations; every operation of ingest changes a set, half of them add and half remove`,
    `${name}: the ratio of ingest is to ingest with nothing watched; "logged" is what ingest pays, "kept" includes the reader's work in the same thread`,
  ];
}
