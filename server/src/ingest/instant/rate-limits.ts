import { type Refusal, refusal } from '../../kit/refusal.ts';
import type { MemberId } from '../../kit/ids.ts';
import { instantLimit, type MemberIngest } from '../../members/ingest-settings.ts';
import { instantErrors } from './instant-errors.ts';

const windowMs = 1000;

/** What was accepted within the last second, to the millisecond. Holds at most one entry a millisecond. */
export class SlidingSecond {
  #times: number[] = [];
  #amounts: number[] = [];
  #first = 0;
  #total = 0;

  /** The amounts accepted less than a second ago. Entries that lie ahead (the clock went back) do not count. */
  total(nowMs: number): number {
    while (this.#first < this.#times.length) {
      const age = nowMs - (this.#times[this.#first] ?? 0);
      if (age >= 0 && age < windowMs) break;
      this.#total -= this.#amounts[this.#first] ?? 0;
      this.#first += 1;
    }
    if (this.#first > windowMs) {
      this.#times = this.#times.slice(this.#first);
      this.#amounts = this.#amounts.slice(this.#first);
      this.#first = 0;
    }
    return this.#total;
  }

  add(nowMs: number, amount: number): void {
    const last = this.#times.length - 1;
    if (last >= this.#first && this.#times[last] === nowMs) this.#amounts[last] = (this.#amounts[last] ?? 0) + amount;
    else {
      this.#times.push(nowMs);
      this.#amounts.push(amount);
    }
    this.#total += amount;
  }
}

interface Windows {
  readonly posts: SlidingSecond;
  readonly reads: SlidingSecond;
  readonly users: SlidingSecond;
}

/**
 * The limits of the instant service: accepted calls and users per sliding second, per member and route (ingest.md section 3.3).
 * Asking and accepting are two steps, because only what is accepted counts; both happen in one turn of the event loop.
 */
export class RateLimits {
  readonly #defaultsApply: boolean;
  readonly #members = new Map<MemberId, Windows>();

  /** @param defaultsApply `FOYER_RT_RATE_LIMIT`: off lifts the defaults, not limits that were set for a member. */
  constructor(defaultsApply: boolean) {
    this.#defaultsApply = defaultsApply;
  }

  /** @throws Refusal instant.tooManyWrites */
  checkPost(member: MemberId, ingest: MemberIngest, nowMs: number): void {
    const limit = instantLimit(ingest, 'instant_posts_per_second', this.#defaultsApply);
    if (limit !== null && this.#windows(member).posts.total(nowMs) >= limit) throw exceeded('tooManyWrites', limit);
  }

  /**
   * Counts the call, or refuses it for its users. A call is not refused for its own size alone: the first one of a second passes.
   * @throws Refusal instant.tooManyUsers
   */
  acceptPost(member: MemberId, ingest: MemberIngest, users: number, nowMs: number): void {
    const limit = instantLimit(ingest, 'instant_users_per_second', this.#defaultsApply);
    const windows = this.#windows(member);
    if (limit !== null && users > 0) {
      const before = windows.users.total(nowMs);
      if (before > 0 && before + users > limit) throw exceeded('tooManyUsers', limit);
    } else windows.users.total(nowMs);
    windows.posts.total(nowMs);
    windows.posts.add(nowMs, 1);
    if (users > 0) windows.users.add(nowMs, users);
  }

  /** @throws Refusal instant.tooManyReads */
  acceptRead(member: MemberId, ingest: MemberIngest, nowMs: number): void {
    const limit = instantLimit(ingest, 'instant_reads_per_second', this.#defaultsApply);
    const { reads } = this.#windows(member);
    const before = reads.total(nowMs);
    if (limit !== null && before >= limit) throw exceeded('tooManyReads', limit);
    reads.add(nowMs, 1);
  }

  #windows(member: MemberId): Windows {
    let windows = this.#members.get(member);
    if (!windows) {
      windows = { posts: new SlidingSecond(), reads: new SlidingSecond(), users: new SlidingSecond() };
      this.#members.set(member, windows);
    }
    return windows;
  }
}

const exceeded = (kind: 'tooManyWrites' | 'tooManyUsers' | 'tooManyReads', limit: number): Refusal =>
  refusal(instantErrors[kind], { limit }, { headers: { 'retry-after': '1' } });
