import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ScenarioResult } from '../scenarios/scenario.ts';
import type { Machine } from './machine.ts';

const resultsFolder = resolve(import.meta.dirname, '..', 'results');

/** All that one start of the bench found. */
export interface Report {
  readonly startedAt: string;
  readonly machine: Machine;
  /** Durability, hot routes, logs, limits, and the bench's own: whatever changes the figures. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly scenarios: readonly ScenarioResult[];
}

/** Writes bench/results/DATE.json and answers its path. */
export function writeReport(report: Report): string {
  const path = join(resultsFolder, `${report.startedAt.slice(0, 19).replaceAll(':', '-')}.json`);
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
  return path;
}
