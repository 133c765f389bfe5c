/**
 * npm test: every stage one after the other, never stopping early; fails at the end if anything failed.
 * Usage: node tools/test.ts [--only STAGE]...   At its end: each test that failed once more, then the sum of all stages: "N passed, N failed".
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Names of what failed, with the first line of why, as far as the stage tells. */
  readonly faults: readonly string[];
}

interface Stage {
  readonly name: string;
  readonly what: string;
  /** Arguments for this Node; the file gets the result. */
  readonly args: (resultFile: string) => readonly string[];
  readonly read: (text: string) => Counts;
}

const vitest = (project: string) => (resultFile: string) => [
  'node_modules/vitest/vitest.mjs',
  'run',
  `--project=${project}`,
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${resultFile}`,
];

const stages: readonly Stage[] = [
  { name: 'check', what: 'lint, format, types, import rules, generated files', args: () => ['tools/check.ts'], read: readCounts },
  { name: 'unit', what: 'tests beside the code', args: vitest('unit'), read: readVitest },
  { name: 'postgres', what: 'the tests of everything that keeps rows, on PostgreSQL', args: vitest('postgres'), read: readVitest },
  { name: 'system', what: "a server from start to stop, bad input, the README's tour", args: vitest('system'), read: readVitest },
  { name: 'browser', what: "a publisher's page in Chromium: sync, pixels, consent, opt-out", args: vitest('browser'), read: readVitest },
  {
    name: 'conformance',
    what: 'black-box scenarios of the protocols, hot routes on and off',
    args: () => ['server/test/conformance/play-conformance.ts'],
    read: readCounts,
  },
  {
    name: 'crash',
    what: 'SIGKILL at random moments; every acknowledged call is found again',
    args: () => ['server/test/crash/play-crashes.ts'],
    read: readCounts,
  },
];

function readCounts(text: string): Counts {
  const { passed, failed, faults } = JSON.parse(text) as { passed: unknown; failed: unknown; faults: readonly string[] };
  if (typeof passed !== 'number' || typeof failed !== 'number') throw new Error('the result holds no counts');
  return { passed, failed, faults };
}

interface VitestFile {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly { readonly status: string; readonly fullName: string; readonly failureMessages: readonly string[] }[];
}

/** A test file that could not be loaded holds no test that failed, yet it failed. */
function readVitest(text: string): Counts {
  const report = JSON.parse(text) as { numPassedTests: number; testResults: readonly VitestFile[] };
  const faults = report.testResults.flatMap(faultsOf);
  return { passed: report.numPassedTests, failed: faults.length, faults };
}

function faultsOf({ name, status, message, assertionResults }: VitestFile): readonly string[] {
  const file = relative(root, name);
  const faults = assertionResults
    .filter((test) => test.status === 'failed')
    .map((test) => `${file}: ${test.fullName}: ${firstLine(test.failureMessages.join('\n'))}`);
  return faults.length === 0 && status === 'failed' ? [`${file}: ${firstLine(message)}`] : faults;
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

function runNode(args: readonly string[], resultFile: string): Promise<boolean> {
  return new Promise((resolveRun) => {
    const env = { ...process.env, FOYER_STAGE_RESULT: resultFile };
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', () => resolveRun(false));
    child.on('close', (code) => resolveRun(code === 0));
  });
}

async function runStage(stage: Stage): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-test-'));
  const resultFile = join(folder, 'result.json');
  try {
    const ok = await runNode(stage.args(resultFile), resultFile);
    const counts = stage.read(readFileSync(resultFile, 'utf8'));
    return ok || counts.failed > 0 ? counts : { ...counts, failed: 1, faults: ['no test failed, but the stage did not end well'] };
  } catch (error) {
    const fault = `ended without a result: ${error instanceof Error ? error.message : String(error)}`;
    return { passed: 0, failed: 1, faults: [fault] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function wantedStages(args: readonly string[]): readonly Stage[] {
  const names: string[] = [];
  for (let at = 0; at < args.length; at += 2) {
    const name = args[at + 1];
    if (args[at] !== '--only' || !stages.some((stage) => stage.name === name)) {
      console.error(`foyer: usage: npm test -- [--only ${stages.map((stage) => stage.name).join('|')}]...`);
      process.exit(2);
    }
    names.push(name ?? '');
  }
  return names.length === 0 ? stages : stages.filter((stage) => names.includes(stage.name));
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const began = Date.now();
const sum = { passed: 0, failed: 0 };
const lines: string[] = [];
const faultLines: string[] = [];
for (const stage of wantedStages(process.argv.slice(2))) {
  const stageBegan = Date.now();
  console.log(`\n=== ${stage.name}: ${stage.what}`);
  const { passed, failed, faults } = await runStage(stage);
  const line = `${stage.name.padEnd(12)} ${passed} passed, ${failed} failed, ${seconds(Date.now() - stageBegan)}`;
  console.log(`=== ${line}`);
  lines.push(line);
  faultLines.push(...faults.map((fault) => `FAILED  ${stage.name}: ${firstLine(fault)}`));
  sum.passed += passed;
  sum.failed += failed;
}
console.log(`\n${lines.map((line) => `    ${line}`).join('\n')}\n    all          ${seconds(Date.now() - began)}\n`);
for (const line of faultLines) console.log(line);
console.log(`${sum.passed} passed, ${sum.failed} failed`);
process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0;
