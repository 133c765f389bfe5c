import { closeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { ProfileStoreDamaged } from '../../profile-store.ts';
import type { ProfileCore } from '../core/profile-core.ts';
import { Manifest } from './manifest.ts';
import { readStore } from './read-store.ts';
import { findStoreFile, removeLeftovers } from './store-files.ts';
import { WriteAheadLog, type Durability } from './write-ahead-log.ts';

/**
 * Fills an empty core from the directory and answers the log to go on with. Refuses with ProfileStoreDamaged whatever is not
 * exactly what was written, but for the torn end of the last log.
 */
export async function recover(
  directory: string,
  core: ProfileCore,
  durability: Durability,
  onProgress: (fraction: number) => void,
): Promise<{ log: WriteAheadLog; manifest: Manifest }> {
  await mkdir(directory, { recursive: true });
  const found = Manifest.read(directory);
  if (found === null) {
    const orphan = await findStoreFile(directory);
    if (orphan !== null) throw new ProfileStoreDamaged(Manifest.path(directory), 0, `it is missing, but there is ${orphan}`);
  }
  const manifest = found ?? Manifest.create(directory);
  if (found === null) manifest.update({});
  await removeLeftovers(directory, manifest.state);
  if (manifest.state.lastLog === 0) closeSync(WriteAheadLog.create(directory, manifest, 1).file);
  const position = await readStore(directory, manifest.state, core, { tornEnd: 'cut', onProgress });
  // From here on the end can be torn again.
  if (manifest.state.closedAtBytes !== null) manifest.update({ closedAtBytes: null });
  return { log: WriteAheadLog.open(directory, manifest, durability, position), manifest };
}
