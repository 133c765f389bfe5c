import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Kysely } from 'kysely';
import { writeCatalogIdFile } from '../storage/files/catalog-id.ts';
import type { CatalogTables } from '../storage/sql/catalog-schema.ts';
import { besideName, catalogFileName, filesFolderName, profilesFolderName, readBackupFile } from './backup-file.ts';
import type { OfflineEngines } from './offline-engines.ts';
import { verifyData, type VerifiedData, type VerifyOptions } from './verify-data.ts';
import { syncPath } from '../storage/files/sync-path.ts';
import { stateOf, syncTree } from './whole-folder.ts';

/** The directory to restore into is not free. */
export class RestoreRefused extends Error {
  override readonly name = 'RestoreRefused';
}

export interface RestoredData extends VerifiedData {
  readonly backup: string;
  readonly made_at: string;
  /** Segments that the catalog copy does not have: made while the backup was made. Their members are not restored. */
  readonly dropped_segments: number;
}

/**
 * Makes a data directory of a backup: all of the backup is verified first, copied beside the directory, synced, then renamed.
 * The directory must not exist or hold nothing. With a database, which must be empty, the catalog goes there. @throws RestoreRefused, BackupDamaged, ProfileStoreDamaged, CatalogDamaged
 */
export async function restoreBackup(backup: string, data: string, options: VerifyOptions): Promise<RestoredData> {
  if ((await stateOf(data)) === 'filled')
    throw new RestoreRefused(`${data} holds something already; a backup is restored into a new directory`);
  options.onProgress('Checking the backup …');
  const { made_at } = await readBackupFile(backup);
  const verified = await verifyData(backup, options);
  await mkdir(dirname(data), { recursive: true });
  const beside = besideName(data);
  try {
    await mkdir(beside, { mode: 0o750 });
    for (const name of [catalogFileName, profilesFolderName, filesFolderName]) {
      options.onProgress(`Copying ${name} …`);
      await cp(join(backup, name), join(beside, name), { recursive: true });
    }
    const dropped = await dropUnknownSegments(beside, options.engines);
    await moveIntoDatabase(beside, options);
    await syncTree(beside);
    await rename(beside, data);
    await syncPath(dirname(data));
    return { ...verified, data, backup, made_at, dropped_segments: dropped };
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    throw error;
  }
}

/** With a database the catalog's file is only what fills it. The last step that can be refused: the database is filled or as it was. */
async function moveIntoDatabase(folder: string, { engines, onProgress }: VerifyOptions): Promise<void> {
  if (!engines.database) return;
  const file = join(folder, catalogFileName);
  onProgress('Filling the database …');
  writeCatalogIdFile(folder, await engines.database.fill(file));
  for (const suffix of ['', '-wal', '-shm']) await rm(`${file}${suffix}`, { force: true });
}

/** The catalog will give out the ids of such segments again: whoever gets one must not find members of somebody else in it. */
async function dropUnknownSegments(folder: string, engines: OfflineEngines): Promise<number> {
  const catalog = new Kysely<CatalogTables>({ dialect: engines.catalogDialect(join(folder, catalogFileName)) });
  const profiles = await engines.openProfiles(join(folder, profilesFolderName));
  try {
    const known = new Set((await catalog.selectFrom('segment').select('id').execute()).map(({ id }) => id));
    const unknown = (await profiles.segmentIds()).filter((id) => !known.has(id));
    await Promise.all(unknown.map((id) => profiles.dropSegment(id)));
    return unknown.length;
  } finally {
    await profiles.close();
    await catalog.destroy();
  }
}
