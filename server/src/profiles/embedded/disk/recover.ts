import { mkdir, stat } from 'node:fs/promises';
import { ProfileStoreDamaged } from '../../profile-store.ts';
import type { ProfileCore } from '../core/profile-core.ts';
import { Manifest } from './manifest.ts';
import { readLogs } from './read-logs.ts';
import { readSnapshot } from './snapshot-file.ts';
import { findStoreFile, logPath, removeLeftovers, snapshotPath } from './store-files.ts';
import { WriteAheadLog, type Durability, type LogPosition } from './write-ahead-log.ts';

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
  const found = await Manifest.read(directory);
  if (found === null) {
    const orphan = await findStoreFile(directory);
    if (orphan !== null) throw new ProfileStoreDamaged(Manifest.path(directory), 0, `it is missing, but there is ${orphan}`);
  }
  const manifest = found ?? Manifest.create(directory);
  if (found === null) await manifest.update({});
  await removeLeftovers(directory, manifest.state);
  if (manifest.state.lastLog === 0) await (await WriteAheadLog.create(directory, manifest, 1)).file.close();
  const position = await readAll(directory, manifest, core, onProgress);
  // From here on the end can be torn again.
  if (manifest.state.closedAtBytes !== null) await manifest.update({ closedAtBytes: null });
  return { log: await WriteAheadLog.open(directory, manifest, durability, position), manifest };
}

async function readAll(
  directory: string,
  manifest: Manifest,
  core: ProfileCore,
  onProgress: (fraction: number) => void,
): Promise<LogPosition> {
  const { state } = manifest;
  const paths = state.snapshot === 0 ? [] : [snapshotPath(directory, state.snapshot)];
  for (let number = state.firstLog; number <= state.lastLog; number++) paths.push(logPath(directory, number));
  const sizes = await Promise.all(paths.map(sizeOf));
  const total = Math.max(
    1,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  let before = 0;
  let current = 0;
  const progress = (bytes: number): void => {
    if (bytes < current) before += current;
    current = bytes;
    onProgress(Math.min(1, (before + bytes) / total));
  };
  let sequence = 1;
  if (state.snapshot !== 0) {
    sequence = await readSnapshot(directory, state.snapshot, {
      block: (kind, bytes, atS) => core.load(kind, bytes, atS),
      totals: () => core.heldTotals(),
      progress,
    });
  }
  const position = await readLogs(directory, state, sequence, { entry: (entry) => core.replay(entry), progress });
  onProgress(1);
  return position;
}

/** 0 for a missing file: reading it reports that. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}
