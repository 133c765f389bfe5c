import { spawn } from 'node:child_process';
import type { Call } from './command.ts';
import { CommandFailure } from './command-failure.ts';
import { exitCodes } from './exit-codes.ts';

/** Work shorter than this goes on without a word. */
const slowMs = 2000;
/** The server's exit codes that mean the same here. */
const passedOn = new Set<number>([exitCodes.usage, exitCodes.dataDirectoryInUse, exitCodes.damaged]);

/**
 * Runs the server's program for work on a directory that no server holds, and answers the object that it printed. What lasts is
 * told. Ends with the program's own text and code where it refuses.
 */
export async function runOffline<Result>(call: Call, args: readonly string[]): Promise<Result> {
  const { surroundings } = call;
  const child = spawn(process.execPath, [surroundings.serverEntry, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...surroundings.env },
    cwd: surroundings.cwd,
    detached: true,
  });
  const stopListening = surroundings.onStop(() => child.kill('SIGTERM'));
  const began = performance.now();
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (piece: Buffer) => (output.stdout += piece.toString('utf8')));
  child.stderr?.on('data', (piece: Buffer) => (output.stderr += piece.toString('utf8')));
  child.on('message', (message: { readonly text?: unknown }) => {
    if (typeof message.text === 'string' && performance.now() - began > slowMs) call.say(message.text);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  stopListening();
  if (code === 0) return JSON.parse(output.stdout) as Result;
  const said = output.stderr.split('\n').find((line) => line.startsWith('foyer: '));
  const text = said?.slice('foyer: '.length) ?? (output.stderr.trim() || 'it was stopped before it was done');
  throw new CommandFailure(text, passedOn.has(code ?? 0) ? (code ?? exitCodes.failed) : exitCodes.failed);
}
