import { totalmem } from 'node:os';

/** How long a look at the process's memory counts: asking the operating system costs some 10 microseconds. */
const restAgeMs = 250;
/** From this part of the limit on no users are made (ingest.md section 1.6). */
const fullAt = 0.9;
/** What a server takes where nobody has set a limit. */
const defaultPart = 0.8;

/**
 * How much memory the server may use, and how much it uses.
 *
 * What counts is the resident memory of the whole process as the operating system tells it (code, JavaScript heap, SQLite's
 * pages, buffers, and profiles as far as they were touched), but profiles at least with what was allocated for them: pages
 * that were asked for and not touched yet will be. The rest of the process is looked at at most four times a second, the
 * engine's own part is exact at each call; so a jump of the JavaScript heap is seen a quarter of a second late, and garbage
 * that the heap has not given back counts too.
 */
export class MemoryBudget {
  readonly limitBytes: number;
  readonly #now: () => number;
  readonly #residentBytes: () => number;
  #restBytes = 0;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  /** `configuredBytes`: 0 for 80% of what the process may use. */
  constructor(configuredBytes: number, now = () => performance.now(), residentBytes = () => process.memoryUsage.rss()) {
    this.limitBytes = configuredBytes === 0 ? Math.floor(usableBytes() * defaultPart) : configuredBytes;
    this.#now = now;
    this.#residentBytes = residentBytes;
  }

  /** At which use no users are made any more. */
  get fullAtBytes(): number {
    return Math.floor(this.limitBytes * fullAt);
  }

  /** Bytes of the process that are not the engine's, which holds `engineBytes` now. */
  restBytes(engineBytes: number): number {
    const nowMs = this.#now();
    if (nowMs - this.#lookedAtMs >= restAgeMs) {
      this.#lookedAtMs = nowMs;
      this.#restBytes = Math.max(0, this.#residentBytes() - engineBytes);
    }
    return this.#restBytes;
  }
}

/** What the process may use: the limit of its container where there is a real one, else the machine's memory. */
export function usableBytes(constrained: number = process.constrainedMemory(), machine: number = totalmem()): number {
  return constrained > 0 && constrained < machine ? constrained : machine;
}
