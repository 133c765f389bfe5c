import { join } from 'node:path';
import { BenchProgram } from '../contenders/bench-program.ts';
import { segmentsPerLoad, segmentsPerUpdate, usersPerBatch } from '../in-process/batches.ts';
import type { EngineAnswer, EngineQuestion, EngineRun, OpenedEngine } from '../in-process/engine-messages.ts';
import { median, spreadOf } from '../statistics/median.ts';
import type { BenchSettings, Row, Scenario, ScenarioResult } from './scenario.ts';

const name = 'in-process';
/** Batches under way at a time: one after the other, and enough for them to share syncs. */
const inFlightLevels = [1, 4] as const;
const warmUpS = 1;

/** The profile engine without HTTP. No peers yet: each will be a program that answers the same questions on the same data. */
export const inProcess: Scenario = {
  name,
  summary: `the profile engine alone: durable batches of ${usersPerBatch} users x ${segmentsPerUpdate} segments, and reads`,
  async run(settings) {
    const profiling = settings.profileFolder === null ? [] : ['--cpu-prof', '--cpu-prof-dir', settings.profileFolder];
    const program = new BenchProgram<EngineQuestion, EngineAnswer>(
      join(import.meta.dirname, '..', 'in-process', 'engine-program.ts'),
      profiling,
    );
    try {
      return await measure(program, settings);
    } finally {
      await program.stop();
    }
  },
};

async function measure(program: BenchProgram<EngineQuestion, EngineAnswer>, settings: BenchSettings): Promise<ScenarioResult> {
  const { users, folder, runs, seconds, say } = settings;
  const durability = process.env['FOYER_DURABILITY'] === 'os' ? 'os' : 'fsync';
  say(`${name}: loading ${users} users x ${segmentsPerLoad} segments in batches of ${usersPerBatch}`);
  const opened = await program.ask({ ask: 'open', directory: join(folder, name), users, durability });
  if (opened.is !== 'opened') throw failureOf(opened);
  const questions: readonly { readonly label: string; readonly question: EngineQuestion; readonly runs: EngineRun[] }[] = [
    ...inFlightLevels.map((inFlight) => ({
      label: `update, ${inFlight} under way`,
      question: { ask: 'update', seconds, inFlight } as const,
      runs: [],
    })),
    { label: 'get', question: { ask: 'get', seconds }, runs: [] },
  ];
  for (const { question } of questions) await ask(program, { ...question, seconds: warmUpS } as EngineQuestion);
  for (let run = 1; run <= runs; run++) {
    for (const entry of questions) entry.runs.push(await ask(program, entry.question));
    const rates = questions.map((entry) => `${entry.label} ${Math.round(rateOf(entry.runs.at(-1)))}/s`);
    say(`${name}: run ${run} of ${runs}: ${rates.join('; ')}`);
  }
  await program.ask({ ask: 'close' });
  return {
    scenario: name,
    rows: questions.map((entry) => rowOf(entry.label, entry.question, entry.runs)),
    notes: notesOf(
      opened.opened,
      questions.flatMap((entry) => (entry.question.ask === 'update' ? entry.runs : [])),
    ),
    runs: questions.flatMap((entry) => entry.runs.map((run) => ({ contender: entry.label, ...run }))),
  };
}

async function ask(program: BenchProgram<EngineQuestion, EngineAnswer>, question: EngineQuestion): Promise<EngineRun> {
  const answer = await program.ask(question);
  if (answer.is !== 'ran') throw failureOf(answer);
  return answer.run;
}

const failureOf = (answer: EngineAnswer): Error => new Error(answer.is === 'failed' ? answer.reason : `the engine answered ${answer.is}`);

const rateOf = (run: EngineRun | undefined): number => (run ? run.count / run.seconds : Number.NaN);

function rowOf(label: string, question: EngineQuestion, runs: readonly EngineRun[]): Row {
  const perSecond = spreadOf(runs.map(rateOf));
  const update = question.ask === 'update';
  return {
    scenario: name,
    contender: label,
    unit: update ? 'batches' : 'gets',
    perSecond,
    membershipsPerSecond: update ? perSecond.median * usersPerBatch * segmentsPerUpdate : null,
    p50Us: median(runs.map((run) => run.p50Us)),
    p99Us: median(runs.map((run) => run.p99Us)),
    ratio: null,
    cpuUsPerCall: median(runs.map((run) => (run.cpu / run.count) * 1e6)),
    cpuRatio: null,
  };
}

function notesOf(opened: OpenedEngine, updates: readonly EngineRun[]): string[] {
  const perSecond = Math.round(opened.memberships / opened.loadSeconds);
  // A snapshot cuts the log in between: such a run tells nothing of its growth.
  const growth = updates.filter((run) => run.logBytes > 0).map((run) => run.logBytes / (run.count * usersPerBatch * segmentsPerUpdate));
  const updated = growth.length === 0 ? '' : `, an update ${median(growth).toFixed(1)}`;
  return [
    `${name}: first load of ${opened.memberships} memberships at ${perSecond} memberships/s, one durable batch after the other`,
    `${name}: ${opened.bytesPerMembership.toFixed(1)} bytes of memory a membership, users, identifiers and index included; a loaded membership takes ${opened.logBytesPerMembership.toFixed(1)} bytes of log${updated}`,
  ];
}
