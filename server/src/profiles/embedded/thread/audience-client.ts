import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { SegmentId } from '../../../kit/ids.ts';
import { ProfileStoreUnavailable, type Expression, type ScanFields, type ScanPage } from '../../profile-store.ts';
import type { AudienceLimits } from '../audience/audience-index.ts';
import type { MemoryPlace } from '../memory/profile-memory.ts';
import type { AudienceAnswer, AudienceQuestion, AudienceThreadData } from './audience-link.ts';
import { receiveError } from './engine-link.ts';
import { serveAudience } from './serve-audience.ts';

export interface AudienceClientOptions {
  readonly place: MemoryPlace;
  /** The engine's news for the index, from its opening on. */
  readonly news: MessagePort;
  readonly limits: AudienceLimits;
  readonly ownThread: boolean;
}

type Question = AudienceQuestion extends infer Each ? (Each extends unknown ? Omit<Each, 'id' | 'nowMs'> : never) : never;

/** Asks the audience index in its thread, which begins with the first question: who never asks pays nothing. */
export class AudienceClient {
  readonly #options: AudienceClientOptions;
  readonly #gauge = new Float64Array(new SharedArrayBuffer(8));
  readonly #waiting = new Map<number, PromiseWithResolvers<AudienceAnswer>>();
  #port: MessagePort | null = null;
  #ended: Promise<unknown> | null = null;
  #failure: Error | null = null;
  #lastId = 0;

  constructor(options: AudienceClientOptions) {
    this.#options = options;
  }

  get memoryBytes(): number {
    return this.#gauge[0] as number;
  }

  async evaluate(expression: Expression, nowMs: number): Promise<number> {
    const answer = await this.#ask({ ask: 'evaluate', expression }, nowMs);
    if (!('count' in answer)) throw new Error('a count was asked for');
    return answer.count;
  }

  async scan(segment: SegmentId, cursor: number | null, limit: number, fields: ScanFields, nowMs: number): Promise<ScanPage> {
    const answer = await this.#ask({ ask: 'scan', segment, cursor, limit, fields }, nowMs);
    if (!('page' in answer)) throw new Error('a page was asked for');
    return answer.page;
  }

  /** So that sets which nobody asks for are dropped although nobody asks. */
  tick(nowMs: number): void {
    this.#port?.postMessage({ id: 0, nowMs, ask: 'tick' } satisfies AudienceQuestion);
  }

  /** Questions that wait are refused. */
  async stop(): Promise<void> {
    if (this.#port === null) {
      this.#options.news.close();
      return;
    }
    if (this.#failure === null) await this.#ask({ ask: 'stop' }, 0);
    await this.#ended;
  }

  async #ask(question: Question, nowMs: number): Promise<AudienceAnswer> {
    if (this.#failure !== null) throw this.#failure;
    this.#port ??= this.#start();
    const id = ++this.#lastId;
    const waiting = Promise.withResolvers<AudienceAnswer>();
    this.#waiting.set(id, waiting);
    this.#port.postMessage({ ...question, id, nowMs } as AudienceQuestion);
    return waiting.promise;
  }

  #start(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (answer: AudienceAnswer) => this.#take(answer));
    const { place, news, limits, ownThread } = this.#options;
    const data: AudienceThreadData = { place, news, limits, port: port2, gauge: this.#gauge.buffer as SharedArrayBuffer };
    if (ownThread) this.#ended = this.#startThread(data, port1);
    else serveAudience(data);
    return port1;
  }

  #take(answer: AudienceAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('error' in answer) waiting?.reject(receiveError(answer.error));
    else waiting?.resolve(answer);
  }

  #startThread(data: AudienceThreadData, port: MessagePort): Promise<unknown> {
    const worker = new Worker(new URL('./audience-thread.ts', import.meta.url), { workerData: data, transferList: [data.port, data.news] });
    const ended = Promise.withResolvers<void>();
    const fail = (error: unknown): void => {
      this.#failure ??= new ProfileStoreUnavailable('the audience index has stopped', { cause: error });
      for (const waiting of this.#waiting.values()) waiting.reject(this.#failure);
      this.#waiting.clear();
    };
    worker.on('error', fail);
    worker.on('exit', () => {
      // What the thread said before it ended may be told after its end.
      for (let received = receiveMessageOnPort(port); received !== undefined; received = receiveMessageOnPort(port))
        this.#take((received as { message: AudienceAnswer }).message);
      fail(new Error('its thread has ended'));
      ended.resolve();
    });
    return ended.promise;
  }
}
