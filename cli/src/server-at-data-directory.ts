import { FoyerClient } from '@foyer/sdk/client.ts';
import { FoyerError } from '@foyer/sdk/foyer-error.ts';
import { NoAnswerError } from '@foyer/sdk/no-answer-error.ts';
import type { Call } from './command.ts';
import { CommandFailure } from './command-failure.ts';
import { exitCodes } from './exit-codes.ts';
import { readRunFile } from './run-file.ts';
import type { ReadRunFile } from './run-file.ts';
import { sayIfSlow } from './say-if-slow.ts';
import { ServerProcess, ServerStartError } from './server-process.ts';

// A dead server refuses at once; only a busy one takes its time.
const liveCheckTimeoutMs = 30_000;
const serverDataDirectoryInUse = 4;

/**
 * Runs `work` against the server that holds the data directory, as its operator; where none does, against one that is started for
 * this and stopped afterwards. Which of the two is decided by the directory's lock: a run file can be left over from a crash.
 */
export async function withServerAt<Result>(
  dataDirectory: string,
  call: Call,
  work: (operator: FoyerClient) => Promise<Result>,
): Promise<Result> {
  const runFile = await readRunFile(dataDirectory);
  if (runFile.kind === 'read') {
    const operator = new FoyerClient({ baseUrl: runFile.file.url, token: runFile.file.operatorToken });
    if (await isLive(operator)) return await work(operator);
  }
  return await withMaintenanceServer(dataDirectory, call, runFile, work);
}

/** Whether somebody answers there who knows the token: the port of a dead server may be another's by now. */
async function isLive(operator: FoyerClient): Promise<boolean> {
  try {
    await operator.request('GET', '/member', { query: { num_elements: 1 }, timeoutMs: liveCheckTimeoutMs, retries: 0 });
    return true;
  } catch (error) {
    if (error instanceof NoAnswerError) return false;
    if (error instanceof FoyerError && (error.status === 401 || error.status === 404)) return false;
    throw error;
  }
}

async function withMaintenanceServer<Result>(
  dataDirectory: string,
  call: Call,
  runFile: ReadRunFile,
  work: (operator: FoyerClient) => Promise<Result>,
): Promise<Result> {
  const { surroundings } = call;
  const server = new ServerProcess({
    entry: surroundings.serverEntry,
    arguments: ['--maintenance', '--data', dataDirectory],
    env: surroundings.env,
    onProgress: (text) => call.say(text),
    onLine: () => undefined,
  });
  const stopListening = surroundings.onStop(() => server.stop());
  try {
    const ready = await sayIfSlow(`starting a server for ${dataDirectory} …`, (line) => call.say(line), server.ready);
    const started = await readRunFile(dataDirectory);
    if (started.kind !== 'read') throw new CommandFailure(`the server started for this left no readable run file in ${dataDirectory}`);
    return await work(new FoyerClient({ baseUrl: ready.url, token: started.file.operatorToken }));
  } catch (error) {
    throw error instanceof ServerStartError ? startFailure(error, dataDirectory, runFile) : error;
  } finally {
    server.stop();
    await server.exited;
    stopListening();
  }
}

function startFailure(error: ServerStartError, dataDirectory: string, runFile: ReadRunFile): CommandFailure {
  if (error.exitCode !== serverDataDirectoryInUse) {
    const code = error.exitCode === exitCodes.usage ? exitCodes.usage : exitCodes.failed;
    return new CommandFailure(error.message, code, { cause: error });
  }
  return new CommandFailure(inUseText(dataDirectory, runFile), exitCodes.dataDirectoryInUse, { cause: error });
}

function inUseText(dataDirectory: string, runFile: ReadRunFile): string {
  const held = `${dataDirectory} is in use by a running server`;
  switch (runFile.kind) {
    case 'absent':
      return `${held} that has left no run/server.json there (it may be starting, or another command is at work); try again, or stop it first`;
    case 'unreadable':
      return `${held}, but ${runFile.path} cannot be read: ${runFile.reason}; run this as the user that runs the server, or stop it first`;
    case 'read':
      return `${held}, but process ${runFile.file.pid} does not answer at ${runFile.file.url}; try again, or stop it first`;
  }
}
