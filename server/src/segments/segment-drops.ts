import { asSegmentId } from '../kit/ids.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import type { CatalogReader } from '../storage/sql/catalog-schema.ts';
import { dropsDone, pendingDrops } from './store/segment-store.ts';

/**
 * Ends the memberships of deleted segments. Catalog and profiles share no transaction, so the deletion leaves a note that is
 * taken away only when the profile store has dropped the segment; what a crash left over is done at the next start.
 */
export class SegmentDrops {
  readonly #db: CatalogReader;
  readonly #profiles: Pick<ProfileStore, 'dropSegment'>;

  constructor(db: CatalogReader, profiles: Pick<ProfileStore, 'dropSegment'>) {
    this.#db = db;
    this.#profiles = profiles;
  }

  async drop(segmentIds: readonly number[]): Promise<void> {
    await Promise.all(segmentIds.map((id) => this.#profiles.dropSegment(asSegmentId(id))));
    await dropsDone(this.#db, segmentIds);
  }

  /** What an earlier process left undone. */
  async resume(): Promise<void> {
    await this.drop(await pendingDrops(this.#db));
  }
}
