import { readFileSync } from 'node:fs';
import { Call } from './command.ts';
import { failureOf } from './command-failure.ts';
import { commandTable as commands } from './command-table.ts';
import { exitCodes } from './exit-codes.ts';
import { commandHelpText, groupHelpText, overviewText } from './help-text.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { serverEntry } from './server-entry.ts';
import type { Surroundings } from './surroundings.ts';

/** The whole command; answers the exit code. */
async function runFoyer(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    const parsed = parseCommandLine(argv, commands);
    switch (parsed.kind) {
      case 'help':
        surroundings.stdout.write(`${parsed.command === undefined ? overviewText(commands) : commandHelpText(parsed.command)}\n`);
        return exitCodes.ok;
      case 'group help':
        surroundings.stdout.write(`${groupHelpText(parsed.commands)}\n`);
        return exitCodes.ok;
      case 'version':
        surroundings.stdout.write(`${version()}\n`);
        return exitCodes.ok;
      case 'run':
        return await parsed.command.run(new Call(parsed.values, parsed.operands, surroundings));
    }
  } catch (error) {
    const failure = failureOf(error);
    if (failure !== undefined) {
      surroundings.stderr.write(`foyer: ${failure.message}\n`);
      return failure.exitCode;
    }
    // A bug: the trace is what a report of it needs.
    surroundings.stderr.write(`foyer: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return exitCodes.failed;
  }
}

function version(): string {
  const { version: text } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return text;
}

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ends in order on a signal, and where the process that started this one (bin/foyer.mjs) died without one. */
function onStop(callback: () => void): () => void {
  for (const signal of stopSignals) process.on(signal, callback);
  process.on('disconnect', callback);
  // Listening alone would keep this process alive.
  process.channel?.unref();
  return () => {
    for (const signal of stopSignals) process.off(signal, callback);
    process.off('disconnect', callback);
  };
}

// A reader that went away (`foyer curl … | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? exitCodes.ok : exitCodes.failed);
});

process.exitCode = await runFoyer(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  serverEntry: serverEntry(),
  onStop,
});
