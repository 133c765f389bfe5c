import { Worker } from 'node:worker_threads';
import { BoundedQueue } from '../kit/bounded-queue.ts';
import { refusal } from '../kit/refusal.ts';
import { accessErrors } from './access-errors.ts';
import type { PasswordAnswer, PasswordQuestion } from './password-protocol.ts';

interface Asked {
  readonly resolve: (answer: PasswordAnswer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Hashes and checks passwords on a thread of its own (password-worker.ts), one at a time: hashing takes some 20 ms and 19 MiB, and a flood of
 * logins must hold up neither HTTP nor the threads that sync files. More than `queueLength` waiting are turned away with 503.
 */
export class PasswordHasher {
  readonly #queue: BoundedQueue;
  /** Started with the first password, and again after it has failed. */
  #worker: Worker | undefined;
  #asked: Asked | undefined;

  constructor(queueLength: number) {
    this.#queue = new BoundedQueue(queueLength);
  }

  async hash(password: string): Promise<string> {
    const answer = await this.#enqueue({ ask: 'hash', password });
    if (answer.is !== 'hashed') throw unexpected(answer);
    return answer.passwordHash;
  }

  /** Does the password fit? An undefined hash (no such account) takes the same time and fits never. */
  async verify(passwordHash: string | undefined, password: string): Promise<boolean> {
    const answer = await this.#enqueue({ ask: 'verify', passwordHash, password });
    if (answer.is !== 'verified') throw unexpected(answer);
    return answer.fits;
  }

  /** Ends the thread; what waits is not answered any more. */
  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  /** @throws Refusal access.loginQueueFull */
  #enqueue(question: PasswordQuestion): Promise<PasswordAnswer> {
    const queued = this.#queue.run(() => this.#ask(question));
    if (!queued) throw refusal(accessErrors.loginQueueFull, {}, { headers: { 'retry-after': '1' } });
    return queued;
  }

  #ask(question: PasswordQuestion): Promise<PasswordAnswer> {
    const worker = (this.#worker ??= this.#start());
    return new Promise((resolve, reject) => {
      this.#asked = { resolve, reject };
      worker.postMessage(question);
    });
  }

  #start(): Worker {
    const worker = new Worker(new URL('./password-worker.ts', import.meta.url));
    // The server lives by its listening socket, not by this.
    worker.unref();
    worker.on('message', (answer: PasswordAnswer) => this.#asked?.resolve(answer));
    worker.on('error', (error) => this.#asked?.reject(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', () => {
      this.#worker = undefined;
      this.#asked?.reject(new Error('the password thread has ended'));
    });
    return worker;
  }
}

const unexpected = (answer: PasswordAnswer): Error => new Error(answer.is === 'failed' ? answer.reason : `hashing answered ${answer.is}`);
