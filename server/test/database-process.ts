import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { accessSync, chownSync, constants, existsSync, mkdirSync, openSync, closeSync, readdirSync, readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { ownProcess } from './own-processes.ts';

const readyWithinMs = 30_000;

/** Users that databases run as where we are root: they refuse to, or should not, run as root. */
const plainUsers = ['postgres', 'redis', 'nobody'] as const;

export interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
}

/** As whom to run a database; the running user itself where that is not root. */
export function plainUser(): RunAs {
  if (process.getuid?.() !== 0) return {};
  const known = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8').split('\n') : [];
  for (const name of plainUsers) {
    const fields = known.find((line) => line.startsWith(`${name}:`))?.split(':');
    if (fields) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  return {};
}

/** The path of a program: in PATH, or in the newest of the folders where Debian keeps PostgreSQL's. */
export function findProgram(name: string, versionedFolder?: string): string | undefined {
  const versions = versionedFolder !== undefined && existsSync(versionedFolder) ? readdirSync(versionedFolder) : [];
  const own = versions.toSorted((a, b) => Number(b) - Number(a)).map((version) => join(versionedFolder ?? '', version, 'bin'));
  return [...own, ...(process.env['PATH'] ?? '').split(delimiter)].map((folder) => join(folder, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function makeFolderFor(user: RunAs, folder: string): void {
  mkdirSync(folder, { recursive: true });
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
}

/** Runs to the end and answers what was printed. @throws Error with what it said. */
export function runToEnd(program: string, args: readonly string[], user: RunAs, folder: string): string {
  const run = spawnSync(program, args, { ...user, cwd: folder, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`${program}: ${(run.error?.message ?? (run.stderr || run.stdout)).trim().slice(-400)}`);
  return run.stdout;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface DatabaseOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly user: RunAs;
  readonly folder: string;
  readonly logFile: string;
  readonly port: number;
  /** What makes it end at once and in order. */
  readonly stopSignal: NodeJS.Signals;
  /** What makes it end where nobody can wait any more. */
  readonly killSignal: NodeJS.Signals;
}

/** A database server of ours: started, listening, and never left behind. */
export class DatabaseProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #options: DatabaseOptions;

  private constructor(options: DatabaseOptions) {
    this.#options = options;
    const { program, args, user, folder, logFile } = options;
    const log = openSync(logFile, 'w');
    this.#child = spawn(program, args, { ...user, cwd: folder, stdio: ['ignore', log, log] });
    closeSync(log);
    this.#ended = ownProcess(this.#child, options.killSignal);
  }

  static async start(options: DatabaseOptions): Promise<DatabaseProcess> {
    const started = new DatabaseProcess(options);
    let running = true;
    void started.#ended.then(() => (running = false));
    const deadline = performance.now() + readyWithinMs;
    while (!(await listens(options.port))) {
      if (!running || performance.now() > deadline) {
        await started.stop();
        throw new Error(`${options.program} does not start: ${readFileSync(options.logFile, 'utf8').trim().slice(-400)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return started;
  }

  async stop(): Promise<void> {
    this.#child.kill(this.#options.stopSignal);
    await this.#ended;
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (yes: boolean) => (): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', answer(true));
    socket.once('error', answer(false));
  });
}
