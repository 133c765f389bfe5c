import { open } from 'node:fs/promises';
import { ProfileStoreDamaged } from '../../profile-store.ts';
import { WordReader } from '../core/word-reader.ts';
import { logMagic } from './frame.ts';
import { FrameReader, type Frame, type FrameFailure } from './frame-reader.ts';
import type { ManifestState } from './manifest.ts';
import { damaged } from './snapshot-file.ts';
import { logPath } from './store-files.ts';
import type { LogPosition } from './write-ahead-log.ts';

/** What becomes of a record that a crash cut off: it is taken off the disk, or left for who only looks. */
export type TornEnd = 'cut' | 'leave';

export interface LogSink {
  entry(entry: WordReader): void;
  progress(bytes: number): void;
  readonly tornEnd: TornEnd;
}

/** A record's entries are worked through for so long before others get their turn. */
const sliceMs = 5;

/**
 * Reads the logs that the manifest names, from `sequence` on, and answers where the log goes on.
 *
 * Torn or damaged? A record is begun only when the one before it is synced. So after a crash at most the very last record of
 * the last log can be incomplete, and nothing valid can stand behind it: such an end was never acknowledged, and is cut off.
 * Everything else is damage and refused: a bad record with a valid one anywhere behind it, a bad record in an earlier log or
 * in a log that was closed in order, a gap in the sequence, a missing file. Nothing is ever skipped. (What cannot be told apart:
 * a last record that was acknowledged and rotted before the next was written. With durability `os` a power cut may also leave
 * holes that are refused here.)
 */
export async function readLogs(directory: string, state: ManifestState, firstSequence: number, sink: LogSink): Promise<LogPosition> {
  const sizes = new Map<number, number>();
  let sequence = firstSequence;
  let salt = 0;
  for (let number = state.firstLog; number <= state.lastLog; number++) {
    const path = logPath(directory, number);
    const reader = await FrameReader.open(path, logMagic);
    try {
      if (reader.header.number !== number) throw new ProfileStoreDamaged(path, 0, `this is log ${reader.header.number}`);
      if (reader.header.sequence !== sequence) {
        throw new ProfileStoreDamaged(path, 0, `it begins with record ${reader.header.sequence}, ${sequence} is due`);
      }
      const last = number === state.lastLog;
      sequence = await readLog(reader, sequence, last ? state.closedAtBytes : reader.size, sink);
      sizes.set(number, reader.position);
      salt = reader.header.salt;
    } finally {
      await reader.close();
    }
  }
  return { salt, position: sizes.get(state.lastLog) ?? 0, sequence, sizes };
}

/** `length`: what the log must be whole up to; null where its end may be torn. */
async function readLog(reader: FrameReader, firstSequence: number, length: number | null, sink: LogSink): Promise<number> {
  let sequence = firstSequence;
  for (;;) {
    const frame = await reader.next(sequence);
    if (frame === null) break;
    if ('reason' in frame) {
      if (length !== null) throw new ProfileStoreDamaged(reader.path, frame.offset, frame.reason);
      await requireTorn(reader, frame, sequence);
      if (sink.tornEnd === 'cut') await cutTornEnd(reader.path, frame.offset);
      break;
    }
    await replayFrame(reader.path, frame, sink);
    sink.progress(reader.position);
    sequence += 1;
  }
  if (length !== null && reader.position !== length) {
    throw new ProfileStoreDamaged(reader.path, reader.position, `it was closed with ${length} bytes`);
  }
  return sequence;
}

/** Throws where a whole record follows: then this is damage. */
async function requireTorn(reader: FrameReader, failure: FrameFailure, sequence: number): Promise<void> {
  const behind = await reader.findFrameBehind(failure.offset, sequence);
  if (behind !== null) {
    throw new ProfileStoreDamaged(reader.path, failure.offset, `${failure.reason}, and a whole record follows at byte ${behind}`);
  }
}

async function cutTornEnd(path: string, offset: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.truncate(offset);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function replayFrame(path: string, frame: Frame, sink: LogSink): Promise<void> {
  const entries = new WordReader(frame.payload);
  let sliceEndMs = performance.now() + sliceMs;
  try {
    while (!entries.atEnd) {
      sink.entry(entries);
      if (performance.now() < sliceEndMs) continue;
      await new Promise((resolve) => setImmediate(resolve));
      sliceEndMs = performance.now() + sliceMs;
    }
  } catch (cause) {
    throw damaged(path, frame.offset, cause);
  }
}
