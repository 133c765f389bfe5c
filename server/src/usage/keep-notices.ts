import type { Logger } from 'pino';
import type { CatalogView } from '../catalog-view/catalog-view.ts';
import type { Clock } from '../kit/clock.ts';
import type { MemoryBudget } from '../profiles/memory-budget.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import type { Catalog } from '../storage/sql/catalog.ts';
import { LimitWatch } from './limit-watch.ts';
import type { MembershipLimits } from './membership-limits.ts';

const limitLookIntervalMs = 10_000;

/** Looks at limits every few seconds, and tells of those that come near. */
export function keepNotices(parts: {
  readonly catalog: Catalog;
  readonly view: CatalogView;
  readonly memberships: MembershipLimits;
  readonly memory: MemoryBudget;
  readonly profiles: ProfileStore;
  readonly clock: Clock;
  readonly log: Logger;
}): { stop(): void } {
  const { profiles, memory, log } = parts;
  const watch = new LimitWatch({
    ...parts,
    memory: () => {
      const { memoryBytes } = profiles.stats();
      return { value: memoryBytes + memory.restBytes(memoryBytes), maximum: memory.limitBytes };
    },
  });
  const failed = (error: unknown): void => log.error({ err: error }, 'limits could not be told of; they are looked at again');
  const timer = setInterval(() => void watch.look().catch(failed), limitLookIntervalMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
