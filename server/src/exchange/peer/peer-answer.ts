import { Buffer } from 'node:buffer';
import type { CallWatch } from './call-watch.ts';

/** Waiting for the text of an error must not hold a call. */
const excerptMs = 5000;
const excerptBytes = 2048;

/** An answer as it came: status and headers, and a body that nobody has read yet. */
export interface RawAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
}

/** What a body can turn out to be while it is read. */
export interface BodyFaults {
  /** The error of the connection, in the words of the call. */
  broken(error: unknown): unknown;
  tooLarge(limitBytes: number): unknown;
}

/** One answer, valid until the call's `use` has returned; its body can be read once. */
export class PeerAnswer {
  readonly status: number;
  /** Where it came from, after redirects. */
  readonly url: URL;
  readonly #raw: RawAnswer;
  readonly #watch: CallWatch;
  readonly #faults: BodyFaults;
  #fault: unknown;

  constructor(url: URL, raw: RawAnswer, watch: CallWatch, faults: BodyFaults) {
    this.status = raw.statusCode;
    this.url = url;
    this.#raw = raw;
    this.#watch = watch;
    this.#faults = faults;
  }

  /** Why reading the body failed; undefined while it has not. */
  get fault(): unknown {
    return this.#fault;
  }

  /** By its lower-case name; several of one name joined by commas, as HTTP has it. */
  header(name: string): string | undefined {
    const value = this.#raw.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  /** The body as it comes, still encoded (Content-Encoding). Throws TOO_LARGE before the byte after the last one allowed is handed out. */
  async *body(limitBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
    if (Number(this.header('content-length') ?? 0) > limitBytes) throw this.#failed(this.#faults.tooLarge(limitBytes));
    let bytes = 0;
    this.#watch.progress();
    try {
      for await (const chunk of this.#raw.body) {
        bytes += chunk.byteLength;
        if (bytes > limitBytes) break;
        this.#watch.pause();
        yield chunk;
        this.#watch.progress();
      }
    } catch (error) {
      throw this.#failed(this.#faults.broken(error));
    } finally {
      this.#watch.pause();
    }
    if (bytes > limitBytes) throw this.#failed(this.#faults.tooLarge(limitBytes));
  }

  /** The whole body, where it is small. */
  async bytes(limitBytes: number): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.body(limitBytes)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  /** The first bytes of an error's body: what comes of them soon and whole, and nothing where they do not come. */
  async excerpt(): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, excerptMs);
    });
    await Promise.race([this.#readInto(chunks).catch(() => undefined), late]);
    clearTimeout(timer);
    return Buffer.concat(chunks).subarray(0, excerptBytes);
  }

  async #readInto(chunks: Uint8Array[]): Promise<void> {
    let bytes = 0;
    for await (const chunk of this.#raw.body) {
      chunks.push(chunk);
      bytes += chunk.byteLength;
      if (bytes >= excerptBytes) return;
    }
  }

  #failed(fault: unknown): unknown {
    this.#fault = fault;
    return fault;
  }
}
