import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { humanLogLine } from './server-log-line.ts';

/** What the server says over the IPC channel once it listens. */
export interface ReadyServer {
  url: string;
  dataDirectory: string;
  /** No member but the platform's, and no profiles. */
  empty: boolean;
  /** The first start of a data directory that held nothing. */
  demoWanted: boolean;
  firstAccount: { username: string; password: string } | null;
}

export interface ServerProcessOptions {
  entry: string;
  /** After `serve`. */
  arguments: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  onProgress(text: string): void;
  /** Called with each line of the server's stderr; absent: stderr goes where ours goes. */
  onLine?(line: string): void;
}

/** What is kept of stderr for a server that ends without its own line: enough for a stack trace. */
const keptLines = 20;

/** The server ended before it listened. The message is the server's own line, else the end of its stderr, where that was read. */
export class ServerStartError extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, said: string | undefined, tail: readonly string[]) {
    super(said ?? [`the server ended with code ${exitCode} before it was ready`, ...tail].join('\n'));
    this.name = 'ServerStartError';
    this.exitCode = exitCode;
  }
}

/** A server of our own, as a child process. If this process dies, the closed channel stops the server too. */
export class ServerProcess {
  readonly ready: Promise<ReadyServer>;
  /** Its exit code; 128 + n where signal n ended it. Never rejects. */
  readonly exited: Promise<number>;
  readonly #child: ChildProcess;

  constructor(options: ServerProcessOptions) {
    let said: string | undefined;
    const tail: string[] = [];
    // A process group of its own: Ctrl-C on the terminal reaches only us, and we ask the server to stop, once.
    this.#child = spawn(process.execPath, [options.entry, 'serve', ...options.arguments], {
      stdio: ['ignore', 'ignore', options.onLine === undefined ? 'inherit' : 'pipe', 'ipc'],
      env: { ...options.env },
      detached: true,
    });
    const { stderr } = this.#child;
    const drained = Promise.withResolvers<void>();
    if (stderr === null) {
      drained.resolve();
    } else {
      const lines = createInterface({ input: stderr });
      lines.on('line', (line) => {
        if (line.startsWith('foyer: ')) said = line.slice('foyer: '.length);
        const text = humanLogLine(line);
        if (text !== undefined) tail.push(text);
        if (tail.length > keptLines) tail.shift();
        options.onLine?.(line);
      });
      lines.on('close', () => drained.resolve());
    }
    const exited = Promise.withResolvers<number>();
    this.#child.on('error', (error) => {
      said = error.message;
      drained.resolve();
      exited.resolve(1);
    });
    this.#child.on('exit', (code, signal) => exited.resolve(code ?? 128 + (signal === 'SIGINT' ? 2 : signal === 'SIGKILL' ? 9 : 15)));
    this.exited = exited.promise;
    this.ready = new Promise((resolve, reject) => {
      this.#child.on('message', (message) => {
        const ready = readyServerOf(message);
        if (ready !== undefined) resolve(ready);
        else options.onProgress(progressTextOf(message) ?? '');
      });
      void exited.promise.then(async (code) => {
        await drained.promise;
        reject(new ServerStartError(code, said, tail));
      });
    });
    // Whoever awaits `exited` alone must not be hit by an unhandled rejection.
    this.ready.catch(() => undefined);
  }

  /** Asks it to finish what is in flight and to end. */
  stop(): void {
    this.#child.kill('SIGTERM');
  }
}

function readyServerOf(message: unknown): ReadyServer | undefined {
  if (typeof message !== 'object' || message === null || !('type' in message) || message.type !== 'ready') return undefined;
  return message as unknown as ReadyServer;
}

function progressTextOf(message: unknown): string | undefined {
  if (typeof message !== 'object' || message === null || !('text' in message) || typeof message.text !== 'string') return undefined;
  return message.text;
}
