import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { ProfileStoreDamaged } from '../../profile-store.ts';

/** Which files make up the store. */
export interface ManifestState {
  /** The snapshot's number; 0: none yet. */
  readonly snapshot: number;
  /** The logs to read after the snapshot, both included. */
  readonly firstLog: number;
  readonly lastLog: number;
  /** Length of the last log when the store was closed; null while it is open: only then can its end be torn. */
  readonly closedAtBytes: number | null;
}

const firstLine = 'foyer-profiles 1';

/**
 * The file that names the store's files, so that a missing one is seen. Always replaced whole: written beside, synced, renamed,
 * directory synced. Calls run one after the other.
 */
export class Manifest {
  readonly #directory: string;
  #state: ManifestState;
  #writing: Promise<void> = Promise.resolve();

  private constructor(directory: string, state: ManifestState) {
    this.#directory = directory;
    this.#state = state;
  }

  static path(directory: string): string {
    return join(directory, 'manifest');
  }

  /** Null where there is none. */
  static async read(directory: string): Promise<Manifest | null> {
    const path = Manifest.path(directory);
    let text: string;
    try {
      text = await readFile(path, 'latin1');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw cause;
    }
    const [head, body, sum, ...rest] = text.split('\n');
    if (head !== firstLine || body === undefined || sum !== checksum(body) || rest.length !== 1 || rest[0] !== '') {
      throw new ProfileStoreDamaged(path, 0, 'this is no manifest, or its checksum is wrong');
    }
    return new Manifest(directory, JSON.parse(body) as ManifestState);
  }

  static create(directory: string): Manifest {
    return new Manifest(directory, { snapshot: 0, firstLog: 1, lastLog: 0, closedAtBytes: null });
  }

  get state(): ManifestState {
    return this.#state;
  }

  update(change: Partial<ManifestState>): Promise<void> {
    const written = this.#writing.then(async () => {
      const state = { ...this.#state, ...change };
      const body = JSON.stringify(state);
      const path = Manifest.path(this.#directory);
      const file = await open(`${path}.tmp`, 'w');
      try {
        await file.writeFile(`${firstLine}\n${body}\n${checksum(body)}\n`, 'latin1');
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}.tmp`, path);
      await syncDirectory(this.#directory);
      this.#state = state;
    });
    this.#writing = written.catch(() => undefined);
    return written;
  }
}

/** Makes the names in a directory durable. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const checksum = (body: string): string => crc32(body).toString(16).padStart(8, '0');
