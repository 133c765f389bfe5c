/**
 * Where processor time went: the functions with the most time of their own in a .cpuprofile, as a table.
 * Run alone: node bench/report/profile-summary.ts FILE.cpuprofile …
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { alignedTable } from './table.ts';

const shown = 15;
/** What is no work of the thread: waiting, and the profiler's own. */
const waiting: ReadonlySet<string> = new Set(['(idle)']);

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** The form that V8 writes. Times in microseconds. */
export interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface FunctionTime {
  /** Its name and where it stands. */
  readonly name: string;
  /** Time in it and in nothing that it called. */
  readonly selfUs: number;
}

export interface ProfileSummary {
  /** All but waiting. */
  readonly busyUs: number;
  readonly totalUs: number;
  /** By own time descending. */
  readonly functions: readonly FunctionTime[];
}

/** Adds up the samples by function. A sample's time is the one that passed before the next. */
export function summarise({ nodes, samples, timeDeltas }: CpuProfile): ProfileSummary {
  const nameById = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const selfUs = new Map<string, number>();
  let totalUs = 0;
  for (const [at, id] of samples.entries()) {
    const us = Math.max(0, timeDeltas[at + 1] ?? 0);
    const name = nameById.get(id) ?? '(unknown)';
    selfUs.set(name, (selfUs.get(name) ?? 0) + us);
    totalUs += us;
  }
  const functions = [...selfUs]
    .filter(([name]) => !waiting.has(name))
    .map(([name, us]) => ({ name, selfUs: us }))
    .toSorted((a, b) => b.selfUs - a.selfUs || (a.name < b.name ? -1 : 1));
  return { busyUs: functions.reduce((sum, entry) => sum + entry.selfUs, 0), totalUs, functions };
}

function nameOf({ functionName, url, lineNumber }: CallFrame): string {
  const name = functionName === '' ? '(anonymous)' : functionName;
  if (url === '') return name;
  const path = url.replace(/^file:\/\//, '');
  const short = /(?:server\/src|node_modules)\/(.+)$/.exec(path)?.[1] ?? (url.startsWith('node:') ? url : basename(path));
  return `${name} ${short}:${lineNumber + 1}`;
}

/** The table of one profile. Shares are of the time in which the thread worked. */
export function summaryText(title: string, profile: CpuProfile): string {
  const { busyUs, totalUs, functions } = summarise(profile);
  const rows = functions.slice(0, shown).map(({ name, selfUs }) => [`${((selfUs / busyUs) * 100).toFixed(1)}%`, name]);
  const busy = `${((busyUs / totalUs) * 100).toFixed(0)}% of ${(totalUs / 1e6).toFixed(1)} s`;
  return `${title}: busy ${busy}\n${alignedTable(['self', 'function'], rows, new Set(['function']))}`;
}

/** Summaries of all profiles in a folder and those below it: one for each thread that worked at all. */
export function summariesOf(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.cpuprofile'));
  return files.toSorted().flatMap((file) => {
    const profile = readProfile(join(folder, file));
    return summarise(profile).busyUs === 0 ? [] : [summaryText(file, profile)];
  });
}

const readProfile = (path: string): CpuProfile => JSON.parse(readFileSync(path, 'utf8')) as CpuProfile;

if (import.meta.main) for (const path of process.argv.slice(2)) console.log(`${summaryText(basename(path), readProfile(path))}\n`);
