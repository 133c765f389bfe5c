import type { Clock } from '../../kit/clock.ts';
import type { MemberId } from '../../kit/ids.ts';
import type { SyncDayStore } from './store/sync-day-store.ts';
import type { SyncedIds, SyncOutcome } from './synced-ids.ts';

export interface SyncHealthOptions {
  readonly store: SyncDayStore;
  readonly clock: Clock;
  readonly flushIntervalMs?: number;
  /** A write that failed; what it held is kept and written with the next one. */
  readonly onFailure: (error: unknown) => void;
}

/** What is being counted. */
interface Counted extends SyncedIds {
  ids: number;
}

const dayMs = 86_400_000;
const defaultFlushIntervalMs = 5000;

/** The begin of the UTC day that a time lies in. */
export const dayOf = (ms: number): number => Math.floor(ms / dayMs) * dayMs;

/**
 * How syncs of each member go, by UTC day. Counting is in memory; what was counted is written every few seconds, before it is read and on
 * close. A crash loses at most the interval.
 */
export class SyncHealth {
  readonly #options: SyncHealthOptions;
  #pending = new Map<MemberId, Counted[]>();
  #flushing: Promise<void> = Promise.resolve();
  readonly #timer: NodeJS.Timeout;

  constructor(options: SyncHealthOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.flush().catch(options.onFailure), options.flushIntervalMs ?? defaultFlushIntervalMs);
    this.#timer.unref();
  }

  count(member: MemberId, outcome: SyncOutcome, ids: number): void {
    if (ids > 0) this.#add(member, dayOf(this.#options.clock.nowMs()), outcome, ids);
  }

  #add(member: MemberId, day: number, outcome: SyncOutcome, ids: number): void {
    let counted = this.#pending.get(member);
    if (counted === undefined) this.#pending.set(member, (counted = []));
    const before = counted.find((each) => each.outcome === outcome && each.day === day);
    if (before === undefined) counted.push({ member, day, outcome, ids });
    else before.ids += ids;
  }

  /** Writes what has been counted so far. Flushes run one after the other. */
  flush(): Promise<void> {
    const write = (): Promise<void> => this.#write();
    this.#flushing = this.#flushing.then(write, write);
    return this.#flushing;
  }

  /** A member's days up to this moment, both ends included. */
  async read(member: MemberId, from: number, to: number): Promise<readonly { day: number; outcome: string; ids: number }[]> {
    await this.flush();
    return await this.#options.store.read(member, dayOf(from), dayOf(to));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush().catch(this.#options.onFailure);
  }

  async #write(): Promise<void> {
    const taken = [...this.#pending.values()].flat();
    if (taken.length === 0) return;
    this.#pending = new Map();
    try {
      await this.#options.store.add(taken);
    } catch (error) {
      for (const { member, day, outcome, ids } of taken) this.#add(member, day, outcome, ids);
      throw error;
    }
  }
}
