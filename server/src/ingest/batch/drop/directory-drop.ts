import { constants, type Dirent, type Stats } from 'node:fs';
import { copyFile, type FileHandle, link, lstat, mkdir, open, readdir, rename, rm, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { syncPath } from '../../../storage/files/sync-path.ts';
import { FileChanged, type DropEnd, type DropPlace, type FinishedFile, type SubmittedFile, type SubmittedFolder } from './drop-place.ts';
import { nameFault } from './submitted-file.ts';

const pieceBytes = 1_048_576;
/** A link in place of a file is not followed, and a pipe is not waited for. */
const readFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
/** A group that the operator gives the member's folder (setgid) gets to the files in it; nobody else does. */
const folderMode = 0o770;

/**
 * Drop folders in a directory. Links are not followed below it. A version is time of change (to the millisecond) and size: two contents
 * that agree in both count as one, as they do for tools that copy what has changed.
 */
export class DirectoryDrop implements DropPlace {
  readonly address: string;

  constructor(path: string) {
    this.address = path;
  }

  async folders(): Promise<readonly string[]> {
    const entries = await readdir(this.address, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  }

  async submitted(folder: string): Promise<SubmittedFolder> {
    const path = join(this.address, folder, 'submitted');
    const there = await statAt(path);
    if (there === undefined) return { files: [], ignored: [] };
    if (!there.isDirectory()) return { files: [], ignored: [{ name: '', why: 'it is no folder' }] };
    const files: SubmittedFile[] = [];
    const ignored: { name: string; why: string }[] = [];
    for (const entry of await readdir(path, { withFileTypes: true })) {
      const why = entryFault(entry);
      const stat = why === undefined ? await statAt(join(path, entry.name)) : undefined;
      if (why !== undefined) ignored.push({ name: entry.name, why });
      else if (stat?.isFile() === true) files.push(submittedFile(entry.name, stat));
    }
    return { files, ignored };
  }

  async read(folder: string, { name, version }: SubmittedFile): Promise<Readable> {
    const path = join(this.address, folder, 'submitted');
    if ((await statAt(path))?.isDirectory() !== true) throw new FileChanged(`${path} is no folder any more`);
    return Readable.from(bytesOf(join(path, name), version), { objectMode: false });
  }

  async finish(folder: string, { name, version, end, newName, copy }: FinishedFile): Promise<void> {
    const submitted = join(this.address, folder, 'submitted');
    if ((await statAt(submitted))?.isDirectory() !== true) return;
    const from = join(submitted, name);
    const target = join(await this.#made(folder, end), newName);
    // Between the look and the move a newer file can take this one's place: what has been moved is looked at again.
    if ((await versionAt(from)) === version) await rename(from, target).catch(unlessGone);
    const moved = await versionAt(target);
    if (moved !== version) {
      if (moved !== undefined) await giveBack(target, from);
      if ((await versionAt(from)) !== undefined) await putCopy(copy, target, version);
    }
    // The job lets go of the file next, and must not find it back in its old place after a power failure.
    for (const path of [target, from]) await syncPath(dirname(path));
  }

  close(): void {}

  async #made(folder: string, end: DropEnd): Promise<string> {
    const path = join(this.address, folder, end);
    await mkdir(path, { mode: folderMode }).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
    if ((await statAt(path))?.isDirectory() !== true) throw new Error(`${path} is no folder; move away what stands there`);
    return path;
  }
}

function entryFault(entry: Dirent): string | undefined {
  if (entry.isSymbolicLink()) return 'it is a symbolic link';
  if (!entry.isFile()) return 'it is no file';
  return nameFault(entry.name);
}

const versionOf = ({ mtimeMs, size }: Stats): string => `${Math.round(mtimeMs)}-${size}`;
const modifiedInVersion = (version: string): Date => new Date(Number(version.slice(0, version.indexOf('-', 1))));

/** A time of change that a sender has set into the future says nothing; when the file system last saw a change does. */
const submittedFile = (name: string, stat: Stats): SubmittedFile => ({
  name,
  bytes: stat.size,
  modifiedMs: Math.round(Math.min(stat.mtimeMs, stat.ctimeMs)),
  version: versionOf(stat),
});

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

function unlessGone(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw error;
}

const statAt = (path: string): Promise<Stats | undefined> => lstat(path).catch(unlessGone);

/** Undefined where there is nothing; of what is no file no version is ever asked for. */
async function versionAt(path: string): Promise<string | undefined> {
  const stat = await statAt(path);
  return stat && versionOf(stat);
}

/** @throws FileChanged */
async function openVersion(path: string, version: string): Promise<FileHandle> {
  const file = await open(path, readFlags).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes(codeOf(error) ?? '')) throw new FileChanged(`${path} has gone`, { cause: error });
    throw error;
  });
  try {
    const stat = await file.stat();
    if (!stat.isFile() || versionOf(stat) !== version) throw new FileChanged(`${path} has changed`);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function* bytesOf(path: string, version: string): AsyncGenerator<Uint8Array> {
  const file = await openVersion(path, version);
  try {
    for (;;) {
      const piece = new Uint8Array(pieceBytes);
      const { bytesRead } = await file.read(piece, 0, pieceBytes, null);
      if (bytesRead === 0) break;
      yield piece.subarray(0, bytesRead);
    }
    if (versionOf(await file.stat()) !== version) throw new FileChanged(`${path} has changed while it was read`);
  } finally {
    await file.close();
  }
}

/** Puts back what was moved by mistake, unless something still newer stands there. Some file systems have no second names. */
async function giveBack(moved: string, place: string): Promise<void> {
  await link(moved, place).catch(async (error: unknown) => {
    if (codeOf(error) === 'EEXIST') return;
    if ((await statAt(place)) === undefined) await rename(moved, place);
  });
}

/** Puts the file that was loaded where the one that was dropped should be. */
async function putCopy(copy: string, target: string, version: string): Promise<void> {
  const temporary = join(dirname(target), `.${basename(target).slice(-32)}.tmp`);
  const copied = await copyFile(copy, temporary).then(() => true, unlessGone);
  if (copied === undefined) return rm(target, { force: true });
  await utimes(temporary, modifiedInVersion(version), modifiedInVersion(version));
  await syncPath(temporary);
  return rename(temporary, target);
}
