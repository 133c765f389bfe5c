import { cp, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { version } from '../http/envelope.ts';
import type { Clock } from '../kit/clock.ts';
import { refusal } from '../kit/refusal.ts';
import { profileErrors } from '../profiles/profile-errors.ts';
import { type ProfileStore, ProfileStoreUnavailable } from '../profiles/profile-store.ts';
import {
  type BackupFile,
  backupFileName,
  besideName,
  catalogFileName,
  filesFolderName,
  profilesFolderName,
  sha256Of,
} from './backup-file.ts';
import { backupErrors } from './backup-errors.ts';
import { syncPath } from '../storage/files/sync-path.ts';
import { stateOf, syncTree } from './whole-folder.ts';

const mostCopies = 20;
/** Of jobs of the exchange: uploads that come in, and what is on its way between two files. Nothing in the catalog names them. */
const passing = /^exchange[/\\]\d+[/\\](?:part_|work$)/;

export interface BackupParts {
  readonly clock: Clock;
  readonly dataPath: string;
  readonly filesPath: string;
  /** Writes a copy of all that is committed when it is called. */
  readonly copyCatalog: (file: string) => Promise<void>;
  readonly profiles: Pick<ProfileStore, 'copyTo' | 'stats'>;
}

/** What was written; `users` and `memberships` are those of the store when the copy was done. */
export interface MadeBackup {
  readonly directory: string;
  readonly made_at: string;
  readonly users: number;
  readonly memberships: number;
  readonly catalog_bytes: number;
}

/**
 * Copies all of a running server into a folder: beside it, synced, then renamed, so that it is there whole or not at all.
 *
 * The catalog goes first, profiles after it. So profiles may hold members of a segment that was made in between and that the
 * catalog copy lacks (restoring drops them, before its id is given out again). The other way round a batch could stand as
 * done in the catalog whose memberships are not in the profiles: acknowledged data would be lost without a word. This way it is
 * only not done yet, and its chunks count once. Files go last: a row of the catalog finds its file.
 * @throws Refusal of backup-errors.ts
 */
export async function makeBackup(parts: BackupParts, directory: string): Promise<MadeBackup> {
  await checkDestination(parts.dataPath, directory);
  const beside = besideName(directory);
  try {
    await mkdir(beside, { mode: 0o700 });
    await parts.copyCatalog(join(beside, catalogFileName));
    await parts.profiles.copyTo(join(beside, profilesFolderName));
    await copyFiles(parts.filesPath, join(beside, filesFolderName));
    const made = await describe(parts, beside);
    await syncTree(beside);
    await rename(beside, directory);
    await syncPath(dirname(directory));
    return { directory, ...made };
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    throw refusedBy(error, directory);
  }
}

/** Files come and go while they are copied: what is gone when its turn comes is looked for no more, but the rest is copied again. */
async function copyFiles(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await cp(from, to, { recursive: true, filter: (path) => !passing.test(relative(from, path)) });
      return;
    } catch (error) {
      const { code, path } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' || attempt === mostCopies || path?.startsWith(to) === true) throw error;
    }
  }
}

async function describe({ clock, profiles }: BackupParts, beside: string): Promise<Omit<MadeBackup, 'directory'>> {
  const catalog = join(beside, catalogFileName);
  const file: BackupFile = {
    format: 1,
    made_at: new Date(clock.nowMs()).toISOString(),
    version,
    catalog_sha256: await sha256Of(catalog),
  };
  await writeFile(join(beside, backupFileName), `${JSON.stringify(file)}\n`, { mode: 0o600 });
  const { users, memberships } = profiles.stats();
  return { made_at: file.made_at, users, memberships, catalog_bytes: (await stat(catalog)).size };
}

async function checkDestination(dataPath: string, directory: string): Promise<void> {
  if (!isAbsolute(directory)) throw refusal(backupErrors.notAbsolute, { directory });
  if (`${resolve(directory)}${sep}`.startsWith(`${resolve(dataPath)}${sep}`)) throw refusal(backupErrors.insideData, { directory });
  const state = await stateOf(directory).catch((error: unknown) => {
    throw refusedBy(error, directory);
  });
  if (state === 'filled') throw refusal(backupErrors.notEmpty, { directory });
}

function refusedBy(error: unknown, directory: string): unknown {
  if (error instanceof ProfileStoreUnavailable) return refusal(profileErrors.unavailable, {}, { cause: error });
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall === undefined && !(error instanceof Error && error.name === 'CatalogUnavailable')
    ? error
    : refusal(backupErrors.notWritten, { directory, reason: code ?? 'the catalog cannot be copied' }, { cause: error });
}
