import { mostMembershipsPerProfile } from '../memory/membership-slabs.ts';

/** What may be refused. Replaying the log refuses nothing: what was once accepted stays so when an option shrinks. */
export interface CoreLimits {
  readonly maxMembershipsPerProfile: number;
  readonly maxLinksPerUser: number;
  /** Are users and links refused, where the engine holds so many bytes? May change its mind between two calls. */
  readonly isFull: (engineBytes: number) => boolean;
  /** An external id without a mapping is a user of its own (`FOYER_HOLD_EXTERNAL`, ingest.md section 1.5). */
  readonly holdExternals: boolean;
  /** Beyond so much the largest sets of distinct users become sketches (`FOYER_UNIQUES_BYTES`). */
  readonly uniquesBytes: number;
}

export const replayLimits: CoreLimits = {
  maxMembershipsPerProfile: mostMembershipsPerProfile,
  maxLinksPerUser: Number.POSITIVE_INFINITY,
  isFull: () => false,
  holdExternals: true,
  uniquesBytes: Number.POSITIVE_INFINITY,
};
