import { mostMembershipsPerProfile } from '../memory/membership-slabs.ts';

/** What may be refused. Replaying the log refuses nothing: what was once accepted stays so when an option shrinks. */
export interface CoreLimits {
  readonly maxMembershipsPerProfile: number;
  readonly maxLinksPerUser: number;
  /** From here on no users and no links are made. */
  readonly memoryLimitBytes: number;
  /** An external id without a mapping is a user of its own (`FOYER_HOLD_EXTERNAL`, ingest.md section 1.5). */
  readonly holdExternals: boolean;
}

export const replayLimits: CoreLimits = {
  maxMembershipsPerProfile: mostMembershipsPerProfile,
  maxLinksPerUser: Number.POSITIVE_INFINITY,
  memoryLimitBytes: Number.POSITIVE_INFINITY,
  holdExternals: true,
};
