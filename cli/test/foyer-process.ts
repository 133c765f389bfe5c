import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const repositoryEntry = fileURLToPath(new URL('../bin/foyer.mjs', import.meta.url));

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  /** Config directory of this test alone, so that nobody's real tokens are met. */
  config: string;
  stdin?: string;
  env?: Record<string, string>;
  /** The command's file. Default: that of the repository. */
  entry?: string;
}

/** One use of the command, while it runs. */
export function start(args: readonly string[], options: RunOptions): ChildProcess {
  // FOYER_ variables of whoever runs the tests must not reach the command.
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('FOYER_'));
  const env = { ...Object.fromEntries(inherited), XDG_CONFIG_HOME: options.config, ...options.env };
  return spawn(process.execPath, [options.entry ?? repositoryEntry, ...args], {
    env,
    cwd: options.config,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** One use of the command, to its end. */
export async function foyer(args: readonly string[], options: RunOptions): Promise<Ended> {
  const child = start(args, options);
  const ended: Ended = { code: null, stdout: '', stderr: '' };
  child.stdout?.on('data', (piece: Buffer) => (ended.stdout += piece.toString()));
  child.stderr?.on('data', (piece: Buffer) => (ended.stderr += piece.toString()));
  child.stdin?.end(options.stdin ?? '');
  ended.code = await new Promise((resolve) => child.on('close', (code) => resolve(code)));
  // What tells that something lasts comes and goes with the load of the machine.
  ended.stderr = ended.stderr.replaceAll(/^.* …\n/gm, '');
  return ended;
}

/** `foyer serve` while it runs. */
export class RunningServe {
  readonly stdout: string[] = [];
  stderr = '';
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  #waiting: (() => void)[] = [];

  constructor(args: readonly string[], options: RunOptions) {
    this.#child = start(['serve', '--port', '0', ...args], options);
    this.#child.stdin?.end();
    this.#child.stderr?.on('data', (piece: Buffer) => (this.stderr += piece.toString()));
    if (this.#child.stdout !== null) {
      createInterface({ input: this.#child.stdout }).on('line', (line) => {
        this.stdout.push(line);
        this.#wake();
      });
    }
    this.ended = new Promise((resolve) => this.#child.on('close', (code) => resolve(code)));
    void this.ended.then(() => this.#wake());
  }

  /** The first line of stdout that holds the text, waited for. */
  async line(text: string): Promise<string> {
    for (;;) {
      const line = this.stdout.find((candidate) => candidate.includes(text));
      if (line !== undefined) return line;
      if (this.#child.exitCode !== null) throw new Error(`serve ended with ${this.#child.exitCode}:\n${this.stderr}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The event of `serve --json`, waited for. */
  async event<Event>(name: string): Promise<Event> {
    return JSON.parse(await this.line(`"event":"${name}"`)) as Event;
  }

  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.#child.kill(signal);
    return this.ended;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
