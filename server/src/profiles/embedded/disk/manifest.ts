import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { ProfileStoreDamaged } from '../../profile-store.ts';

/** Which files make up the store. */
export interface ManifestState {
  /** The snapshot's number; 0: none yet. */
  readonly snapshot: number;
  /** The moment that the snapshot holds, in Unix seconds. Absent in older stores. */
  readonly snapshotAtS?: number;
  /** Identifiers in the store when it was closed or a snapshot was written: room is made for them at once. Absent in older stores. */
  readonly names?: number;
  /** The logs to read after the snapshot, both included. */
  readonly firstLog: number;
  readonly lastLog: number;
  /** Length of the last log when the store was closed; null while it is open: only then can its end be torn. */
  readonly closedAtBytes: number | null;
}

const firstLine = 'foyer-profiles 1';

/**
 * The file that names the store's files, so that a missing one is seen. Always replaced whole: written beside, synced, renamed,
 * directory synced. Holds up its thread.
 */
export class Manifest {
  readonly #directory: string;
  #state: ManifestState;

  private constructor(directory: string, state: ManifestState) {
    this.#directory = directory;
    this.#state = state;
  }

  static path(directory: string): string {
    return join(directory, 'manifest');
  }

  /** Null where there is none. */
  static read(directory: string): Manifest | null {
    const path = Manifest.path(directory);
    let text: string;
    try {
      text = readFileSync(path, 'latin1');
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

  update(change: Partial<ManifestState>): void {
    const state = { ...this.#state, ...change };
    const body = JSON.stringify(state);
    const path = Manifest.path(this.#directory);
    const file = openSync(`${path}.tmp`, 'w');
    try {
      writeFileSync(file, `${firstLine}\n${body}\n${checksum(body)}\n`, 'latin1');
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(`${path}.tmp`, path);
    syncDirectory(this.#directory);
    this.#state = state;
  }
}

/** Makes the names in a directory durable. */
export function syncDirectory(directory: string): void {
  const file = openSync(directory, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

const checksum = (body: string): string => crc32(body).toString(16).padStart(8, '0');
