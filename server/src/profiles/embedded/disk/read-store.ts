import { stat } from 'node:fs/promises';
import type { ProfileCore } from '../core/profile-core.ts';
import type { ManifestState } from './manifest.ts';
import { readLogs, type TornEnd } from './read-logs.ts';
import { readSnapshot } from './snapshot-file.ts';
import { logPath, snapshotPath } from './store-files.ts';
import type { LogPosition } from './write-ahead-log.ts';

export interface ReadStoreOptions {
  readonly tornEnd: TornEnd;
  /** Told how much is read, 0 to 1. */
  readonly onProgress: (fraction: number) => void;
}

/** Fills an empty core with the snapshot and the logs that the manifest names. Answers where the log goes on. */
export async function readStore(
  directory: string,
  state: ManifestState,
  core: ProfileCore,
  options: ReadStoreOptions,
): Promise<LogPosition> {
  const { onProgress } = options;
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
  core.reserveNames(state.names ?? 0);
  if (state.snapshot !== 0) {
    sequence = await readSnapshot(directory, state.snapshot, {
      block: (kind, bytes, atS) => core.load(kind, bytes, atS),
      totals: () => core.heldTotals(),
      progress,
    });
    core.loaded();
  }
  const position = await readLogs(directory, state, sequence, { entry: (entry) => core.replay(entry), progress, tornEnd: options.tornEnd });
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
