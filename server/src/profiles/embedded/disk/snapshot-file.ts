import { Buffer } from 'node:buffer';
import { randomInt } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { ProfileStoreDamaged } from '../../profile-store.ts';
import { blockKind } from '../core/snapshot-block.ts';
import type { SnapshotCut } from '../core/snapshot-cut.ts';
import { encodeHeader, frameHeadBytes, headerBytes, sealFrame, snapshotMagic, writeAll } from './frame.ts';
import { FrameReader } from './frame-reader.ts';
import { syncDirectory } from './manifest.ts';
import { snapshotPath } from './store-files.ts';

/** Small enough that encoding a block does not hold up the event loop. */
const blockBytes = 1 << 18;
/** Synced so often, so that the log's own syncs never wait for gigabytes. */
const syncEveryBytes = 1 << 25;

/**
 * A snapshot is frames of [kind, block]; the last one counts what the others hold: [kind, blocks, users, memberships].
 * Written beside, synced, renamed, directory synced. `mayGoOn` is asked before each block; its error ends the writing.
 */
export async function writeSnapshot(
  directory: string,
  number: number,
  cut: SnapshotCut,
  head: { readonly sequence: number; readonly atS: number },
  mayGoOn: () => void,
): Promise<void> {
  const path = snapshotPath(directory, number);
  const beside = `${path}.tmp`;
  const salt = randomInt(2 ** 32);
  const file = await open(beside, 'w');
  try {
    await writeAll(file, encodeHeader({ magic: snapshotMagic, number, salt, ...head }), 0);
    let position = headerBytes;
    let syncedTo = 0;
    let blocks = 0;
    const write = async (kind: number, bytes: Uint8Array): Promise<void> => {
      const frame = Buffer.alloc(frameHeadBytes + 4);
      frame.writeUInt32LE(kind, frameHeadBytes);
      sealFrame(frame, salt, blocks++, bytes);
      await writeAll(file, frame, position);
      await writeAll(file, bytes, position + frame.length);
      position += frame.length + bytes.length;
    };
    for (let block = cut.nextBlock(blockBytes); block !== null; block = cut.nextBlock(blockBytes)) {
      mayGoOn();
      await write(block.kind, block.bytes);
      if (position < syncedTo + syncEveryBytes) continue;
      await file.datasync();
      syncedTo = position;
    }
    const totals = new Uint32Array([blocks, cut.users, cut.memberships % 2 ** 32, Math.floor(cut.memberships / 2 ** 32)]);
    await write(blockKind.end, new Uint8Array(totals.buffer));
    await file.sync();
    await file.close();
    await rename(beside, path);
    syncDirectory(directory);
  } catch (error) {
    await file.close();
    await rm(beside, { force: true });
    throw error;
  }
}

/** What reading a snapshot hands out, and what it counts. */
export interface SnapshotSink {
  block(kind: number, bytes: Uint8Array, atS: number): void;
  /** Users and memberships taken in so far. */
  totals(): { readonly users: number; readonly memberships: number };
  progress(bytes: number): void;
}

/** Reads all of a snapshot. Answers the sequence of the first log record that it does not hold. */
export async function readSnapshot(directory: string, number: number, sink: SnapshotSink): Promise<number> {
  const path = snapshotPath(directory, number);
  const reader = await FrameReader.open(path, snapshotMagic);
  try {
    if (reader.header.number !== number) throw new ProfileStoreDamaged(path, 0, `this is snapshot ${reader.header.number}`);
    for (let blocks = 0; ; blocks++) {
      const frame = await reader.next(blocks);
      if (frame === null) throw new ProfileStoreDamaged(path, reader.size, 'the last block is missing');
      if ('reason' in frame) throw new ProfileStoreDamaged(path, frame.offset, frame.reason);
      const kind = frame.payload.readUInt32LE(0);
      if (kind === blockKind.end) {
        const totals = sink.totals();
        const expected = [blocks, totals.users, totals.memberships % 2 ** 32];
        const wrong = frame.payload.length < 20 || expected.some((count, i) => frame.payload.readUInt32LE(4 + i * 4) !== count);
        if (wrong) throw new ProfileStoreDamaged(path, frame.offset, 'the blocks do not hold what the last one says');
        if (reader.position !== reader.size) throw new ProfileStoreDamaged(path, reader.position, 'something follows the last block');
        return reader.header.sequence;
      }
      try {
        sink.block(kind, frame.payload.subarray(4), reader.header.atS);
      } catch (cause) {
        throw damaged(path, frame.offset, cause);
      }
      sink.progress(reader.position);
    }
  } finally {
    await reader.close();
  }
}

/** A frame that is whole but says what cannot be. */
export function damaged(path: string, offset: number, cause: unknown): ProfileStoreDamaged {
  const error = new ProfileStoreDamaged(path, offset, cause instanceof Error ? cause.message : String(cause));
  error.cause = cause;
  return error;
}
