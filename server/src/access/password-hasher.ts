import { hash, verify } from '@node-rs/argon2';
import { BoundedQueue } from '../kit/bounded-queue.ts';
import { refusal } from '../kit/refusal.ts';
import { accessErrors } from './access-errors.ts';

/** argon2id with 19 MiB, two passes, one lane: the first of OWASP's recommended settings. */
const settings = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/**
 * Hashes and checks passwords, one at a time: hashing runs on the threads that also sync files, and a flood of logins must not
 * take them all. More than `queueLength` waiting are turned away with 503.
 */
export class PasswordHasher {
  readonly #queue: BoundedQueue;
  /** Checked where a name is unknown, so that it takes as long as a known one. */
  #decoy: Promise<string> | undefined;

  constructor(queueLength: number) {
    this.#queue = new BoundedQueue(queueLength);
  }

  hash(password: string): Promise<string> {
    return this.#enqueue(() => hash(password, settings));
  }

  /** Does the password fit? An undefined hash (no such account) takes the same time and fits never. */
  verify(passwordHash: string | undefined, password: string): Promise<boolean> {
    return this.#enqueue(async () => {
      this.#decoy ??= hash('an account that does not exist', settings);
      const fits = await verify(passwordHash ?? (await this.#decoy), password);
      return fits && passwordHash !== undefined;
    });
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const queued = this.#queue.run(work);
    if (!queued) throw refusal(accessErrors.loginQueueFull, {}, { headers: { 'retry-after': '1' } });
    return queued;
  }
}
