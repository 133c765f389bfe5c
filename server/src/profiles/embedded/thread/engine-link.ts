import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { SegmentId } from '../../../kit/ids.ts';
import { ProfileStageEnded, ProfileStoreDamaged, ProfileStoreUnavailable, type SegmentDay } from '../../profile-store.ts';
import type { MemoryPlace } from '../memory/profile-memory.ts';
import type { ProfileEngineOptions } from '../profile-engine.ts';
import type { Answered } from './answers.ts';
import { SharedRing } from './shared-ring.ts';

/** Requests in flight take at most so many words; more wait at the sender. */
const requestWords = 1 << 19;
const answerWords = 1 << 17;

/** Everything that joins the engine's thread to one other. */
export interface EngineLink {
  readonly requests: SharedArrayBuffer;
  readonly answers: SharedArrayBuffer;
  /** Float64: users, identifiers, memberships, segments, memory bytes, those of memberships, log bytes; as of the last turn. */
  readonly gauges: SharedArrayBuffer;
  /** Wakes, orders, and what does not fit into a ring. */
  readonly port: MessagePort;
  /** Chunks and segment numbers, told before anything refers to them; read without waiting. One port for each reader. */
  readonly news: readonly MessagePort[];
}

export interface EngineThreadData {
  readonly options: ProfileEngineOptions;
  readonly nowS: number;
  readonly link: EngineLink;
}

/** To the engine. Null wakes it: requests are in the ring. */
export type ToEngine = null | EngineOrder | { readonly kind: 'bulk'; readonly words: SharedArrayBuffer };
/** Work that takes long; others go on meanwhile. */
export type EngineOrder = { readonly id: number; readonly nowS: number } & (
  | { readonly kind: 'sweep' | 'snapshot' | 'segmentIds' | 'close' }
  | { readonly kind: 'copyTo'; readonly directory: string }
  | { readonly kind: 'erase'; readonly beforeS: number }
  | { readonly kind: 'movements'; readonly segments: readonly SegmentId[]; readonly days: number }
);

/** What orders answer that ask for something. */
export type OrderAnswer = readonly SegmentId[] | readonly (readonly SegmentDay[])[];

/** From the engine. Null wakes: answers are in the ring. */
export type FromEngine =
  | null
  | { readonly kind: 'ready'; readonly place: MemoryPlace }
  | { readonly kind: 'progress'; readonly fraction: number }
  | { readonly kind: 'failed'; readonly id: number; readonly error: SentError }
  | { readonly kind: 'done'; readonly id: number; readonly told?: OrderAnswer }
  /** Where the ring has no room. */
  | { readonly kind: 'answered'; readonly id: number; readonly answered: Answered }
  | { readonly kind: 'write failed' | 'snapshot failed'; readonly error: SentError };

/** A chunk of one of the memory's lists, or a segment's live number (0: none). */
export type EngineNews =
  | { readonly list: number; readonly buffer: SharedArrayBuffer }
  | { readonly segment: number; readonly number: number };

/** Both ends of a new link, with news for so many readers. */
export function newLink(readers: number): { readonly engine: EngineLink; readonly client: EngineLink } {
  const wires = new MessageChannel();
  const news = Array.from({ length: readers }, () => new MessageChannel());
  const shared = {
    requests: SharedRing.memory(requestWords),
    answers: SharedRing.memory(answerWords),
    gauges: new SharedArrayBuffer(8 * 8),
  };
  return {
    engine: { ...shared, port: wires.port1, news: news.map(({ port1 }) => port1) },
    client: { ...shared, port: wires.port2, news: news.map(({ port2 }) => port2) },
  };
}

/** An error as it crosses threads: classes do not. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly stage?: number;
  readonly file?: string;
  readonly offset?: number;
  readonly cause?: SentError;
}

export function sendError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { code } = error as NodeJS.ErrnoException;
  return {
    name: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(error instanceof ProfileStageEnded ? { stage: error.stage } : {}),
    ...(error instanceof ProfileStoreDamaged ? { file: error.file, offset: error.offset, message: error.reason } : {}),
    ...(error.cause === undefined ? {} : { cause: sendError(error.cause) }),
  };
}

export function receiveError(sent: SentError): Error {
  const error = madeError(sent);
  if (sent.cause !== undefined) error.cause = receiveError(sent.cause);
  return error;
}

function madeError({ name, message, code, stage, file, offset }: SentError): Error {
  if (stage !== undefined) return new ProfileStageEnded(stage);
  if (file !== undefined) return new ProfileStoreDamaged(file, offset ?? 0, message);
  if (name === 'ProfileStoreUnavailable') return new ProfileStoreUnavailable(message);
  const error = name === 'RangeError' ? new RangeError(message) : name === 'TypeError' ? new TypeError(message) : new Error(message);
  return code === undefined ? error : Object.assign(error, { code });
}
