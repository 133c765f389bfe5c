import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { FrameSeal, newHeader, usualFrameBytes } from './sealed-form.ts';

/** Bytes of UTF-8 that one unit of a JavaScript text makes at most. */
const mostBytesOfUnit = 3;

/** How a file is sealed. */
export interface SealOptions {
  readonly frameBytes?: number;
  /** False: no digest is made, which costs more than the sealing; `finish` then answers that of nothing. */
  readonly digested?: boolean;
}

/** What was written: of the plain text, not of the file. */
export interface Sealed {
  readonly bytes: number;
  /** SHA-256, in hex. */
  readonly digest: string;
}

/** Writes a sealed file from its begin to its end; readable by the owner alone. One call at a time: wait for what `write` answers. */
export class SealedWriter {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #seal: FrameSeal;
  readonly #frame: Buffer;
  readonly #hash: Hash = createHash('sha256');
  readonly #digested: boolean;
  #filled = 0;
  #frames = 0;
  #bytes = 0;
  #open = true;

  private constructor(path: string, handle: FileHandle, seal: FrameSeal, { frameBytes, digested }: Required<SealOptions>) {
    this.path = path;
    this.#handle = handle;
    this.#seal = seal;
    this.#digested = digested;
    this.#frame = Buffer.allocUnsafeSlow(frameBytes);
  }

  /** Begins the file anew. */
  static async open(path: string, key: Uint8Array, options: Required<SealOptions>): Promise<SealedWriter> {
    const header = newHeader(options.frameBytes);
    const handle = await open(path, 'w', 0o600);
    try {
      await handle.writeFile(header);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return new SealedWriter(path, handle, new FrameSeal(key, header), options);
  }

  /** Plain bytes so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Undefined where everything went into memory, so that there is nothing to wait for. The chunk may be used again afterwards. */
  write(chunk: Uint8Array): Promise<void> | undefined {
    this.#bytes += chunk.length;
    if (chunk.length > this.#frame.length - this.#filled) return this.#writeFrames(chunk);
    this.#frame.set(chunk, this.#filled);
    this.#filled += chunk.length;
    return undefined;
  }

  /** `write` of a part of a buffer, without a view of it: for many small ones. */
  writeRange(bytes: Buffer, start: number, end: number): Promise<void> | undefined {
    if (end - start > this.#frame.length - this.#filled) return this.write(bytes.subarray(start, end));
    bytes.copy(this.#frame, this.#filled, start, end);
    this.#filled += end - start;
    this.#bytes += end - start;
    return undefined;
  }

  /** `write` of a text's UTF-8. */
  writeText(text: string): Promise<void> | undefined {
    if (text.length * mostBytesOfUnit > this.#frame.length - this.#filled) return this.write(Buffer.from(text));
    const written = this.#frame.write(text, this.#filled);
    this.#filled += written;
    this.#bytes += written;
    return undefined;
  }

  /** @param options.sync on disk when this resolves, not only with the operating system. Whoever needs the name too syncs the folder. */
  async finish(options: { readonly sync: boolean }): Promise<Sealed> {
    await this.#writeFrame(true);
    if (options.sync) await this.#handle.datasync();
    await this.#close();
    return { bytes: this.#bytes, digest: this.#hash.digest('hex') };
  }

  /** Closes and removes the file; also after a failure, and more than once. */
  async discard(): Promise<void> {
    await this.#close();
    await rm(this.path, { force: true });
  }

  async #writeFrames(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length;) {
      // A full frame waits until more comes: it may be the last one.
      if (this.#filled === this.#frame.length) await this.#writeFrame(false);
      const taken = chunk.subarray(at, at + this.#frame.length - this.#filled);
      this.#frame.set(taken, this.#filled);
      this.#filled += taken.length;
      at += taken.length;
    }
  }

  async #writeFrame(last: boolean): Promise<void> {
    const plain = this.#frame.subarray(0, this.#filled);
    if (this.#digested) this.#hash.update(plain);
    const sealed = this.#seal.seal(this.#frames, last, plain);
    this.#frames += 1;
    this.#filled = 0;
    await this.#handle.writeFile(Buffer.concat(sealed));
  }

  async #close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#handle.close();
  }
}

/** Begins a sealed file, in place of what stood there. @param key `SecretBox.fileKey` */
export const sealedWriter = (
  path: string,
  key: Uint8Array,
  { frameBytes = usualFrameBytes, digested = true }: SealOptions = {},
): Promise<SealedWriter> => SealedWriter.open(path, key, { frameBytes, digested });
