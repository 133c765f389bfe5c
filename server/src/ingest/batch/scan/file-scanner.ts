import { Worker } from 'node:worker_threads';
import type { FromScan, ToScan } from './scan-link.ts';
import type { ScanOrder, ScanResult } from './scan-result.ts';

/** A first pass that goes on while a file comes in, or over one that is there. */
export interface FilePass {
  /** So much of the file has been written. */
  grew(bytes: number, ended: boolean): void;
  /** What was found at the end of the file. */
  readonly counted: Promise<ScanResult>;
  /** Looks for repeats and writes them; after `counted`. */
  finish(): Promise<void>;
  /** Nobody wants it any more. */
  drop(): void;
}

interface Waiting {
  readonly counted: PromiseWithResolvers<ScanResult>;
  readonly finished: PromiseWithResolvers<void>;
}

/** Bytes of line hashes that all passes hold together at most; beyond it they go to disk. */
const memoryBytes = 16 * 2 ** 20;

/** Nothing that lives long is made while a pass goes on: little of what is dead is to wait. */
const resourceLimits = { maxYoungGenerationSizeMb: 4 };
/** A thread that has read so much text and has nothing to do ends: it would hold on to its memory. */
const mostTextBytes = 64 * 2 ** 20;

/** Makes first passes in a thread of its own, which begins with the first one. */
export class FileScanner {
  #worker: Worker | null = null;
  #lastId = 0;
  /** What the thread has read. */
  #textBytes = 0;
  readonly #waiting = new Map<number, Waiting>();

  begin(order: ScanOrder, whole: boolean): FilePass {
    const id = ++this.#lastId;
    const waiting: Waiting = { counted: Promise.withResolvers(), finished: Promise.withResolvers() };
    // Whoever is not waited for must not end the process.
    waiting.counted.promise.catch(() => undefined);
    waiting.finished.promise.catch(() => undefined);
    this.#waiting.set(id, waiting);
    this.#send({ kind: 'scan', id, order, whole });
    return {
      grew: (bytes, ended) => this.#send({ kind: 'grew', id, bytes, ended }),
      counted: waiting.counted.promise,
      finish: () => {
        this.#send({ kind: 'finish', id });
        return waiting.finished.promise;
      },
      drop: () => {
        this.#waiting.delete(id);
        this.#send({ kind: 'drop', id });
      },
    };
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
    this.#failAll(new Error('the server is stopping'));
  }

  #send(message: ToScan): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(message);
  }

  #start(): Worker {
    const worker = new Worker(new URL('./scan-thread.ts', import.meta.url), { workerData: { memoryBytes }, resourceLimits });
    worker.unref();
    worker.on('message', (message: FromScan) => this.#take(message));
    worker.on('error', (error) => {
      if (this.#worker === worker) this.#worker = null;
      this.#failAll(error instanceof Error ? error : new Error(String(error)));
    });
    return worker;
  }

  #take(message: FromScan): void {
    const waiting = this.#waiting.get(message.id);
    if (waiting === undefined) return;
    if (message.kind === 'counted') {
      this.#textBytes += message.result.textBytes;
      waiting.counted.resolve(message.result);
    } else {
      this.#waiting.delete(message.id);
      this.#endWhereLarge();
      if (message.kind === 'finished') waiting.finished.resolve();
      else {
        const error = new Error(`the first pass over a file failed: ${message.text}`);
        waiting.counted.reject(error);
        waiting.finished.reject(error);
      }
    }
  }

  #endWhereLarge(): void {
    if (this.#waiting.size > 0 || this.#textBytes < mostTextBytes) return;
    const worker = this.#worker;
    this.#worker = null;
    this.#textBytes = 0;
    void worker?.terminate();
  }

  #failAll(error: Error): void {
    for (const { counted, finished } of this.#waiting.values()) {
      counted.reject(error);
      finished.reject(error);
    }
    this.#waiting.clear();
  }
}
