/**
 * npm run check: lint, format, types, import rules and the sdk's generated files, side by side. Prints what a failing one says and one line for each.
 * With FOYER_STAGE_RESULT it leaves {passed, failed, faults} in that file for tools/test.ts.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** Name and command (under this Node) of each check. */
const checks: readonly { readonly name: string; readonly args: readonly string[] }[] = [
  { name: 'oxlint', args: ['node_modules/oxlint/bin/oxlint', '--deny-warnings', '--report-unused-disable-directives', '.'] },
  { name: 'oxfmt', args: ['node_modules/oxfmt/bin/oxfmt', '--check', '.'] },
  { name: 'tsc', args: ['node_modules/typescript/bin/tsc', '--noEmit', '--pretty', 'false'] },
  { name: 'check-imports', args: ['tools/check-imports.ts'] },
  { name: 'sdk', args: ['tools/make-sdk.ts', '--check'] },
];

interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly output: string;
  readonly ms: number;
}

function run(name: string, args: readonly string[]): Promise<Outcome> {
  const began = Date.now();
  const [script = '', ...rest] = args;
  return new Promise((resolveRun) => {
    const child = spawn(process.execPath, [join(root, script), ...rest], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    const end = (ok: boolean, text: string): void => resolveRun({ name, ok, output: text, ms: Date.now() - began });
    child.on('error', (error) => end(false, error.message));
    child.on('close', (code) => end(code === 0, Buffer.concat(chunks).toString('utf8')));
  });
}

const outcomes = await Promise.all(checks.map((check) => run(check.name, check.args)));
for (const { name, output } of outcomes.filter((outcome) => !outcome.ok)) console.log(`--- ${name}\n${output.trimEnd()}\n`);
for (const { name, ok, ms } of outcomes) console.log(`${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(14)} ${(ms / 1000).toFixed(1)} s`);
const faults = outcomes.filter((outcome) => !outcome.ok).map((outcome) => outcome.name);
const resultFile = process.env['FOYER_STAGE_RESULT'];
if (resultFile) writeFileSync(resultFile, JSON.stringify({ passed: outcomes.length - faults.length, failed: faults.length, faults }));
process.exitCode = faults.length > 0 ? 1 : 0;
