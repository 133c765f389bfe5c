import { rm } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { Interruption } from '../../kit/interruption.ts';
import type { CheckedUpload, UploadOrder } from './check-upload.ts';
import { CsvFault } from './csv-fault.ts';
import { SealedFileDamaged } from '../files/sealed-form.ts';
import type { ErrorParts, FromCsv, ToCsv } from './csv-link.ts';
import type { RowCounts, TransformPlan, TransformResult } from './transform-plan.ts';

/** Who waits for an answer of the thread. */
interface Waiting {
  readonly settled: PromiseWithResolvers<CheckedUpload | TransformResult>;
  readonly onTook: () => void;
  readonly onProgress: (counts: Pick<RowCounts, 'rowsReceived' | 'rowsRejected'>) => void;
}

/** Pieces of an upload that are on their way to the thread at most. */
const mostUnderWay = 8;
/** What rows leave behind dies at once: more room for it only grows the process (measured: 130 MB), and saves no time. */
const youngGenerationMb = 12;
const nothing = (): void => {};

/** What goes with a run. */
export interface RunOptions {
  /** Ends the run; what it made is removed before the answer comes, which is the signal's reason. */
  readonly signal?: AbortSignal;
  /** Data rows read and rejected so far, twice a second at most. */
  readonly onProgress?: Waiting['onProgress'];
}

/**
 * The CSV engine as the HTTP thread sees it: files are checked and transformed in a thread of its own, which begins with the first one.
 * Checks go on side by side, runs one after the other.
 */
export class CsvEngine {
  #worker: Worker | null = null;
  #lastId = 0;
  readonly #waiting = new Map<number, Waiting>();

  /**
   * `checkUpload` in the thread. The source is read no faster than the thread takes it, and no further once the file was refused; its
   * iterator is then returned, which destroys a stream that was not told otherwise (`stream.iterator({ destroyOnReturn: false })`).
   * @throws CsvFault, and whatever the source throws; then nothing of the file is left
   */
  async check(source: AsyncIterable<Uint8Array>, order: UploadOrder): Promise<CheckedUpload> {
    const flow = new Flow();
    const { id, settled } = this.#ask((id) => ({ kind: 'check', id, order }), { onTook: () => flow.took() });
    const ended = settled.finally(() => flow.stop());
    ended.catch(nothing);
    try {
      await this.#sendPieces(id, source[Symbol.asyncIterator](), flow);
    } catch (error) {
      this.#send({ kind: 'drop', id });
      await ended.catch(nothing);
      throw error;
    }
    this.#send({ kind: 'end', id });
    try {
      return (await ended) as CheckedUpload;
    } catch (error) {
      // Where the thread has died, nobody else did.
      await rm(order.path, { force: true });
      throw error;
    }
  }

  /** `transform` in the thread. @throws CsvFault, SealedFileDamaged, errors of the file system with their code, the signal's reason */
  async transform(plan: TransformPlan, { signal, onProgress = nothing }: RunOptions = {}): Promise<TransformResult> {
    signal?.throwIfAborted();
    const { id, settled } = this.#ask((id) => ({ kind: 'transform', id, plan }), { onProgress });
    const drop = (): void => this.#send({ kind: 'drop', id });
    signal?.addEventListener('abort', drop);
    try {
      return (await settled) as TransformResult;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', drop);
    }
  }

  /** Ends the thread; what is under way fails. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
    this.#failAll(new Error('the server is stopping'));
  }

  /** Until the source is over, or the thread wants no more of it: then nobody waits for a sender that has fallen silent. */
  async #sendPieces(id: number, source: AsyncIterator<Uint8Array>, flow: Flow): Promise<void> {
    for (;;) {
      const next = await flow.stopped.during(source.next());
      if (next === null) break;
      if (next.done === true) return;
      if (!(await flow.hasRoom())) break;
      const bytes = new Uint8Array(next.value);
      this.#send({ kind: 'piece', id, bytes }, [bytes.buffer]);
    }
    // Not waited for: a source that is asked for its next piece returns behind it.
    void source.return?.().catch(nothing);
  }

  #ask(message: (id: number) => ToCsv, listeners: Partial<Waiting>): { id: number; settled: Promise<CheckedUpload | TransformResult> } {
    const id = ++this.#lastId;
    const settled = Promise.withResolvers<CheckedUpload | TransformResult>();
    this.#waiting.set(id, { settled, onTook: nothing, onProgress: nothing, ...listeners });
    this.#send(message(id));
    return { id, settled: settled.promise };
  }

  #send(message: ToCsv, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(message, transfer);
  }

  #start(): Worker {
    const worker = new Worker(new URL('./csv-thread.ts', import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
    });
    worker.unref();
    worker.on('message', (message: FromCsv) => this.#take(message));
    worker.on('error', (error) => {
      if (this.#worker === worker) this.#worker = null;
      this.#failAll(error instanceof Error ? error : new Error(String(error)));
    });
    return worker;
  }

  #take(message: FromCsv): void {
    const waiting = this.#waiting.get(message.id);
    if (waiting === undefined) return;
    if (message.kind === 'took') waiting.onTook();
    else if (message.kind === 'progress') waiting.onProgress(message.counts);
    else {
      this.#waiting.delete(message.id);
      if (message.kind !== 'failed') waiting.settled.resolve(message.result);
      else if (message.fault === null) waiting.settled.reject(errorOf(message.error));
      else waiting.settled.reject(new CsvFault(message.fault.code, message.fault.message, message.fault.details));
    }
  }

  #failAll(error: Error): void {
    for (const { settled } of this.#waiting.values()) settled.reject(error);
    this.#waiting.clear();
  }
}

/** The thread's error, as it would have been thrown here. */
function errorOf({ text, damaged, code }: ErrorParts): Error {
  const words = `the CSV thread failed: ${text}`;
  if (damaged) return new SealedFileDamaged(words);
  return Object.assign(new Error(words), code === null ? {} : { code });
}

/** Holds back whoever sends pieces while too many are under way. */
class Flow {
  /** Of waits for the next piece: no more pieces are wanted. */
  readonly stopped = new Interruption<null>();
  #isStopped = false;
  #underWay = 0;
  #wake: () => void = nothing;

  /** Resolves when one more piece may go; false: none may any more. */
  async hasRoom(): Promise<boolean> {
    while (this.#underWay >= mostUnderWay && !this.#isStopped) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    this.#underWay += 1;
    return !this.#isStopped;
  }

  took(): void {
    this.#underWay -= 1;
    this.#wake();
  }

  stop(): void {
    this.#isStopped = true;
    this.stopped.end(null);
    this.#wake();
  }
}
