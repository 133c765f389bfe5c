import type { Registry } from 'prom-client';
import type { CatalogView } from '../../catalog-view/catalog-view.ts';
import { RedirectHosts } from '../../identity/redirect-hosts.ts';
import { SyncCounts } from '../../identity/sync-counts.ts';
import type { SyncParts } from '../../identity/sync-parts.ts';
import { type VisitorParts, Visitors } from '../../identity/visitors.ts';
import type { Clock } from '../../kit/clock.ts';
import type { ProfileStore } from '../../profiles/profile-store.ts';
import type { ProfileWriter } from '../../profiles/profile-writer.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { PixelCounts } from './pixel-counts.ts';
import { SyncDayStore } from './store/sync-day-store.ts';
import { SyncHealth } from './sync-health.ts';

export interface PixelOptions extends Omit<VisitorParts, 'profiles'> {
  readonly view: Pick<CatalogView, 'current'>;
  readonly profiles: Pick<ProfileStore, 'standing' | 'see' | 'link' | 'forget'>;
  readonly writer: ProfileWriter;
  readonly db: CatalogReader;
  readonly clock: Clock;
  readonly registry: Registry;
  /** `FOYER_REDIRECT_HOSTS`. */
  readonly redirectHosts: readonly string[];
  /** `FOYER_MAPPING_TTL_S`. */
  readonly mappingTtlS: number;
}

/** What the routes of user sync, pixels and mapuid share. */
export interface PixelParts extends SyncParts {
  readonly view: Pick<CatalogView, 'current'>;
  readonly errors: PixelCounts;
  readonly health: SyncHealth;
  readonly writer: ProfileWriter;
  readonly profiles: Pick<ProfileStore, 'link' | 'forget'>;
  readonly clock: Clock;
  readonly mappingTtlS: number;
}

export function createPixelParts(options: PixelOptions): PixelParts {
  const { view, profiles, writer, db, clock, registry, redirectHosts, mappingTtlS, onFailure } = options;
  const hosts = new RedirectHosts(redirectHosts, view);
  return {
    view,
    visitors: new Visitors(options),
    hosts,
    counts: new SyncCounts(registry, hosts.allowsAll),
    errors: new PixelCounts(registry),
    health: new SyncHealth({ store: new SyncDayStore(db), clock, onFailure }),
    writer,
    profiles,
    clock,
    mappingTtlS,
  };
}
