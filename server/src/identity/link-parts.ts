import type { CatalogView } from '../catalog-view/catalog-view.ts';
import type { Clock } from '../kit/clock.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';

/** What the routes of `/identity-link` share. */
export interface LinkParts {
  readonly view: Pick<CatalogView, 'current'>;
  readonly profiles: Pick<ProfileStore, 'get' | 'getMany' | 'link' | 'links' | 'unlink'>;
  readonly clock: Clock;
  /** In lower case (`eidSources` of resolve-user.ts). */
  readonly eidSources: ReadonlySet<string>;
  /** `FOYER_MAPPING_TTL_S`: how long an external id names a user. */
  readonly mappingTtlS: number;
}
