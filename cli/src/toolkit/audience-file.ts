import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFailure } from '../command-failure.ts';
import { RecordEnds } from './record-ends.ts';
import { toolkitExitCodes } from './toolkit-exit-codes.ts';

const namePattern = /^UBXSegment_(.+)\.csv$/;
const mostHeaderBytes = 1024 * 1024;
const mostColumns = 500;
const readBytes = 1024 * 1024;

/** A file that holds an audience (exchange.md section 5). */
export interface AudienceFile {
  readonly fileName: string;
  readonly path: string;
  readonly audienceName: string;
  readonly segmentId: string;
}

/** What a file's first line and the file system tell. */
export interface AudienceHeader {
  readonly columns: readonly string[];
  /** Bytes of the header line with its end. */
  readonly headerBytes: number;
  readonly size: number;
  readonly modifiedMs: number;
}

/** The file is none that can be sent; the text says why. */
export class UnusableFile extends Error {
  override readonly name = 'UnusableFile';
}

/** The same name has the same id on every machine: half of the SHA-256 of its UTF-8. */
export const segmentIdOf = (audienceName: string): string =>
  createHash('sha256').update(audienceName.normalize('NFC')).digest('hex').slice(0, 32);

/** The audiences of a folder, by name; all other files are ignored. */
export async function audienceFiles(folder: string): Promise<AudienceFile[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    const text = `cannot read the folder ${folder}: ${error instanceof Error ? error.message : String(error)}`;
    throw new CommandFailure(text, toolkitExitCodes.config, { cause: error });
  });
  return entries
    .filter((entry) => entry.isFile())
    .flatMap(({ name: fileName }) => {
      const audienceName = namePattern.exec(fileName)?.[1];
      return audienceName === undefined
        ? []
        : [{ fileName, path: join(folder, fileName), audienceName, segmentId: segmentIdOf(audienceName) }];
    })
    .toSorted((left, right) => (left.fileName < right.fileName ? -1 : 1));
}

/** Throws UnusableFile where the file has no header that names its columns. */
export async function readHeader(path: string): Promise<AudienceHeader> {
  const handle = await open(path, 'r');
  try {
    const { size, mtimeMs } = await handle.stat();
    const bytes = Buffer.alloc(Math.min(size, mostHeaderBytes));
    await handle.read(bytes, 0, bytes.length, 0);
    const ends: number[] = [];
    new RecordEnds().feed(bytes, (place) => ends.push(place));
    const headerBytes = ends[0] ?? bytes.length;
    if (ends.length === 0 && size > bytes.length) throw new UnusableFile('its first line does not end');
    return { columns: columnsIn(bytes.subarray(0, headerBytes)), headerBytes, size, modifiedMs: Math.floor(mtimeMs) };
  } finally {
    await handle.close();
  }
}

function columnsIn(line: Uint8Array): string[] {
  let text: string;
  try {
    // The decoder takes a byte order mark away.
    text = new TextDecoder('utf-8', { fatal: true }).decode(line).replace(/\r?\n$/, '');
  } catch {
    throw new UnusableFile('its first line is not UTF-8');
  }
  const cells = /^(?:"(?:[^"]|"")*"|[^",]*)(?:,(?:"(?:[^"]|"")*"|[^",]*))*$/.test(text)
    ? text.match(/(?:^|,)(?:"(?:[^"]|"")*"|[^",]*)/g)
    : null;
  if (cells === null) throw new UnusableFile('its first line is not CSV');
  const columns = cells.map((cell) => unquoted(cell.replace(/^,/, '')));
  if (columns.length > mostColumns) throw new UnusableFile(`it has more than ${mostColumns} columns`);
  if (columns.includes('')) throw new UnusableFile('its first line has a column without a name');
  const folded = columns.map((column) => column.toLowerCase());
  const twice = columns.find((_, at) => folded.indexOf(folded[at] ?? '') !== at);
  if (twice !== undefined) throw new UnusableFile(`its first line names the column ${twice} twice`);
  return columns;
}

const unquoted = (cell: string): string => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);

/** Data rows, the header not among them. */
export async function countRows(path: string, onRead: (bytes: number) => void, signal: AbortSignal): Promise<number> {
  const ends = new RecordEnds();
  let records = 0;
  let bytes = 0;
  let last = 0x0a;
  for await (const piece of createReadStream(path, { highWaterMark: readBytes, signal })) {
    const read = piece as Buffer;
    records += ends.feed(read);
    bytes += read.length;
    last = read.at(-1) ?? last;
    onRead(bytes);
  }
  return Math.max(0, records + (last === 0x0a ? 0 : 1) - 1);
}

/** Whether the file is still the one that was looked at. */
export async function isUnchanged(path: string, { size, modifiedMs }: AudienceHeader): Promise<boolean> {
  const now = await stat(path).catch(() => undefined);
  return now !== undefined && now.size === size && Math.floor(now.mtimeMs) === modifiedMs;
}
