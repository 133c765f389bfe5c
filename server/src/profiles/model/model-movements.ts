import type { SegmentId } from '../../kit/ids.ts';
import type { SegmentDay } from '../profile-store.ts';
import { ModelUniques } from './model-uniques.ts';
import { isHeldBy, isLive, liveSlot, segmentOf, type ModelUser } from './model-user.ts';

const secondsPerDay = 86_400;
type Reason = 'added' | 'removed' | 'expired';

/** Movements by segment and UTC day, counted the obvious way: who was in it before, and who is in it after? */
export class ModelMovements {
  readonly #counts = new Map<string, number>();
  readonly uniques = new ModelUniques();
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
  around(user: ModelUser, segment: SegmentId, change: (memberships: ModelUser['memberships']) => unknown): void {
    const before = isHeldBy(user, liveSlot(segment), this.#nowS);
    change(user.memberships);
    const after = isHeldBy(user, liveSlot(segment), this.#nowS);
    if (before !== after) this.#count(segment, after ? 'added' : 'removed', this.#nowS);
  }

  /** Users become the first one, who has `united`, or (null) nobody: whom a segment had twice it has once. */
  united(users: readonly [ModelUser, ...ModelUser[]], united: ModelUser['memberships'] | null): void {
    const [into, ...others] = users;
    for (const from of others) this.uniques.rename(from, into, this.today);
    for (const user of users) for (const slot of user.memberships.keys()) this.#countGone(user, slot, this.#nowS);
    for (const [slot, membership] of united ?? []) {
      const segment = segmentOf(slot);
      if (segment !== null && isLive(membership, this.#nowS)) this.#count(segment, 'removed', this.#nowS, -1);
    }
  }

  /** Of days since 1970. */
  get today(): number {
    return Math.floor(this.#nowS / secondsPerDay);
  }

  forget(segment: number): void {
    this.uniques.forget(liveSlot(segment));
    for (const key of this.#counts.keys()) if (key.startsWith(`${segment} `)) this.#counts.delete(key);
  }

  days(segment: number, days: number): SegmentDay[] {
    return Array.from({ length: days }, (_, i) => {
      const day = this.today - days + 1 + i;
      const of = (reason: Reason): number => this.#counts.get(keyOf(segment, day, reason)) ?? 0;
      const uniques = this.uniques.count(liveSlot(segment), day);
      return { day, added: of('added'), removed: of('removed'), expired: of('expired'), uniques, approximate: false };
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
