import type { Clock } from '../../kit/clock.ts';
import type { SegmentId } from '../../kit/ids.ts';
import { neverEnds } from '../../profiles/operation-batch.ts';
import type { ProfileStore, SegmentDay } from '../../profiles/profile-store.ts';
import { scanPageWords } from '../../profiles/scan-page.ts';

export const secondsPerDay = 86_400;
/** The most days, back and ahead, that anybody may ask for. */
export const mostDays = 90;

/** What a segment holds at one moment. */
export interface SegmentSize {
  readonly asOfMs: number;
  readonly liveUsers: number;
  /** By UTC day from that of `asOfMs` on: users whose membership ends on it. */
  readonly expiring: readonly number[];
  readonly neverExpiring: number;
  /** What happened on the last `mostDays` UTC days, the oldest first, today last. */
  readonly days: readonly SegmentDay[];
}

interface Held {
  readonly atMs: number;
  readonly size: Promise<SegmentSize>;
}

/** Sizes may be ten seconds old (additions.md section 8); with the time that a scan takes they are, at half of it. */
const keptMs = 5_000;
const usersPerPage = 1 << 14;

export interface SegmentSizesOptions {
  readonly profiles: Pick<ProfileStore, 'evaluate' | 'movements' | 'scan'>;
  readonly clock: Clock;
}

/**
 * Sizes of segments, read from their memberships: exact to the second, which the store's own counts are not (they follow an expiry
 * within a minute). A size is kept for a few seconds and read once for all who ask meanwhile; scans follow each other, so that
 * nobody's questions take the store's threads from others.
 */
export class SegmentSizes {
  readonly #options: SegmentSizesOptions;
  readonly #held = new Map<SegmentId, Held>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: SegmentSizesOptions) {
    this.#options = options;
  }

  /** In the order asked. */
  async of(segments: readonly SegmentId[]): Promise<readonly SegmentSize[]> {
    const nowMs = this.#options.clock.nowMs();
    for (const [segment, { atMs }] of this.#held) if (nowMs - atMs >= keptMs) this.#held.delete(segment);
    const wanted = [...new Set(segments)].filter((segment) => !this.#held.has(segment));
    const ready = this.#last.then(() => this.#gather(wanted));
    if (wanted.length > 0) this.#last = ready.catch(() => {});
    for (const segment of wanted) this.#held.set(segment, { atMs: nowMs, size: this.#sizeOf(segment, ready) });
    return Promise.all(segments.map((segment) => this.#held.get(segment)?.size ?? this.#sizeOf(segment, ready)));
  }

  /** Has the store collect who is in these segments, in one pass over all users, so that scans read members alone. */
  async #gather(segments: readonly SegmentId[]): Promise<void> {
    await Promise.all(segments.map((segment) => this.#options.profiles.evaluate({ segment })));
  }

  #sizeOf(segment: SegmentId, ready: Promise<void>): Promise<SegmentSize> {
    const size = ready.then(() => this.#scan(segment));
    this.#last = Promise.all([this.#last, size]).catch(() => {});
    // A size that could not be read must not be answered again.
    size.catch(() => this.#held.delete(segment));
    return size;
  }

  async #scan(segment: SegmentId): Promise<SegmentSize> {
    const { profiles, clock } = this.#options;
    const asOfMs = clock.nowMs();
    const [days = []] = await profiles.movements([segment], mostDays);
    const today = Math.floor(asOfMs / 1000 / secondsPerDay);
    const expiring = Array.from({ length: mostDays }, () => 0);
    let liveUsers = 0;
    let neverExpiring = 0;
    for (let cursor: number | null = null; ;) {
      const page = await profiles.scan(segment, cursor, usersPerPage);
      const { count, memberships } = page;
      liveUsers += count;
      for (let at = 0; at < count * scanPageWords; at += scanPageWords) {
        const lifetime = memberships[at + 2] ?? neverEnds;
        if (lifetime === neverEnds) neverExpiring += 1;
        else {
          const day = Math.floor(((memberships[at + 1] ?? 0) + lifetime * 60) / secondsPerDay) - today;
          if (day >= 0 && day < mostDays) expiring[day] = (expiring[day] ?? 0) + 1;
        }
      }
      if (page.next === null) return { asOfMs, liveUsers, expiring, neverExpiring, days };
      cursor = page.next;
    }
  }
}
