import type { Clock } from '../../kit/clock.ts';

export interface ModelProfileStoreOptions {
  readonly clock: Clock;
  readonly maxMembershipsPerProfile?: number;
  readonly maxLinksPerUser?: number;
  /** No users and no links are made from so many users on; stands in for a memory limit. */
  readonly maxUsers?: number;
  readonly holdExternals?: boolean;
}
