import { resolve } from 'node:path';
import { ByteProgress } from '../byte-progress.ts';
import type { Call, OptionSpec } from '../command.ts';
import { CommandFailure } from '../command-failure.ts';
import { pause } from '../pause.ts';
import { ProtocolClient } from './protocol-client.ts';
import { NetworkFault, ProtocolRefusal } from './protocol-faults.ts';
import { ToolkitConfig } from './toolkit-config.ts';
import { toolkitExitCodes } from './toolkit-exit-codes.ts';
import { takeLock } from './toolkit-lock.ts';

const firstWaitMs = 5000;
/** An exchange answers 429 to endpoints that ask more often (exchange.md section 2.7). */
const leastSeconds = 10;

export const toolkitOptions: Readonly<Record<string, OptionSpec>> = {
  config: { type: 'string', short: 'c', placeholder: 'FILE', description: 'the properties file (required)' },
};

export const repeatedOptions: Readonly<Record<string, OptionSpec>> = {
  ...toolkitOptions,
  every: { type: 'string', placeholder: 'SECONDS', description: `run on, once in so many seconds (from ${leastSeconds}; default: once)` },
};

export const toolkitExitText =
  'Exit codes: 0 all is done, 1 some of it failed, 2 the configuration or its key, 3 no server answers, 130 stopped.';

/** What one run of a script works with. */
export interface ToolkitRun {
  readonly call: Call;
  readonly config: ToolkitConfig;
  readonly client: ProtocolClient;
  readonly signal: AbortSignal;
}

/** What a run came to: things done and things that failed, each told when it happened. */
export interface ToolkitOutcome {
  readonly done: number;
  readonly failed: number;
  /** The network ended it early. */
  readonly unreachable: boolean;
}

/** Runs a script of the toolkit under its lock, once or again and again. Answers the exit code. */
export async function runToolkit(call: Call, script: string, work: (run: ToolkitRun) => Promise<ToolkitOutcome>): Promise<number> {
  const config = await ToolkitConfig.read(configPath(call));
  const everyMs = everyMsOf(call);
  const stop = new AbortController();
  const client = new ProtocolClient({
    serviceUrl: config.serviceUrl,
    key: config.key,
    proxyUrl: config.proxyUrl,
    retries: config.retries,
    firstWaitMs,
    signal: stop.signal,
    say: (line) => call.say(line),
  });
  const lock = takeLock(config.path, script);
  const stopListening = call.surroundings.onStop(() => stop.abort(new CommandFailure('stopped', toolkitExitCodes.stopped)));
  try {
    if (lock.takenOver !== null) call.say(`the last run (process ${lock.takenOver}) ended without an end; going on from there`);
    const run: ToolkitRun = { call, config, client, signal: stop.signal };
    for (;;) {
      const code = await once(run, work);
      if (everyMs === undefined || code === toolkitExitCodes.config) return code;
      await pause(everyMs, stop.signal);
    }
  } finally {
    stopListening();
    client.close();
    lock.release();
  }
}

async function once(run: ToolkitRun, work: (run: ToolkitRun) => Promise<ToolkitOutcome>): Promise<number> {
  try {
    const { failed, unreachable } = await work(run);
    if (unreachable) return toolkitExitCodes.network;
    return failed > 0 ? toolkitExitCodes.partial : toolkitExitCodes.ok;
  } catch (error) {
    const failure = failureOf(error, run.config);
    if (failure === undefined) throw error;
    if (failure.exitCode === toolkitExitCodes.stopped) throw failure;
    run.call.say(`foyer: ${failure.message}`);
    return failure.exitCode;
  }
}

function failureOf(error: unknown, config: ToolkitConfig): CommandFailure | undefined {
  if (error instanceof CommandFailure) return error;
  if (error instanceof NetworkFault) return new CommandFailure(error.message, toolkitExitCodes.network, { cause: error });
  if (!(error instanceof ProtocolRefusal)) return undefined;
  const ofConfig = [301, 302, 307, 308, 401, 403, 404].includes(error.status);
  const where = ofConfig ? `; see the address, the key and the endpoint ids in ${config.path}` : '';
  const code = ofConfig ? toolkitExitCodes.config : error.status >= 500 ? toolkitExitCodes.network : toolkitExitCodes.partial;
  return new CommandFailure(`${error.message}${where}`, code, { cause: error });
}

function configPath(call: Call): string {
  const path = call.text('config');
  if (path === undefined) throw new CommandFailure('--config is missing: the properties file', toolkitExitCodes.config);
  return resolve(call.surroundings.cwd, path);
}

function everyMsOf(call: Call): number | undefined {
  const text = call.text('every');
  if (text === undefined) return undefined;
  if (/^\d{1,6}$/.test(text) && Number(text) >= leastSeconds) return Number(text) * 1000;
  throw new CommandFailure(`--every is a number of seconds from ${leastSeconds}, not "${text}"`, toolkitExitCodes.config);
}

/** Shows bytes that go by, where it lasts. */
export async function withProgress<Result>(
  { call }: Pick<ToolkitRun, 'call'>,
  verb: string,
  total: number | null,
  work: (onBytes: (bytes: number) => void) => Promise<Result>,
): Promise<Result> {
  const progress = new ByteProgress(call.surroundings.stderr, verb, total, performance.now());
  try {
    return await work((bytes) => progress.update(bytes, performance.now()));
  } finally {
    progress.finish();
  }
}
