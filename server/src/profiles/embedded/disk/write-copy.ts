import { closeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { SnapshotCut } from '../core/snapshot-cut.ts';
import { headerBytes } from './frame.ts';
import { Manifest } from './manifest.ts';
import { writeSnapshot } from './snapshot-file.ts';
import { WriteAheadLog } from './write-ahead-log.ts';

/** Writes the cut as a store of its own: a snapshot, an empty log, a manifest that says it was closed in order. All synced. */
export async function writeCopy(directory: string, cut: SnapshotCut, atS: number, mayGoOn: () => void): Promise<void> {
  await mkdir(directory, { mode: 0o750 });
  const sequence = 1;
  await writeSnapshot(directory, 1, cut, { sequence, atS }, mayGoOn);
  const manifest = Manifest.create(directory);
  manifest.update({ snapshot: 1, snapshotAtS: atS, firstLog: 1 });
  closeSync(WriteAheadLog.create(directory, manifest, sequence).file);
  manifest.update({ closedAtBytes: headerBytes });
}
