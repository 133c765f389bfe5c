import { copyFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VerifiedProfiles } from '../profiles/verified-profiles.ts';
import { readCatalogIdFile } from '../storage/files/catalog-id.ts';
import { CatalogDamaged, type CatalogContents, verifyCatalog } from '../storage/sql/verify-catalog.ts';
import { catalogFileName, profilesFolderName } from './backup-file.ts';
import type { OfflineEngines } from './offline-engines.ts';

export interface VerifyOptions {
  readonly engines: OfflineEngines;
  /** Told often what goes on. */
  readonly onProgress: (text: string) => void;
}

/** What a data directory or a backup holds; all of it was read and is whole. */
export interface VerifiedData {
  readonly data: string;
  readonly profiles: ReturnType<typeof profilesOnWire>;
  readonly catalog: CatalogContents & { readonly bytes: number };
}

/** There is neither a catalog nor a profile store. */
export class NoData extends Error {
  override readonly name = 'NoData';
}

/**
 * Reads all of a data directory that nobody has open, and changes no byte of its data. @throws NoData, ProfileStoreDamaged, CatalogDamaged
 */
export async function verifyData(path: string, { engines, onProgress }: VerifyOptions): Promise<VerifiedData> {
  const catalogFile = join(path, catalogFileName);
  const profilesPath = join(path, profilesFolderName);
  const catalogId = readCatalogIdFile(path);
  if (catalogId !== null) return await verifyWithDatabase(path, catalogId, { engines, onProgress });
  const [catalogBytes, hasProfiles] = [await sizeOf(catalogFile), (await sizeOf(join(profilesPath, 'manifest'))) !== undefined];
  if (catalogBytes === undefined && !hasProfiles) throw new NoData(`there is no data of a Foyer server in ${path}`);
  if (catalogBytes === undefined) throw new CatalogDamaged(catalogFile, 'the file is missing, but there are profiles');
  if (!hasProfiles) throw new CatalogDamaged(join(profilesPath, 'manifest'), 'the file is missing, but there is a catalog');
  onProgress('Checking the catalog …');
  const catalog = await verifyCopyOf(catalogFile, engines);
  const profiles = await engines.verifyProfiles(profilesPath, (part) => onProgress(`Reading profiles: ${Math.floor(part * 100)}%`));
  return { data: path, profiles: profilesOnWire(profiles), catalog: { ...catalog, bytes: catalogBytes } };
}

/** The directory's catalog is in a database. */
async function verifyWithDatabase(path: string, catalogId: string, { engines, onProgress }: VerifyOptions): Promise<VerifiedData> {
  if (!engines.database) throw new NoData(`the catalog of ${path} is in PostgreSQL; set FOYER_DATABASE_URL to its database`);
  onProgress('Checking the catalog …');
  const catalog = await engines.database.verify(catalogId);
  const profilesPath = join(path, profilesFolderName);
  const profiles = await engines.verifyProfiles(profilesPath, (part) => onProgress(`Reading profiles: ${Math.floor(part * 100)}%`));
  return { data: path, profiles: profilesOnWire(profiles), catalog };
}

/** SQLite would work a write-ahead log that a killed server left behind into the file; so it gets copies of both. */
async function verifyCopyOf(file: string, engines: OfflineEngines): Promise<CatalogContents> {
  const folder = await mkdtemp(join(tmpdir(), 'foyer-verify-'));
  try {
    const copy = join(folder, catalogFileName);
    await copyFile(file, copy);
    if ((await sizeOf(`${file}-wal`)) !== undefined) await copyFile(`${file}-wal`, `${copy}-wal`);
    return await verifyCatalog(engines.catalogDialect(copy), file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const profilesOnWire = ({ users, identifiers, memberships, segments, logBytes, tornBytes }: VerifiedProfiles) => ({
  users,
  identifiers,
  memberships,
  segments,
  log_bytes: logBytes,
  torn_bytes: tornBytes,
});

/** Undefined where there is no such file. */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
