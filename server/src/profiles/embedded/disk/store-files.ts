import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ProfileStoreDamaged } from '../../profile-store.ts';
import { headerBytes } from './frame.ts';
import type { ManifestState } from './manifest.ts';

export const logPath = (directory: string, number: number): string => join(directory, `log-${number}.wal`);
export const snapshotPath = (directory: string, number: number): string => join(directory, `snapshot-${number}.snap`);

const pattern = /^(?:(log)-(\d+)\.wal|(snapshot)-(\d+)\.snap)$/;

/** Are there logs or snapshots? Without a manifest they cannot be trusted. */
export async function findStoreFile(directory: string): Promise<string | null> {
  const name = (await readdir(directory)).find((each) => pattern.test(each));
  return name === undefined ? null : join(directory, name);
}

/**
 * Deletes what a crash left behind: unfinished files, logs and snapshots that the manifest has done with, and a next log or
 * snapshot that it does not name yet. A next log that holds records is no such thing: it is refused.
 */
export async function removeLeftovers(directory: string, state: ManifestState): Promise<void> {
  for (const path of await findLeftovers(directory, state)) await rm(path);
}

/** What `removeLeftovers` would delete. Throws for what is no leftover. */
export async function findLeftovers(directory: string, state: ManifestState): Promise<string[]> {
  const leftovers: string[] = [];
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    if (name.endsWith('.tmp')) leftovers.push(path);
    const found = pattern.exec(name);
    if (found === null) continue;
    const isLog = found[1] !== undefined;
    const number = Number(found[2] ?? found[4]);
    if (isLog ? number < state.firstLog || number > state.lastLog : number !== state.snapshot) leftovers.push(path);
    if (isLog && number > state.lastLog && (await stat(path)).size > headerBytes) {
      throw new ProfileStoreDamaged(path, headerBytes, 'the manifest does not name this log');
    }
  }
  return leftovers;
}
