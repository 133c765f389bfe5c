import { Buffer } from 'node:buffer';
import { randomInt } from 'node:crypto';
import { closeSync, fdatasyncSync, fsyncSync, ftruncateSync, openSync, rmSync } from 'node:fs';
import { ProfileStoreUnavailable } from '../../profile-store.ts';
import { encodeHeader, frameHeadBytes, headerBytes, logMagic, sealFrame, writeAllSync } from './frame.ts';
import { syncDirectory, type Manifest } from './manifest.ts';
import { logPath } from './store-files.ts';

/** fsync: a write counts when the disk has it. os: when the operating system has it; a power cut can lose some. */
export type Durability = 'fsync' | 'os';

/** Where the log goes on. */
export interface LogPosition {
  readonly salt: number;
  readonly position: number;
  readonly sequence: number;
  /** Bytes of each log that is kept, the last one included. */
  readonly sizes: ReadonlyMap<number, number>;
}

/** A buffer that has grown beyond this is not kept for the next record. */
const keptBufferBytes = 1 << 24;
const firstBufferBytes = 1 << 16;

/** Where a new log begins. */
export interface LogCut {
  readonly number: number;
  readonly sequence: number;
}

/**
 * Entries are gathered and made durable together: one record, one write, one sync (`commit`). All calls hold up their thread, which is the
 * engine's own: so no sync ever waits in a pool behind other work, nor in an event loop. A record is begun only when the one
 * before it is on disk, which is what lets recovery tell a torn end from damage (read-logs.ts). After a failed write nothing
 * is taken any more.
 */
export class WriteAheadLog {
  readonly #directory: string;
  readonly #manifest: Manifest;
  readonly #durability: Durability;
  readonly #sizes: Map<number, number>;
  #file: number;
  #number: number;
  #salt: number;
  #position: number;
  #sequence: number;
  #buffer = Buffer.allocUnsafeSlow(firstBufferBytes);
  #end = frameHeadBytes;
  #failure: Error | null = null;
  #onFailure: (failure: Error) => void = () => undefined;

  private constructor(directory: string, manifest: Manifest, durability: Durability, file: number, at: LogPosition) {
    this.#directory = directory;
    this.#manifest = manifest;
    this.#durability = durability;
    this.#file = file;
    this.#number = manifest.state.lastLog;
    this.#salt = at.salt;
    this.#position = at.position;
    this.#sequence = at.sequence;
    this.#sizes = new Map(at.sizes);
  }

  /** Goes on in the manifest's last log. */
  static open(directory: string, manifest: Manifest, durability: Durability, at: LogPosition): WriteAheadLog {
    const file = openSync(logPath(directory, manifest.state.lastLog), 'r+');
    return new WriteAheadLog(directory, manifest, durability, file, at);
  }

  /** Makes an empty log that the manifest then names. `file` is open. */
  static create(directory: string, manifest: Manifest, sequence: number): { readonly file: number; readonly salt: number } {
    const number = manifest.state.lastLog + 1;
    const salt = randomInt(2 ** 32);
    const file = openSync(logPath(directory, number), 'wx+');
    try {
      writeAllSync(file, encodeHeader({ magic: logMagic, number, salt, sequence, atS: 0 }), 0);
      fsyncSync(file);
      syncDirectory(directory);
      manifest.update({ lastLog: number });
    } catch (error) {
      closeSync(file);
      throw error;
    }
    return { file, salt };
  }

  /** Called once, with the first failure. */
  onFailure(listener: (failure: Error) => void): void {
    this.#onFailure = listener;
  }

  /** Why nothing is written any more; null while all is well. */
  get failure(): Error | null {
    return this.#failure;
  }
  /** Bytes of all logs that a restart would read. */
  get bytes(): number {
    let sum = this.#position;
    for (const [number, bytes] of this.#sizes) if (number !== this.#number) sum += bytes;
    return sum;
  }
  /** Bytes that wait for `commit`. */
  get waitingBytes(): number {
    return this.#end - frameHeadBytes;
  }

  /** Throws ProfileStoreUnavailable where nothing is written any more. */
  checkOpen(): void {
    if (this.#failure !== null) throw this.#unavailable();
  }

  /** Copies the entry; `commit` makes it durable. */
  append(entry: Uint8Array): void {
    this.checkOpen();
    const end = this.#end + entry.length;
    if (end > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(end)));
      this.#buffer.copy(larger, 0, 0, this.#end);
      this.#buffer = larger;
    }
    this.#buffer.set(entry, this.#end);
    this.#end = end;
  }

  /** Everything that was appended is durable when this returns. Throws ProfileStoreUnavailable where that failed, now or before. */
  commit(): void {
    this.checkOpen();
    if (this.#end === frameHeadBytes) return;
    const record = this.#buffer.subarray(0, this.#end);
    try {
      sealFrame(record, this.#salt, this.#sequence);
      writeAllSync(this.#file, record, this.#position);
      if (this.#durability === 'fsync') fdatasyncSync(this.#file);
    } catch (error) {
      this.fail(error);
      this.#cutBack();
      throw this.#unavailable();
    }
    this.#position += record.length;
    this.#sequence += 1;
    this.#end = frameHeadBytes;
    if (this.#buffer.length > keptBufferBytes) this.#buffer = Buffer.allocUnsafeSlow(firstBufferBytes);
  }

  /** Commits, and begins a new log that the manifest names. */
  rotate(): LogCut {
    this.commit();
    try {
      if (this.#durability === 'os') fdatasyncSync(this.#file);
      const { file, salt } = WriteAheadLog.create(this.#directory, this.#manifest, this.#sequence);
      closeSync(this.#file);
      this.#sizes.set(this.#number, this.#position);
      this.#number = this.#manifest.state.lastLog;
      this.#file = file;
      this.#salt = salt;
      this.#position = headerBytes;
      this.#sizes.set(this.#number, headerBytes);
    } catch (error) {
      this.fail(error);
      throw this.#unavailable();
    }
    return { number: this.#number, sequence: this.#sequence };
  }

  /** Deletes logs before this one; the manifest must not name them any more. */
  removeBefore(number: number): void {
    for (const old of this.#sizes.keys()) {
      if (old >= number) continue;
      rmSync(logPath(this.#directory, old), { force: true });
      this.#sizes.delete(old);
    }
  }

  /** Nothing is written any more. */
  fail(cause: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = cause instanceof Error ? cause : new Error(String(cause));
    this.#onFailure(this.#failure);
  }

  /** @param names identifiers that the store holds, for the next start */
  close(names: number): void {
    if (this.#failure === null) {
      this.commit();
      // With `os` too: the manifest is going to say that the log is whole to here.
      fdatasyncSync(this.#file);
      this.#manifest.update({ closedAtBytes: this.#position, names });
    }
    closeSync(this.#file);
    this.#failure ??= new Error('the store is closed');
  }

  /** Takes a record that may be there in part, or whole but refused, off the disk, as well as a failing disk lets us. */
  #cutBack(): void {
    try {
      ftruncateSync(this.#file, this.#position);
      fdatasyncSync(this.#file);
    } catch {
      // The failure that brought us here is the one to report.
    }
  }

  #unavailable(): ProfileStoreUnavailable {
    return new ProfileStoreUnavailable('the profile store takes no writes', { cause: this.#failure });
  }
}
