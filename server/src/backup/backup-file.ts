import { hash, createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** The names in a backup are those of a data directory. */
export const catalogFileName = 'catalog.sqlite';
export const profilesFolderName = 'profiles';
export const filesFolderName = 'files';
export const backupFileName = 'backup.json';

/** Written last, so that a folder without it is no backup. Profiles carry checksums of their own; SQLite's pages do not. */
export interface BackupFile {
  readonly format: 1;
  /** ISO 8601. */
  readonly made_at: string;
  /** The server that made it. */
  readonly version: string;
  readonly catalog_sha256: string;
}

/** A backup that cannot be trusted, or a folder that is none. */
export class BackupDamaged extends Error {
  override readonly name = 'BackupDamaged';
  constructor(file: string, reason: string, cause?: unknown) {
    super(`${file} ${reason}`, { cause });
  }
}

/** Throws BackupDamaged where the folder is no whole backup of a form that is known here, or its catalog is not the one that was copied. */
export async function readBackupFile(folder: string): Promise<BackupFile> {
  const path = join(folder, backupFileName);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new BackupDamaged(path, `cannot be read (${(error as NodeJS.ErrnoException).code}), so ${folder} is no whole backup`, error);
  }
  const file = parsed(text);
  if (file?.format !== 1 || typeof file.catalog_sha256 !== 'string') throw new BackupDamaged(path, 'is not what a server writes');
  const catalog = join(folder, catalogFileName);
  const found = await sha256Of(catalog).catch((error: unknown) => {
    throw new BackupDamaged(catalog, `cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
  });
  if (found !== file.catalog_sha256) throw new BackupDamaged(catalog, 'is damaged: it is not the file that was copied');
  return file as BackupFile;
}

function parsed(text: string): Partial<BackupFile> | undefined {
  try {
    return JSON.parse(text) as Partial<BackupFile>;
  } catch {
    return undefined;
  }
}

export async function sha256Of(file: string): Promise<string> {
  const sum = createHash('sha256');
  await pipeline(createReadStream(file), sum);
  return sum.digest('hex');
}

/** A name beside `folder` that nobody has. */
export const besideName = (folder: string): string =>
  `${folder}.unfinished-${hash('sha1', `${process.pid} ${performance.now()}`).slice(0, 8)}`;
