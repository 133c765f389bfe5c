import type { Clock } from '../../kit/clock.ts';
import type { MemberId } from '../../kit/ids.ts';
import { addCounts, emptyCounts, type HourCounts } from './hour-counts.ts';
import type { InstantHourStore, MemberHour } from './store/instant-hour-store.ts';

export interface InstantStatisticsOptions {
  readonly store: InstantHourStore;
  readonly clock: Clock;
  readonly flushIntervalMs: number;
  /** A write that failed; its counts are kept and written with the next ones. */
  readonly onFailure: (error: unknown) => void;
}

const hourMs = 3_600_000;
/** Hours that are written in one transaction, so that no commit holds the catalog up for long. */
const hoursPerWrite = 50;

/** The begin of the UTC hour that a time lies in. */
export const hourOf = (ms: number): number => Math.floor(ms / hourMs) * hourMs;

/**
 * Counts of the instant service by member and UTC hour. Counting is synchronous and in memory; what was counted is written to
 * the catalog every few seconds, before it is read and on close. A crash loses at most the interval.
 */
export class InstantStatistics {
  readonly #options: InstantStatisticsOptions;
  /** Counted and not written yet, by hour and member. */
  #pending = new Map<number, Map<MemberId, HourCounts>>();
  #flushing: Promise<void> = Promise.resolve();
  /** The flush that waits for the one in progress. It will write everything counted until it begins, so all who ask meanwhile share it. */
  #nextFlush: Promise<void> | null = null;
  readonly #timer: NodeJS.Timeout;

  constructor(options: InstantStatisticsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.flush().catch(options.onFailure), options.flushIntervalMs);
    this.#timer.unref();
  }

  /** What this member's calls are counted in now. Do not keep it. */
  counts(member: MemberId): HourCounts {
    const hour = hourOf(this.#options.clock.nowMs());
    let members = this.#pending.get(hour);
    if (!members) this.#pending.set(hour, (members = new Map()));
    let counts = members.get(member);
    if (!counts) members.set(member, (counts = emptyCounts()));
    return counts;
  }

  /** Writes what has been counted so far. Flushes run one after the other. */
  flush(): Promise<void> {
    if (this.#nextFlush) return this.#nextFlush;
    const write = (): Promise<void> => {
      this.#nextFlush = null;
      return this.#write();
    };
    this.#nextFlush = this.#flushing = this.#flushing.then(write, write);
    return this.#flushing;
  }

  /** A member's hours with traffic, ascending, up to this moment; both ends included. */
  async *read(member: MemberId, fromHour: number, toHour: number): AsyncGenerator<MemberHour> {
    await this.flush();
    yield* this.#options.store.read(member, fromHour, toHour);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    // What cannot be written now is lost with the process; that must not keep the rest from closing.
    await this.flush().catch(this.#options.onFailure);
  }

  async #write(): Promise<void> {
    const taken = this.#pending;
    if (taken.size === 0) return;
    this.#pending = new Map();
    const hours: MemberHour[] = [];
    for (const [hour, members] of taken) for (const [member, counts] of members) hours.push({ member, hour, counts });
    for (let at = 0; at < hours.length; at += hoursPerWrite) {
      try {
        await this.#options.store.add(hours.slice(at, at + hoursPerWrite));
      } catch (error) {
        this.#putBack(hours.slice(at));
        throw error;
      }
    }
  }

  #putBack(hours: readonly MemberHour[]): void {
    for (const { member, hour, counts } of hours) {
      const members = this.#pending.get(hour) ?? new Map<MemberId, HourCounts>();
      const later = members.get(member);
      if (later) addCounts(counts, later);
      members.set(member, counts);
      this.#pending.set(hour, members);
    }
  }
}
