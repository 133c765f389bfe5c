import { exactNumbers, digitsOf } from '../../http/exact-numbers.ts';
import { isObject } from '../../http/read-body.ts';

/** A named column of a segment, with the type that its owner gives it. */
export interface PeerColumn {
  readonly name: string;
  readonly type: string;
}

/** A segment of an endpoint (exchange.md section 2.5). Only the id must be there; what is absent or of another type is null or empty. */
export interface PeerSegment {
  /** Opaque. Whole numbers of any length come as their digits. */
  readonly id: string;
  /** True where the endpoint writes the id as a number: it is sent back in the same form. */
  readonly idIsNumber: boolean;
  /** The id where the endpoint gives no name. */
  readonly name: string;
  readonly description: string | null;
  readonly type: string | null;
  readonly identifiers: readonly PeerColumn[];
  readonly attributes: readonly PeerColumn[];
  /** null: unknown. */
  readonly count: number | null;
  /** Epoch milliseconds. */
  readonly lastModifiedMs: number | null;
}

export interface PeerJobData {
  readonly jobDataId: string;
  /** What the endpoint says of this part; null where it does not. */
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
}

/** A job that runs at an endpoint (exchange.md section 2.5). */
export interface PeerJob {
  readonly jobId: string;
  readonly status: 'QUEUED' | 'RUNNING' | 'COMPLETE' | 'FAILED';
  readonly jobData: readonly PeerJobData[];
  /** The endpoint's own words, which may repeat credentials (`shownText`); null where it has none. */
  readonly errorDetails: string | null;
}

/** Thrown by all readers here: what is wrong with an answer, without its content. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
}

const keepIds = exactNumbers(['id', 'jobId', 'jobDataId']);
const mostIdCharacters = 1024;
const statuses = ['QUEUED', 'RUNNING', 'COMPLETE', 'FAILED'] as const;

/** JSON in UTF-8, with or without a byte order mark; ids keep all their digits. */
export function readJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new MalformedAnswer('The answer is not UTF-8');
  }
  try {
    return JSON.parse(keepIds(text));
  } catch {
    throw new MalformedAnswer('The answer is not JSON');
  }
}

export function readSegmentList(value: unknown): PeerSegment[] {
  if (!Array.isArray(value)) throw new MalformedAnswer('The answer is not an array of segments');
  return value.map((item, at) => readSegment(item, `[${at}]`));
}

export function readSegment(value: unknown, place = ''): PeerSegment {
  const segment = objectAt(value, place);
  const { id, idIsNumber } = readId(segment['id'], `${place}id`);
  const modifiedMs = typeof segment['lastModified'] === 'string' ? Date.parse(segment['lastModified']) : NaN;
  return {
    id,
    idIsNumber,
    name: textOf(segment['name']) ?? id,
    description: textOf(segment['description']),
    type: textOf(segment['type']),
    identifiers: readColumns(segment['identifiers'], `${place}identifiers`),
    attributes: readColumns(segment['attributes'], `${place}attributes`),
    count: wholeOf(segment['count']),
    lastModifiedMs: Number.isNaN(modifiedMs) ? null : modifiedMs,
  };
}

/** The answer to a request that made a segment. */
export const readCreatedId = (value: unknown): string => readId(objectAt(value, '')['id'], 'id').id;

/** @param unsaid the status of a job that has none in its answer; undefined where a job must have one */
export function readJob(value: unknown, unsaid?: PeerJob['status']): PeerJob {
  const job = objectAt(value, '');
  const { id: jobId } = readId(job['jobId'], 'jobId');
  const status = job['status'] === undefined ? unsaid : statuses.find((known) => known === job['status']);
  if (status === undefined) throw new MalformedAnswer(`status is not one of ${statuses.join(', ')}`);
  const data = job['jobData'] ?? [];
  if (!Array.isArray(data)) throw new MalformedAnswer('jobData is not an array');
  return { jobId, status, jobData: data.map(readJobData), errorDetails: readErrorDetails(job['errorDetails']) };
}

function readJobData(value: unknown, at: number): PeerJobData {
  const data = objectAt(value, `jobData[${at}]`);
  return {
    jobDataId: readId(data['jobDataId'], `jobData[${at}].jobDataId`).id,
    rows: wholeOf(data['rows']),
    bytes: wholeOf(data['bytes']),
    sha256: textOf(data['sha256']),
  };
}

function readErrorDetails(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function readColumns(value: unknown, place: string): PeerColumn[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new MalformedAnswer(`${place} is not an array`);
  return value.map((item, at) => {
    const name = textOf(objectAt(item, `${place}[${at}]`)['name']);
    if (name === null) throw new MalformedAnswer(`${place}[${at}].name is missing`);
    return { name, type: textOf(objectAt(item, place)['type']) ?? 'string' };
  });
}

function readId(value: unknown, place: string): { id: string; idIsNumber: boolean } {
  const digits = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : digitsOf(value);
  if (digits !== undefined && /^-?\d+$/.test(digits)) return { id: digits, idIsNumber: true };
  if (typeof value !== 'string' || !isUsableId(value)) throw new MalformedAnswer(`${place} is missing or no id`);
  return { id: value, idIsNumber: false };
}

/** An id that can stand in a path: `.` and `..` would lead elsewhere, and half a surrogate pair has no percent-encoding. */
export const isUsableId = (id: string): boolean =>
  id !== '' && id.length <= mostIdCharacters && id !== '.' && id !== '..' && id.isWellFormed();

function objectAt(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (!isObject(value) || digitsOf(value) !== undefined) throw new MalformedAnswer(`${place || 'The answer'} is not an object`);
  return value;
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const wholeOf = (value: unknown): number | null => (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null);
