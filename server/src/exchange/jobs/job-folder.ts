import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the files of jobs are, one folder a job; all of them are sealed: they name people. */
export class ShareJobFolders {
  readonly #path: string;
  constructor(filesPath: string) {
    this.#path = join(filesPath, 'exchange');
  }

  of(job: number): ShareJobFolder {
    return new ShareJobFolder(join(this.#path, String(job)));
  }

  /** Jobs that have a folder. */
  async jobs(): Promise<number[]> {
    const names = await readdir(this.#path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    return names.map(Number).filter((job) => Number.isSafeInteger(job));
  }
}

const incomingPrefix = 'part_';

export class ShareJobFolder {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }

  /** The `number`-th file as its source sent it. */
  received(number: number): string {
    return join(this.path, `in_${number}`);
  }
  /** Of a file that comes in; unlike any other's. */
  incoming(name: string): string {
    return join(this.path, `${incomingPrefix}${name}`);
  }
  /** Removes files that nobody sends any more. */
  async dropIncoming(): Promise<void> {
    for (const name of await readdir(this.path)) if (name.startsWith(incomingPrefix)) await rm(join(this.path, name), { force: true });
  }
  /** Delivered files. */
  get delivered(): string {
    return join(this.path, 'out');
  }
  deliveredFile(name: string): string {
    return join(this.delivered, name);
  }
  get rejects(): string {
    return join(this.path, 'rejects');
  }
  /** Rejects that the built-in destination found, after those of the rows themselves. */
  get lateRejects(): string {
    return join(this.path, 'rejects_late');
  }
  get work(): string {
    return join(this.path, 'work');
  }

  async make(): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
  }
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
