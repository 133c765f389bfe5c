/** A real server as a process of its own, for tests that look at it from outside. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const repository = resolve(import.meta.dirname, '..', '..');
const mainFile = join(repository, 'server', 'src', 'main.ts');

export interface StartOptions {
  /** The data directory. */
  readonly data: string;
  /** Arguments after `serve --data … --port 0`. */
  readonly args?: readonly string[];
  /** Where --data and --port shall not stand there: all arguments of main.ts. */
  readonly allArgs?: readonly string[];
  /** Options of Node itself. */
  readonly nodeArgs?: readonly string[];
  /** FOYER_… settings; those of this process are not passed on. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** A shell's command before the server, such as `ulimit -f 100`. */
  readonly before?: string;
}

export interface Exit {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What the server says by IPC when it listens (cli and tests use it alike). */
export interface Ready {
  readonly url: string;
  readonly dataDirectory: string;
  readonly empty: boolean;
  readonly demoWanted: boolean;
  readonly firstAccount: { readonly username: string; readonly password: string } | null;
}

export interface RunningServer {
  readonly url: string;
  /** An admin's token for the life of the process. */
  readonly operatorToken: string;
  readonly ready: Ready;
  readonly pid: number;
  /** Everything that it wrote so far, both streams. */
  readonly output: () => string;
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly exited: Promise<Exit>;
  /** SIGTERM, then waits for the end. */
  readonly stop: () => Promise<Exit>;
  /** Closes the IPC channel, as a parent does that dies, then waits for the end. */
  readonly leave: () => Promise<Exit>;
  /** SIGKILL, then waits for the end. */
  readonly kill: () => Promise<Exit>;
}

/** The environment of this process without its FOYER_ settings, plus these. */
export function serverEnvironment(settings: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(FOYER_|VITEST|NODE_ENV$)/.test(name));
  return { ...Object.fromEntries(own), ...settings };
}

interface Spawned {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly stderr: () => string;
  readonly exited: Promise<Exit>;
}

/** Starts the process and waits for nothing. */
export function spawnServer(options: StartOptions): Spawned {
  const serve = options.allArgs ?? ['serve', '--data', options.data, '--port', '0', ...(options.args ?? [])];
  const args = [...(options.nodeArgs ?? []), mainFile, ...serve];
  const [program, first] =
    options.before === undefined ? [process.execPath, []] : ['sh', ['-c', `${options.before}; exec "$0" "$@"`, process.execPath]];
  const child = spawn(program, [...first, ...args], {
    cwd: repository,
    env: serverEnvironment(options.env),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const texts: { error: boolean; text: string }[] = [];
  child.stdout?.on('data', (chunk: Buffer) => texts.push({ error: false, text: chunk.toString('utf8') }));
  child.stderr?.on('data', (chunk: Buffer) => texts.push({ error: true, text: chunk.toString('utf8') }));
  const exited = endOf(child);
  const join = (wanted: (entry: { error: boolean }) => boolean) => () =>
    texts
      .filter(wanted)
      .map((entry) => entry.text)
      .join('');
  return { child, output: join(() => true), stderr: join((entry) => entry.error), exited };
}

/** The exit, once all output is in. (`close` does not come where the channel was closed from this side.) */
async function endOf(child: ChildProcess): Promise<Exit> {
  const streams = [child.stdout, child.stderr].flatMap((stream) => (stream ? [once(stream, 'close')] : []));
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  await Promise.all(streams);
  return { code, signal };
}

/** Starts a server and waits until it listens. Rejects with its output where it ends or is silent instead. */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { child, output, exited } = spawnServer(options);
  const ready = new Promise<Ready>((resolveReady) => {
    child.on('message', (message: { type?: string } & Ready) => {
      if (message.type === 'ready') resolveReady(message);
    });
  });
  const timeoutMs = options.timeoutMs ?? 60_000;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolveLate) => {
    timer = setTimeout(() => resolveLate('late'), timeoutMs);
  });
  const first = await Promise.race([ready, exited, late]);
  clearTimeout(timer);
  if (first === 'late') {
    child.kill('SIGKILL');
    throw new Error(`the server is not ready after ${timeoutMs} ms:\n${output()}`);
  }
  if ('code' in first) throw new Error(`the server ended with ${first.code ?? first.signal} before it was ready:\n${output()}`);
  const end = (signal: NodeJS.Signals): Promise<Exit> => {
    child.kill(signal);
    return exited;
  };
  return {
    url: first.url.replace(/\/$/, ''),
    operatorToken: readOperatorToken(options.data),
    ready: first,
    pid: child.pid ?? 0,
    output,
    signal: (signal) => child.kill(signal),
    exited,
    stop: () => end('SIGTERM'),
    leave: () => {
      child.disconnect();
      return exited;
    },
    kill: () => end('SIGKILL'),
  };
}

function readOperatorToken(data: string): string {
  const entry = JSON.parse(readFileSync(join(data, 'run', 'server.json'), 'utf8')) as { operator_token: string };
  return entry.operator_token;
}

/** A start that must fail: its exit, and what it wrote to stderr and stdout. Rejects where it stays up. */
export async function startRefused(options: StartOptions): Promise<Exit & { readonly stderr: string; readonly output: string }> {
  const { child, output, stderr, exited } = spawnServer(options);
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 60_000);
  const exit = await exited;
  clearTimeout(timer);
  if (exit.signal === 'SIGKILL') throw new Error(`the server did not refuse to start:\n${output()}`);
  return { ...exit, stderr: stderr(), output: output() };
}

/** The one line that a refused start leaves for a person. */
export const refusalLines = (stderr: string): readonly string[] => stderr.split('\n').filter((line) => line.startsWith('foyer: '));

/** A fresh folder that is gone when the process or the test calls `remove`. */
export function temporaryFolder(name: string): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), `foyer-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
