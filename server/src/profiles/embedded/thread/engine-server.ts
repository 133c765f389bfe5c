import { receiveMessageOnPort } from 'node:worker_threads';
import type { ProfileEngine } from '../profile-engine.ts';
import { sendError, type EngineLink, type EngineNews, type EngineOrder, type FromEngine, type ToEngine } from './engine-link.ts';
import { wordsOfAnswer, writeAnswer, type Answered } from './answers.ts';
import type { RequestMemory } from './request-memory.ts';
import { bulkRequest, RequestReader } from './requests.ts';
import { SharedRing } from './shared-ring.ts';

/** A turn ends when it has taken so long, or its record is so long: those that wait for its sync wait no longer. */
const turnMs = 8;
const turnBytes = 1 << 24;

interface Made {
  readonly id: number;
  readonly answered: Answered;
}

/**
 * The engine's side of a link. Works in turns: makes all changes that lie in the ring, commits them with one sync, then answers
 * them. What comes meanwhile is the next turn: group commit by itself.
 */
export class EngineServer {
  readonly #engine: ProfileEngine;
  readonly #link: EngineLink;
  readonly #requests: SharedRing;
  readonly #answers: SharedRing;
  readonly #gauges: Float64Array;
  readonly #reader = new RequestReader();
  readonly #bulk: SharedArrayBuffer[] = [];
  #lastNowS = 0;

  constructor(engine: ProfileEngine, link: EngineLink) {
    this.#engine = engine;
    this.#link = link;
    this.#requests = new SharedRing(link.requests);
    this.#answers = new SharedRing(link.answers);
    this.#gauges = new Float64Array(link.gauges);
  }

  /** From now on until the link is closed. */
  start(): void {
    this.#announceMemory();
    this.#tellGauges();
    this.#link.port.on('message', (message: ToEngine) => this.#take(message));
    this.#send({ kind: 'ready', place: this.#engine.memory.place });
  }

  #take(message: ToEngine): void {
    if (message === null) this.#turn();
    else if (message.kind === 'bulk') this.#bulk.push(message.words);
    else void this.#obey(message);
  }

  #turn(): void {
    const made: Made[] = [];
    const endMs = performance.now() + turnMs;
    let more = true;
    while (more) {
      const at = this.#requests.next();
      if (at < 0) break;
      this.#handle(at, made);
      this.#requests.release();
      more = this.#engine.waitingBytes < turnBytes && performance.now() < endMs;
    }
    this.#answer(made);
    if (this.#goesOn()) setImmediate(() => this.#turn());
  }

  /**
   * Is there more to do? By another turn of the event loop: sweeps and snapshots go on in between. Until then nobody sends a wake; once
   * this has said no, the next request brings one.
   */
  #goesOn(): boolean {
    const requests = this.#requests;
    if (!requests.isEmpty) return true;
    requests.awake();
    return !requests.isEmpty && requests.mustWake();
  }

  #handle(at: number, made: Made[]): void {
    const reader = this.#reader;
    reader.read(this.#requests, at);
    if (reader.type === bulkRequest) reader.read(this.#takeBulk(), 0);
    const { id } = reader;
    this.#lastNowS = reader.nowS;
    try {
      made.push({ id, answered: this.#engine.change((core) => reader.change(core)) });
    } catch (error) {
      this.#send({ kind: 'failed', id, error: sendError(error) });
    }
  }

  /** The message is sent before the record that stands for it. */
  #takeBulk(): RequestMemory {
    for (;;) {
      const words = this.#bulk.shift();
      if (words !== undefined) return { words: new Uint32Array(words), bytes: new Uint8Array(words) };
      const received = receiveMessageOnPort(this.#link.port) as { message: ToEngine } | undefined;
      if (received === undefined) throw new Error('a bulk request has no message');
      // A wake is for the turn that runs.
      if (received.message !== null) this.#take(received.message);
    }
  }

  #answer(made: readonly Made[]): void {
    if (made.length === 0) return;
    try {
      this.#engine.commit(this.#lastNowS);
    } catch (error) {
      const sent = sendError(error);
      for (const { id } of made) this.#send({ kind: 'failed', id, error: sent });
      return;
    }
    this.#tellGauges();
    for (const { id, answered } of made) {
      const words = wordsOfAnswer(answered);
      const at = words > this.#answers.longestRecord ? -1 : this.#answers.reserve(words);
      if (at >= 0) {
        writeAnswer(this.#answers, at, id, answered);
        this.#answers.complete();
      } else this.#send({ kind: 'answered', id, answered });
    }
    this.#answers.publish();
    if (this.#answers.mustWake()) this.#send(null);
  }

  async #obey(order: EngineOrder): Promise<void> {
    try {
      switch (order.kind) {
        case 'sweep':
          await this.#engine.sweep(order.nowS);
          break;
        case 'snapshot':
          await this.#engine.snapshot(order.nowS);
          break;
        case 'erase':
          await this.#engine.erase(order.beforeS, order.nowS);
          break;
        case 'copyTo':
          await this.#engine.copyTo(order.directory, order.nowS);
          break;
        case 'segmentIds':
          this.#send({ kind: 'done', id: order.id, told: this.#engine.segmentIds() });
          return;
        case 'movements':
          this.#send({ kind: 'done', id: order.id, told: this.#engine.movements(order.segments, order.days, order.nowS) });
          return;
        case 'close':
          await this.#engine.close();
          break;
      }
      this.#tellGauges();
      this.#send({ kind: 'done', id: order.id });
    } catch (error) {
      this.#send({ kind: 'failed', id: order.id, error: sendError(error) });
    } finally {
      if (order.kind === 'close') this.#link.port.close();
    }
  }

  /** All that is there, and from now on whatever comes, before anything refers to it. */
  #announceMemory(): void {
    const { memory } = this.#engine;
    const tell = (news: EngineNews): void => {
      for (const reader of this.#link.news) reader.postMessage(news);
    };
    for (const [list, chunks] of memory.chunkLists.entries()) {
      for (const { buffer } of chunks.views) tell({ list, buffer: buffer as SharedArrayBuffer });
      chunks.onAdded = (buffer) => tell({ list, buffer });
    }
    for (const { segment, number, staged } of memory.segments.all()) if (!staged) tell({ segment, number });
    memory.segments.onNumber = (segment, number) => tell({ segment, number });
  }

  #tellGauges(): void {
    const { users, identifiers, memberships, segments, memoryBytes, membershipBytes, logBytes } = this.#engine.stats;
    this.#gauges.set([users, identifiers, memberships, segments, memoryBytes, membershipBytes, logBytes]);
  }

  #send(message: FromEngine): void {
    this.#link.port.postMessage(message);
  }
}
