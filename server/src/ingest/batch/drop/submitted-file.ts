import type { SubmittedFile } from './drop-place.ts';

/** Files that were changed within this time may still be growing. */
const quietMs = 60_000;
/** Longest name in most file systems, in bytes. */
const mostNameBytes = 255;

/** Is it not to be touched yet? So a sender can write under another name first, and one that does not is given a minute (ingest.md section 4.9). */
export const waits = ({ name, modifiedMs }: SubmittedFile, nowMs: number): boolean =>
  name.startsWith('.') || /\.(part|tmp)$/i.test(name) || modifiedMs > nowMs - quietMs;

/** Why a name is never read; undefined where it can be. A name that is no UTF-8 comes with replacement characters. */
export function nameFault(name: string): string | undefined {
  if (/\p{Cc}/u.test(name)) return 'its name has control characters';
  return name.includes('\uFFFD') || !name.isWellFormed() ? 'its name is not UTF-8' : undefined;
}

/** NAME-JOB_ID. A name that would become too long for a file system loses its end. */
export function finishedName(name: string, jobId: string): string {
  const ending = `-${jobId}`;
  const letters = [...name];
  while (Buffer.byteLength(letters.join('')) + ending.length > mostNameBytes) letters.pop();
  return letters.join('') + ending;
}

/** Older first, so that of two files the later one's memberships win. */
export const byAge = (a: SubmittedFile, b: SubmittedFile): number => a.modifiedMs - b.modifiedMs || (a.name < b.name ? -1 : 1);

const mark = 'drop\t';

/** Names one version of one of a member's files. No client can send it as an Idempotency-Key: those have no tabs. */
export const dropKey = ({ name, version }: Pick<SubmittedFile, 'name' | 'version'>): string => `${mark}${version}\t${name}`;

/** All keys of files are in here, and nothing else. */
export const dropKeys = { from: mark, below: 'drop\n' } as const;

/** The version in such a key. */
export const versionInKey = (key: string): string => key.slice(mark.length, key.indexOf('\t', mark.length));
