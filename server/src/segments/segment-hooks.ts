import type { CatalogChange } from '../storage/sql/catalog-change.ts';
import type { CatalogReader } from '../storage/sql/catalog-schema.ts';
import type { ForeignSight } from './foreign-sight.ts';

/** Rules about segments that look forward, implemented by later domains and joined in compose.ts. */
export interface SegmentHooks {
  /** Which foreign segments are available to this member? */
  availableTo(db: CatalogReader, member: number): Promise<ForeignSight>;
  /** Refuses a change of these segments to advertiser level (a segment on a sharing list cannot). */
  checkAdvertiserLevel(db: CatalogReader, segmentId: number): Promise<void>;
  /**
   * Called before these segments are deactivated or leave member level (`unshared`); what it answers is called after, in the same
   * transaction (whoever loses sight of them is told).
   */
  beforeSightEnds(change: CatalogChange, segmentIds: readonly number[], reason: 'deactivated' | 'unshared'): Promise<() => Promise<void>>;
  /** What must go with deleted segments, in the same transaction. What it answers is called when they are gone. */
  onDelete(change: CatalogChange, segmentIds: readonly number[]): Promise<() => Promise<void>>;
}
