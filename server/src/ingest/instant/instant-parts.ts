import type { CatalogView } from '../../catalog-view/catalog-view.ts';
import type { Clock } from '../../kit/clock.ts';
import type { ProfileStore } from '../../profiles/profile-store.ts';
import { createProfileWriter, type ProfileWriter } from '../../profiles/profile-writer.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { InstantStatistics } from './instant-statistics.ts';
import { RateLimits } from './rate-limits.ts';
import { InstantHourStore } from './store/instant-hour-store.ts';

export interface InstantOptions {
  readonly view: Pick<CatalogView, 'current'>;
  readonly profiles: Pick<ProfileStore, 'apply' | 'get' | 'restore'>;
  /** The counted way into `profiles`, where others use it too. */
  readonly writer?: ProfileWriter;
  readonly db: CatalogReader;
  readonly clock: Clock;
  /** `FOYER_RT_RATE_LIMIT`. */
  readonly defaultLimitsApply: boolean;
  /** `FOYER_HOLD_EXTERNAL`: an external id without a mapping is valid. */
  readonly holdsExternals?: boolean;
  /** Told of statistics that could not be written yet. */
  readonly onStatisticsFailure: (error: unknown) => void;
  readonly flushIntervalMs?: number;
}

/** What the routes of the instant service share. */
export interface InstantParts {
  readonly view: Pick<CatalogView, 'current'>;
  readonly profiles: Pick<ProfileStore, 'get'>;
  readonly writer: ProfileWriter;
  readonly clock: Clock;
  readonly limits: RateLimits;
  readonly holdsExternals: boolean;
  readonly statistics: InstantStatistics;
  /** Writes what has been counted. Call it when no calls are in flight any more, before the catalog closes. */
  close(): Promise<void>;
}

const defaultFlushIntervalMs = 5000;

export function createInstantParts(options: InstantOptions): InstantParts {
  const { view, profiles, db, clock, defaultLimitsApply, onStatisticsFailure, flushIntervalMs = defaultFlushIntervalMs } = options;
  const writer = options.writer ?? createProfileWriter(profiles);
  const statistics = new InstantStatistics({ store: new InstantHourStore(db), clock, flushIntervalMs, onFailure: onStatisticsFailure });
  const limits = new RateLimits(defaultLimitsApply);
  const { holdsExternals = false } = options;
  return { view, profiles, writer, clock, limits, holdsExternals, statistics, close: () => statistics.close() };
}
