/** npm run bench: measures Foyer beside its ceiling on this machine. `--help` and bench/README.md say more. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readConfig } from '../server/src/config/config.ts';
import { type BenchArguments, helpText, readArguments, UsageError } from './arguments.ts';
import { serverSettings } from './contenders/foyer-server.ts';
import { describeMachine, type Machine } from './report/machine.ts';
import { writeReport } from './report/results-file.ts';
import { duration, tableOf } from './report/table.ts';
import { audience } from './scenarios/audience.ts';
import { inProcess } from './scenarios/in-process.ts';
import { instantLarge } from './scenarios/instant-large.ts';
import { instantSmall } from './scenarios/instant-small.ts';
import { lookup } from './scenarios/lookup.ts';
import type { Scenario, ScenarioResult } from './scenarios/scenario.ts';

const scenarios: readonly Scenario[] = [instantSmall, instantLarge, lookup, inProcess, audience];

/** On the repository's disk and out of git, not in /tmp: that is often memory, where a sync costs nothing. */
const temporaryFolders = resolve(import.meta.dirname, '..', 'tmp');

function settingsOf({ runs, seconds, users, against }: BenchArguments): Record<string, unknown> {
  const { config } = readConfig(serverSettings());
  const { durability, hotRoutes, logLevel, logSample, logCutBytes, slowCallMs } = config;
  const server = { durability, hotRoutes, logLevel, logSample, logCutBytes, slowCallMs };
  return {
    runs,
    seconds,
    users,
    against,
    ...server,
    limits: 'raised to 1,000,000,000 a second through PUT /batch-segment-config',
    pinned: 'nothing',
  };
}

function printMachine(machine: Machine): void {
  console.log(
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.kernel}, Node ${machine.node}, commit ${machine.commit}`,
  );
  console.log(`${machine.fileSystem}: writing and syncing 4 KiB takes ${duration(machine.syncP50Us)} (p99 ${duration(machine.syncP99Us)})`);
}

function printResults(results: readonly ScenarioResult[], settings: Readonly<Record<string, unknown>>): void {
  console.log(`\n${tableOf(results.flatMap((result) => result.rows))}\n`);
  for (const note of results.flatMap((result) => result.notes)) console.log(`- ${note}`);
  console.log(
    `- settings: ${Object.entries(settings)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(', ')}`,
  );
  console.log('- server and generator share the cores; only ratios within one run count (bench/README.md)');
}

async function bench(chosen: BenchArguments): Promise<void> {
  const startedAt = new Date().toISOString();
  const began = performance.now();
  const say = (text: string): void => console.log(`[${((performance.now() - began) / 1000).toFixed(0).padStart(3)} s] ${text}`);
  const absolute = (path: string | null): string | null => (path === null ? null : resolve(path));
  const [profileFolder, against] = [absolute(chosen.profileFolder), absolute(chosen.against)];
  mkdirSync(temporaryFolders, { recursive: true });
  const folder = mkdtempSync(join(temporaryFolders, 'bench-'));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  const leave = (code: number) => (): void => {
    removeFolder();
    process.exit(code);
  };
  process.once('SIGINT', leave(130));
  process.once('SIGTERM', leave(143));
  try {
    const machine = describeMachine(folder);
    const settings = settingsOf(chosen);
    printMachine(machine);
    const results: ScenarioResult[] = [];
    for (const scenario of chosen.scenarios) {
      const { runs, seconds, users } = chosen;
      results.push(await scenario.run({ runs, seconds, users, folder, against, profileFolder, say }));
    }
    printResults(results, settings);
    console.log(`\nWritten to ${writeReport({ startedAt, machine, settings, scenarios: results })}`);
  } finally {
    removeFolder();
  }
}

try {
  const chosen = readArguments(process.argv.slice(2), scenarios);
  if (chosen === null) console.log(helpText(scenarios));
  else await bench(chosen);
} catch (error) {
  console.error(`foyer bench: ${error instanceof UsageError ? `${error.message}; --help lists what there is` : (error as Error).message}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
