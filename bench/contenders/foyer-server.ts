import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setUpCatalog } from './foyer-catalog.ts';
import type { Contender } from './contender.ts';
import { ownProcess } from '../../server/test/own-processes.ts';

/** The checkout that this file stands in. */
export const ownCheckout = resolve(import.meta.dirname, '..', '..');
const readyWithinMs = 120_000;

/** Settings of the server that a run may be made with; they are passed on, everything else is the default. */
const passedOn = /^FOYER_(?:DURABILITY|HOT_ROUTES|LOG_LEVEL|LOG_SAMPLE|LOG_CUT_BYTES|SLOW_CALL_MS)$/;

/** A server that is ready. */
export interface LaunchedFoyer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly operatorToken: string;
  /** From starting the process to its word that it is ready. */
  readonly readyMs: number;
  stop(): Promise<void>;
}

export interface FoyerServer extends Contender, Pick<LaunchedFoyer, 'url' | 'operatorToken'> {
  /** Of the account that the load comes from. */
  readonly token: string;
}

export interface FoyerOptions {
  /** The repository whose server is started. */
  readonly checkout: string;
  /** Holds `data` and the log; `data` may hold what an earlier server left. */
  readonly folder: string;
  /** Where the server leaves a processor profile when it stops. */
  readonly profileFolder: string | null;
  /** Settings of this server alone, `FOYER_...`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Settings from this process's environment that servers under load get. */
export const serverSettings = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (passedOn.test(name) && value !== undefined ? [[name, value]] : [])),
  );

/** The real server as its users start it. Its log goes to a file. */
export async function launchFoyer({ checkout, folder, profileFolder, settings = {} }: FoyerOptions): Promise<LaunchedFoyer> {
  mkdirSync(folder, { recursive: true });
  const data = join(folder, 'data');
  const logFile = join(folder, 'log');
  const profiling = profileFolder === null ? [] : ['--cpu-prof', '--cpu-prof-dir', profileFolder];
  const log = openSync(logFile, 'w');
  const others = Object.entries(process.env).filter(([name]) => !/^(?:FOYER_|NODE_ENV$)/.test(name));
  const began = performance.now();
  const child = spawn(
    process.execPath,
    [...profiling, join(checkout, 'server', 'src', 'main.ts'), 'serve', '--data', data, '--host', '127.0.0.1', '--port', '0', '--empty'],
    { cwd: checkout, env: { ...Object.fromEntries(others), ...serverSettings(), ...settings }, stdio: ['ignore', 'ignore', log, 'ipc'] },
  );
  closeSync(log);
  const ended = ownProcess(child);
  try {
    const url = await readyUrl(child, ended, logFile);
    const readyMs = performance.now() - began;
    const { operator_token: operatorToken } = JSON.parse(readFileSync(join(data, 'run', 'server.json'), 'utf8')) as {
      operator_token: string;
    };
    return { url, port: Number(new URL(url).port), pid: child.pid ?? 0, operatorToken, readyMs, stop: () => stop(child, ended) };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

/** The same with a fresh catalog, set up for load. @param name as the table shows it. */
export async function startFoyer(name: string, options: FoyerOptions): Promise<FoyerServer> {
  const launched = await launchFoyer(options);
  try {
    const token = await setUpCatalog(launched.url, launched.operatorToken);
    return { ...launched, name, requests: name, token };
  } catch (error) {
    await launched.stop();
    throw error;
  }
}

async function readyUrl(child: ChildProcess, ended: Promise<void>, logFile: string): Promise<string> {
  const ready = new Promise<string>((resolveUrl) => {
    child.on('message', (message: { readonly type?: string; readonly url?: string }) => {
      if (message.type === 'ready' && message.url !== undefined) resolveUrl(message.url);
    });
  });
  const timer = Promise.withResolvers<undefined>();
  const timeout = setTimeout(() => timer.resolve(undefined), readyWithinMs);
  const url = await Promise.race([ready, ended.then(() => undefined), timer.promise]);
  clearTimeout(timeout);
  if (url === undefined) throw new Error(`the server did not start:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
  return url;
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill('SIGTERM');
  await ended;
}
