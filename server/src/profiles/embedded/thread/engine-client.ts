import { receiveMessageOnPort } from 'node:worker_threads';
import type { SegmentId } from '../../../kit/ids.ts';
import { checkKeyLength } from '../../identifier-key.ts';
import type { Identifier } from '../../identifier.ts';
import type { OperationBatch } from '../../operation-batch.ts';
import { ProfileStoreUnavailable, type ApplyOptions, type ApplyResult, type ProfileStats } from '../../profile-store.ts';
import type { RestoreBatch } from '../../restore-batch.ts';
import { receiveError, type EngineLink, type EngineOrder, type FromEngine, type OrderAnswer, type ToEngine } from './engine-link.ts';
import { readAnswer, unpackAnswer } from './answers.ts';
import { bulkRequest, headWords, wordsOfBatch, wordsOfKeys, writeBatch, writeKeys } from './requests.ts';
import type { RequestMemory } from './request-memory.ts';
import { SharedRing } from './shared-ring.ts';

export interface EngineClientListeners {
  readonly onProgress: (fraction: number) => void;
  readonly onSnapshotFailure: (error: Error) => void;
  /** Once: a write failed, or the thread ended. */
  readonly onFailure: (error: Error) => void;
}

interface Waiting {
  readonly resolve: (answered: ApplyResult | number | OrderAnswer | undefined) => void;
  readonly reject: (error: Error) => void;
  /** A request in the ring, no order. */
  readonly isRequest: boolean;
}

/** Writes a request, but for its length, at a place with enough room. */
type WriteRequest = (memory: RequestMemory, at: number, id: number) => void;

/** A longer request is work enough for a turn of the engine: it begins at once. About ten users with two memberships each. */
const mostHeldWords = 256;

/** Orders without words of their own. */
type OrderKind = Exclude<EngineOrder['kind'], 'copyTo' | 'erase' | 'movements'>;

/**
 * The other side of a link: writes requests into the ring, and gives answers to those that wait. Where the ring is full requests
 * wait here, in order.
 */
export class EngineClient {
  readonly #link: EngineLink;
  readonly #requests: SharedRing;
  readonly #answers: SharedRing;
  readonly #gauges: Float64Array;
  readonly #listeners: EngineClientListeners;
  readonly #waiting = new Map<number, Waiting>();
  /** Each tries to write its request; false where there is no room yet. */
  readonly #unwritten: (() => boolean)[] = [];
  #idle: (() => void) | null = null;
  /** Requests in the ring that the engine has not been shown. */
  #held = 0;
  /** Requests that it has been shown and has not answered. */
  #shown = 0;
  /** How many it was shown together the last time. */
  #lastShown = 0;
  /** It is shown those that are held at the end of this turn. */
  #publishing = false;
  #lastId = 0;
  #failure: Error | null = null;
  #closed = false;
  /** Nobody answers any more. */
  #ended: Error | null = null;

  constructor(link: EngineLink, listeners: EngineClientListeners) {
    this.#link = link;
    this.#requests = new SharedRing(link.requests);
    this.#answers = new SharedRing(link.answers);
    this.#gauges = new Float64Array(link.gauges);
    this.#listeners = listeners;
  }

  /** Resolves when the engine has read its store. Rejects with what kept it from that. */
  opened(): Promise<FromEngine & { readonly kind: 'ready' }> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(0, { resolve: () => undefined, reject, isRequest: false });
      this.#link.port.on('message', (message: FromEngine) => {
        if (message?.kind === 'ready') {
          this.#waiting.delete(0);
          resolve(message);
        } else this.#take(message);
      });
    });
  }

  get hasEnded(): boolean {
    return this.#ended !== null;
  }
  /** Of writing, or of the thread. */
  get failure(): Error | null {
    return this.#failure;
  }

  /** As of the last turn of the engine; all that was acknowledged is in it. */
  stats(): ProfileStats {
    const [users = 0, identifiers = 0, memberships = 0, segments = 0, memoryBytes = 0, membershipBytes = 0, logBytes = 0] = this.#gauges;
    return { users, identifiers, memberships, segments, memoryBytes, membershipBytes, logBytes };
  }

  /** `restore` where the batch is a `RestoreBatch`. */
  apply(batch: OperationBatch | RestoreBatch, options: ApplyOptions, nowS: number): Promise<ApplyResult> {
    const write: WriteRequest = (memory, at, id) => writeBatch(memory, at, id, nowS, batch, options);
    return this.#ask(wordsOfBatch(batch), write, (answered) => answered as ApplyResult);
  }

  /**
   * A request of words and identifiers. Resolves to what its number tells.
   * @throws RangeError where an identifier is too long
   */
  change<T>(
    type: number,
    nowS: number,
    words: readonly number[],
    identifiers: readonly Identifier[],
    told: (number: number) => T,
  ): Promise<T> {
    for (const identifier of identifiers) checkKeyLength(identifier);
    const write: WriteRequest = (memory, at, id) => writeKeys(memory, at, { id, type, nowS }, words, identifiers);
    return this.#ask(wordsOfKeys(words, identifiers), write, (answered) => told(answered as number));
  }

  order(kind: OrderKind, nowS: number): Promise<unknown> {
    if (kind === 'close') this.#closed = true;
    return this.#order({ kind, id: this.#nextId(), nowS });
  }
  copyTo(directory: string, nowS: number): Promise<unknown> {
    return this.#order({ kind: 'copyTo', directory, id: this.#nextId(), nowS });
  }

  erase(beforeS: number, nowS: number): Promise<unknown> {
    return this.#order({ kind: 'erase', beforeS, id: this.#nextId(), nowS });
  }
  movements(segments: readonly SegmentId[], days: number, nowS: number): Promise<unknown> {
    return this.#order({ kind: 'movements', segments, days, id: this.#nextId(), nowS });
  }

  /** Resolves when every request is answered; orders may still be under way. */
  settled(): Promise<void> {
    if (this.#waiting.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle = resolve;
    });
  }

  /** The thread is gone: whoever waits is told. */
  fail(error: Error): void {
    // What the thread said before it ended may be told after its end.
    this.#hear();
    if (this.#closed && this.#waiting.size === 0) return;
    if (this.#failure === null) {
      this.#failure = error;
      this.#listeners.onFailure(error);
    }
    this.#ended = new ProfileStoreUnavailable('the profile engine has stopped', { cause: error });
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(this.#ended);
    this.#unwritten.length = 0;
    this.#idle?.();
  }

  #ask<T>(length: number, write: WriteRequest, told: (answered: ApplyResult | number) => T): Promise<T> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const id = this.#nextId();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: (answered) => resolve(told(answered as ApplyResult | number)), reject, isRequest: true });
      if (this.#unwritten.length > 0 || !this.#write(length, write, id)) this.#unwritten.push(() => this.#write(length, write, id));
    });
  }

  /** False where there is no room now. */
  #write(length: number, write: WriteRequest, id: number): boolean {
    const ring = this.#requests;
    if (length > ring.longestRecord) return this.#writeBulk(length, write, id);
    const at = ring.reserve(length);
    if (at < 0) return this.#noRoom();
    write(ring, at, id);
    ring.complete();
    this.#held += 1;
    const isAlone = this.#shown === 0 && this.#held === 1 && this.#lastShown <= 1;
    if (length > mostHeldWords || isAlone) this.#publish();
    else this.#publishSoon();
    return true;
  }

  /** Too long for the ring: in memory of its own, and a record in the ring that holds its place. */
  #writeBulk(length: number, write: WriteRequest, id: number): boolean {
    const at = this.#requests.reserve(headWords);
    if (at < 0) return this.#noRoom();
    const buffer = new SharedArrayBuffer(length * 4);
    write({ words: new Uint32Array(buffer), bytes: new Uint8Array(buffer) }, 0, id);
    this.#send({ kind: 'bulk', words: buffer });
    writeKeys(this.#requests, at, { id, type: bulkRequest, nowS: 0 }, [], []);
    this.#requests.complete();
    this.#held += 1;
    this.#publish();
    return true;
  }

  /** What is held back must be read before there can be room. */
  #noRoom(): false {
    this.#publish();
    return false;
  }

  /**
   * At the end of this turn of the event loop, before it waits for anything: all that come in this turn share one wake and one sync.
   * Where requests come one by one there is nothing to share, and each is shown at once.
   */
  #publishSoon(): void {
    if (this.#publishing) return;
    this.#publishing = true;
    setImmediate(() => {
      this.#publishing = false;
      this.#publish();
    });
  }

  /** The engine sees all requests that were written, and is woken where it sleeps. */
  #publish(): void {
    if (this.#held === 0) return;
    this.#lastShown = this.#held;
    this.#shown += this.#held;
    this.#held = 0;
    this.#requests.publish();
    if (this.#requests.mustWake()) this.#send(null);
  }

  #send(message: ToEngine): void {
    this.#link.port.postMessage(message);
  }

  #order(order: EngineOrder): Promise<unknown> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#waiting.set(order.id, { resolve, reject, isRequest: false });
      // Requests that were made before it are done before it.
      this.#publish();
      this.#send(order);
    });
  }

  /** Takes what has come and not been told yet. */
  #hear(): void {
    const { port } = this.#link;
    for (let received = receiveMessageOnPort(port); received !== undefined; received = receiveMessageOnPort(port))
      this.#take((received as { message: FromEngine }).message);
    this.#drain();
  }

  #take(message: FromEngine): void {
    if (message === null) this.#drain();
    else if (message.kind === 'answered') this.#settle(message.id)?.resolve(unpackAnswer(message.answered));
    else if (message.kind === 'done') this.#settle(message.id)?.resolve(message.told);
    else if (message.kind === 'failed') this.#settle(message.id)?.reject(receiveError(message.error));
    else if (message.kind === 'progress') this.#listeners.onProgress(message.fraction);
    else if (message.kind === 'snapshot failed') this.#listeners.onSnapshotFailure(receiveError(message.error));
    else if (message.kind === 'write failed' && this.#failure === null) {
      this.#failure = receiveError(message.error);
      this.#listeners.onFailure(this.#failure);
    }
  }

  #drain(): void {
    const ring = this.#answers;
    ring.awake();
    for (let at = ring.next(); at >= 0; at = ring.next()) {
      const { id, answered } = readAnswer(ring, at);
      ring.release();
      this.#settle(id)?.resolve(answered);
    }
    while (this.#unwritten.length > 0 && this.#unwritten[0]?.() === true) this.#unwritten.shift();
  }

  #nextId(): number {
    this.#lastId = (this.#lastId % 0xffff_ffff) + 1;
    return this.#lastId;
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (waiting?.isRequest === true) this.#shown -= 1;
    if (this.#waiting.size === 0) this.#idle?.();
    return waiting;
  }
}
