import { Buffer } from 'node:buffer';
import { randomInt } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { ProfileStoreUnavailable } from '../../profile-store.ts';
import { encodeHeader, frameHeadBytes, headerBytes, logMagic, sealFrame, writeAll } from './frame.ts';
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

/** Entries beyond this begin a new record. */
const recordBytes = 1 << 24;
/** A buffer that has grown beyond this is not kept for the next record. */
const keptBufferBytes = 1 << 24;

interface Group {
  buffer: Buffer;
  end: number;
  readonly done: PromiseWithResolvers<void>;
}
interface Rotation {
  readonly done: PromiseWithResolvers<LogCut>;
}
/** Where a new log begins. */
export interface LogCut {
  readonly number: number;
  readonly sequence: number;
}

/**
 * Group commit: all entries that come while one record is being written and synced make up the next record. One record is
 * under way at a time, so a record is begun only when the one before it is on disk. (That is what lets recovery tell
 * a torn end from damage, see read-logs.ts.) After a failed write nothing is taken any more.
 */
export class WriteAheadLog {
  readonly #directory: string;
  readonly #manifest: Manifest;
  readonly #durability: Durability;
  readonly #sizes: Map<number, number>;
  readonly #queue: (Group | Rotation)[] = [];
  readonly #spareBuffers: Buffer[] = [];
  #file: FileHandle;
  #number: number;
  #salt: number;
  #position: number;
  #sequence: number;
  #filling: Group | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #running: Promise<void> | null = null;
  #failure: Error | null = null;
  #onFailure: (failure: Error) => void = () => undefined;

  private constructor(directory: string, manifest: Manifest, durability: Durability, file: FileHandle, at: LogPosition) {
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
  static async open(directory: string, manifest: Manifest, durability: Durability, at: LogPosition): Promise<WriteAheadLog> {
    const file = await open(logPath(directory, manifest.state.lastLog), 'r+');
    return new WriteAheadLog(directory, manifest, durability, file, at);
  }

  /** Makes an empty log that the manifest then names. */
  static async create(directory: string, manifest: Manifest, sequence: number): Promise<{ file: FileHandle; salt: number }> {
    const number = manifest.state.lastLog + 1;
    const salt = randomInt(2 ** 32);
    const file = await open(logPath(directory, number), 'wx+');
    try {
      await writeAll(file, encodeHeader({ magic: logMagic, number, salt, sequence, atS: 0 }), 0);
      await file.sync();
      await syncDirectory(directory);
      await manifest.update({ lastLog: number });
    } catch (error) {
      await file.close();
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
  get failed(): boolean {
    return this.#failure !== null;
  }
  /** Bytes of all logs that a restart would read. */
  get bytes(): number {
    let sum = this.#position;
    for (const [number, bytes] of this.#sizes) if (number !== this.#number) sum += bytes;
    return sum;
  }

  /** Copies the entry and resolves when it is durable. */
  append(entry: Uint8Array): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#unavailable());
    let group = this.#filling;
    if (group === null || group.end > recordBytes) {
      group = { buffer: this.#spareBuffers.pop() ?? Buffer.allocUnsafeSlow(1 << 16), end: frameHeadBytes, done: Promise.withResolvers() };
      this.#filling = group;
      this.#enqueue(group);
    }
    if (group.end + entry.length > group.buffer.length) {
      const larger = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(group.end + entry.length)));
      group.buffer.copy(larger, 0, 0, group.end);
      group.buffer = larger;
    }
    group.buffer.set(entry, group.end);
    group.end += entry.length;
    return group.done.promise;
  }

  /** Resolves when everything that was appended before is durable. */
  settled(): Promise<unknown> {
    return this.#failure === null ? this.#last : Promise.reject(this.#unavailable());
  }

  /** Entries from this call on go to a new log; resolves when all before are durable and the new one is in the manifest. */
  rotate(): Promise<LogCut> {
    if (this.#failure !== null) return Promise.reject(this.#unavailable());
    this.#filling = null;
    const rotation: Rotation = { done: Promise.withResolvers() };
    this.#enqueue(rotation);
    return rotation.done.promise;
  }

  /** Deletes logs before this one; the manifest must not name them any more. */
  async removeBefore(number: number): Promise<void> {
    for (const old of this.#sizes.keys()) {
      if (old >= number) continue;
      await rm(logPath(this.#directory, old), { force: true });
      this.#sizes.delete(old);
    }
  }

  /** Nothing is written any more. */
  fail(cause: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = cause instanceof Error ? cause : new Error(String(cause));
    this.#onFailure(this.#failure);
  }

  async close(): Promise<void> {
    while (this.#running !== null) await this.#running;
    await this.#file.close();
    if (this.#failure === null) await this.#manifest.update({ closedAtBytes: this.#position });
    this.#failure ??= new Error('the store is closed');
  }

  #enqueue(item: Group | Rotation): void {
    this.#queue.push(item);
    this.#last = item.done.promise;
    item.done.promise.catch(() => undefined);
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    // Calls of the same turn of the event loop share the first record too.
    await new Promise((resolve) => setImmediate(resolve));
    for (let item = this.#queue.shift(); item !== undefined; item = this.#queue.shift()) {
      try {
        if (this.#failure !== null) throw this.#failure;
        if ('buffer' in item) await this.#write(item);
        else item.done.resolve(await this.#rotate());
      } catch (error) {
        this.fail(error);
        await this.#cutBack();
        item.done.reject(this.#unavailable());
      }
    }
    this.#running = null;
  }

  async #write(group: Group): Promise<void> {
    if (group === this.#filling) this.#filling = null;
    const record = group.buffer.subarray(0, group.end);
    sealFrame(record, this.#salt, this.#sequence);
    await writeAll(this.#file, record, this.#position);
    if (this.#durability === 'fsync') await this.#file.datasync();
    this.#position += group.end;
    this.#sequence += 1;
    if (group.buffer.length <= keptBufferBytes) this.#spareBuffers.push(group.buffer);
    group.done.resolve();
  }

  async #rotate(): Promise<LogCut> {
    if (this.#durability === 'os') await this.#file.datasync();
    const { file, salt } = await WriteAheadLog.create(this.#directory, this.#manifest, this.#sequence);
    await this.#file.close();
    this.#sizes.set(this.#number, this.#position);
    this.#number = this.#manifest.state.lastLog;
    this.#file = file;
    this.#salt = salt;
    this.#position = headerBytes;
    this.#sizes.set(this.#number, headerBytes);
    return { number: this.#number, sequence: this.#sequence };
  }

  /** Takes a record that may be there in part, or whole but refused, off the disk, as well as a failing disk lets us. */
  async #cutBack(): Promise<void> {
    try {
      await this.#file.truncate(this.#position);
      await this.#file.datasync();
    } catch {
      // The failure that brought us here is the one to report.
    }
  }

  #unavailable(): ProfileStoreUnavailable {
    return new ProfileStoreUnavailable('the profile store takes no writes', { cause: this.#failure });
  }
}
