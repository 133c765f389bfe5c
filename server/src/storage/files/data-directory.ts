import { constants, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** With less free space the next writes of log and catalog would fail. */
const leastFreeBytes = 16 * 1_048_576;

/** Another server holds the data directory. */
export class DataDirectoryInUse extends Error {
  override readonly name = 'DataDirectoryInUse';
}
/** The data directory cannot be made or written. */
export class DataDirectoryNotWritable extends Error {
  override readonly name = 'DataDirectoryNotWritable';
}

/**
 * The data directory, held by this process alone. The lock is a file lock of the operating system (SQLite's, on a file of its
 * own): it dies with the process however that ends, so a killed server never stands in the way of the next one.
 */
export class DataDirectory {
  readonly path: string;
  readonly #lock: DatabaseSync;

  private constructor(path: string, lock: DatabaseSync) {
    this.path = path;
    this.#lock = lock;
  }

  /** Makes the directory where it is missing and takes the lock. @throws DataDirectoryInUse, DataDirectoryNotWritable */
  static hold(path: string): DataDirectory {
    let lock: DatabaseSync;
    try {
      makeDirectory(path);
      for (const name of ['profiles', 'files', 'run']) makeDirectory(join(path, name));
      writeFileSync(join(path, 'run', 'probe'), '');
      rmSync(join(path, 'run', 'probe'));
      lock = new DatabaseSync(join(path, 'lock'));
    } catch (error) {
      throw new DataDirectoryNotWritable(`${path} cannot be written: ${(error as Error).message}`, { cause: error });
    }
    takeLock(lock, path);
    return new DataDirectory(path, lock);
  }

  /**
   * Takes the lock of a directory to read it, and makes nothing there. One without a lock file was never held by a server
   * (a backup, say). @throws DataDirectoryInUse, DataDirectoryNotWritable
   */
  static holdForReading(path: string): { readonly release: () => void } {
    const file = join(path, 'lock');
    if (!existsSync(file)) return { release: () => undefined };
    let lock: DatabaseSync;
    try {
      lock = new DatabaseSync(file);
    } catch (error) {
      throw new DataDirectoryNotWritable(`${path} cannot be locked: ${(error as Error).message}`, { cause: error });
    }
    takeLock(lock, path);
    return { release: () => lock.close() };
  }

  get catalogFile(): string {
    return join(this.path, 'catalog.sqlite');
  }
  get filesPath(): string {
    return join(this.path, 'files');
  }
  get profilesPath(): string {
    return join(this.path, 'profiles');
  }

  /** Tells tools on this machine where the server is and how to act as its operator. Readable by the owner alone. */
  writeRunFile(content: object): void {
    const temporary = join(this.path, 'run', 'server.json.new');
    writeFileSync(temporary, `${JSON.stringify(content)}\n`, { mode: 0o600 });
    renameSync(temporary, join(this.path, 'run', 'server.json'));
  }

  /** `ok`, or a short text on why nothing can be written. */
  async check(): Promise<string> {
    try {
      const { bavail, bsize } = await statfs(this.path);
      if (bavail * bsize < leastFreeBytes) return 'disk full';
      await access(join(this.path, 'files'), constants.W_OK);
      return 'ok';
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? 'cannot be written';
    }
  }

  release(): void {
    rmSync(join(this.path, 'run', 'server.json'), { force: true });
    this.#lock.close();
  }
}

function takeLock(lock: DatabaseSync, path: string): void {
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE;');
  } catch (error) {
    lock.close();
    if (isHeldElsewhere(error)) throw new DataDirectoryInUse(`${path} is in use by another server`, { cause: error });
    throw new DataDirectoryNotWritable(`${path} cannot be locked: ${(error as Error).message}`, { cause: error });
  }
}

/** SQLITE_BUSY and SQLITE_LOCKED, extended codes included. */
const isHeldElsewhere = (error: unknown): boolean => [5, 6].includes(((error as { errcode?: number }).errcode ?? 0) & 0xff);

/**
 * Makes a directory and those above it, one by one: Node's recursive form was seen to run for ever where the file system
 * says ENOENT for a directory whose parent is there (below /proc).
 */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeDirectory(parent);
  try {
    mkdirSync(path, { mode: 0o750 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
