import type { SegmentId } from '../../kit/ids.ts';
import type { SegmentDay } from '../profile-store.ts';
import { isHeldBy, isLive, liveSlot, segmentOf, type ModelUser } from './model-user.ts';

const secondsPerDay = 86_400;
type Reason = Exclude<keyof SegmentDay, 'day'>;

/** Movements by segment and UTC day, counted the obvious way: who was in it before, and who is in it after? */
export class ModelMovements {
  readonly #counts = new Map<string, number>();
  #nowS: number;

  constructor(nowS: number) {
    this.#nowS = nowS;
  }

  /** Before every change: what began and ended meanwhile, each at its own moment. */
  passTime(users: Iterable<ModelUser>, nowS: number): void {
    const fromS = this.#nowS;
    this.#nowS = nowS;
    if (fromS === nowS) return;
    const isPassed = (atS: number): boolean => fromS < atS && atS <= nowS;
    for (const user of users) {
      for (const [slot, { addedAtS, lifetimeMinutes }] of user.memberships) {
        const segment = segmentOf(slot);
        const endS = lifetimeMinutes === null ? Number.POSITIVE_INFINITY : addedAtS + lifetimeMinutes * 60;
        if (segment === null || endS === addedAtS) continue;
        if (isPassed(addedAtS)) this.#count(segment, 'added', addedAtS);
        if (isPassed(endS)) this.#count(segment, 'expired', endS);
      }
    }
  }

  /** Around a change to one user in one segment. */
  around(user: ModelUser, segment: SegmentId, change: () => unknown): void {
    const before = isHeldBy(user, liveSlot(segment), this.#nowS);
    change();
    const after = isHeldBy(user, liveSlot(segment), this.#nowS);
    if (before !== after) this.#count(segment, after ? 'added' : 'removed', this.#nowS);
  }

  /** Users become one, who has `united`, or (null) nobody: whom a segment had twice it has once. */
  united(users: readonly ModelUser[], united: ModelUser['memberships'] | null): void {
    for (const user of users) for (const slot of user.memberships.keys()) this.#countGone(user, slot, this.#nowS);
    for (const [slot, membership] of united ?? []) {
      const segment = segmentOf(slot);
      if (segment !== null && isLive(membership, this.#nowS)) this.#count(segment, 'removed', this.#nowS, -1);
    }
  }

  forget(segment: number): void {
    for (const key of this.#counts.keys()) if (key.startsWith(`${segment} `)) this.#counts.delete(key);
  }

  days(segment: number, days: number): SegmentDay[] {
    return Array.from({ length: days }, (_, i) => {
      const day = Math.floor(this.#nowS / secondsPerDay) - days + 1 + i;
      const of = (reason: Reason): number => this.#counts.get(keyOf(segment, day, reason)) ?? 0;
      return { day, added: of('added'), removed: of('removed'), expired: of('expired') };
    });
  }

  #countGone(user: ModelUser, slot: string, atS: number): void {
    const segment = segmentOf(slot);
    if (segment !== null && isHeldBy(user, slot, atS)) this.#count(segment, 'removed', atS);
  }

  #count(segment: number, reason: Reason, atS: number, by = 1): void {
    const key = keyOf(segment, Math.floor(atS / secondsPerDay), reason);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + by);
  }
}

const keyOf = (segment: number, day: number, reason: Reason): string => `${segment} ${day} ${reason}`;
