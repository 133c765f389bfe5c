/** npm run bench: measures Foyer beside its ceiling on this machine. `--help` and bench/README.md say more. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readConfig } from '../server/src/config/config.ts';
import { type BenchArguments, helpText, readArguments, UsageError } from './arguments.ts';
import { AudienceFolders } from './contenders/audience-folders.ts';
import { serverSettings } from './contenders/foyer-server.ts';
import { endOwnProcesses } from '../server/test/own-processes.ts';
import { Peers } from './peers/peers.ts';
import { describeMachine, type Machine } from './report/machine.ts';
import { summariesOf } from './report/profile-summary.ts';
import { writeReport } from './report/results-file.ts';
import { duration, tableOf, verdictOf } from './report/table.ts';
import { allScenarios } from './scenarios/all-scenarios.ts';
import type { ScenarioResult } from './scenarios/scenario.ts';

/** On the repository's disk and out of git, not in /tmp: that is often memory, where a sync costs nothing. */
const temporaryFolders = resolve(import.meta.dirname, '..', 'tmp');

function settingsOf({ runs, seconds, users, largeUsers, against }: BenchArguments): Record<string, unknown> {
  const { config } = readConfig(serverSettings());
  const { durability, hotRoutes, logLevel, logSample, logCutBytes, slowCallMs } = config;
  const server = { durability, hotRoutes, logLevel, logSample, logCutBytes, slowCallMs };
  return {
    runs,
    seconds,
    users,
    largeUsers,
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

function printResults(results: readonly ScenarioResult[], peers: Peers, settings: Readonly<Record<string, unknown>>): void {
  const rows = results.flatMap((result) => result.rows);
  console.log(`\n${tableOf(rows)}\n\n${verdictOf(rows)}\n`);
  for (const note of [...results.flatMap((result) => result.notes), ...peers.missing, ...peers.settings]) console.log(`- ${note}`);
  console.log(
    `- settings: ${Object.entries(settings)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(', ')}`,
  );
  console.log('- server, databases and generator share the cores; only ratios within one run count (bench/README.md)');
}

/** A folder on the repository's disk that goes when the bench ends, however it ends. */
function temporaryFolder(): { readonly folder: string; readonly remove: () => void } {
  mkdirSync(temporaryFolders, { recursive: true });
  const folder = mkdtempSync(join(temporaryFolders, 'bench-'));
  // Databases run as users of their own and must get to their folders below.
  chmodSync(folder, 0o711);
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  const leave = (code: number) => (): void => {
    void endOwnProcesses().then(() => {
      remove();
      process.exit(code);
    });
  };
  process.once('SIGINT', leave(130));
  process.once('SIGTERM', leave(143));
  return { folder, remove };
}

async function bench(chosen: BenchArguments): Promise<void> {
  const startedAt = new Date();
  const began = performance.now();
  const say = (text: string): void => console.log(`[${((performance.now() - began) / 1000).toFixed(0).padStart(3)} s] ${text}`);
  const absolute = (path: string | null): string | null => (path === null ? null : resolve(path));
  const [profileFolder, against] = [absolute(chosen.profileFolder), absolute(chosen.against)];
  const { folder, remove } = temporaryFolder();
  const atS = Math.floor(startedAt.getTime() / 1000);
  const peers = new Peers(folder, atS, say);
  try {
    const machine = describeMachine(folder);
    const settings = settingsOf(chosen);
    printMachine(machine);
    const audiences = new AudienceFolders(folder, atS, say);
    const { runs, seconds, users, largeUsers } = chosen;
    const results: ScenarioResult[] = [];
    const failures: string[] = [];
    for (const scenario of chosen.scenarios) {
      try {
        results.push(await scenario.run({ runs, seconds, users, largeUsers, folder, against, profileFolder, atS, audiences, peers, say }));
      } catch (error) {
        // The others took minutes: their figures hold.
        failures.push(`${scenario.name} failed: ${(error as Error).message}`);
        say(failures.at(-1) ?? '');
      }
    }
    printResults(results, peers, settings);
    for (const failure of failures) console.log(`- ${failure}`);
    if (failures.length > 0) process.exitCode = 1;
    const databases = { started: peers.settings, missing: peers.missing };
    console.log(
      `\nWritten to ${writeReport({ startedAt: startedAt.toISOString(), machine, settings: { ...settings, databases, failures }, scenarios: results })}`,
    );
    if (profileFolder !== null) for (const summary of summariesOf(profileFolder)) console.log(`\n${summary}`);
  } finally {
    await peers.stop();
    remove();
  }
}

try {
  const chosen = readArguments(process.argv.slice(2), allScenarios);
  if (chosen === null) console.log(helpText(allScenarios));
  else await bench(chosen);
} catch (error) {
  console.error(`foyer bench: ${error instanceof UsageError ? `${error.message}; --help lists what there is` : (error as Error).message}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
