import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { hourOf } from './instant-statistics.ts';
import { InstantHourStore } from './store/instant-hour-store.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * Takes the logs, which name users, from hours that are old enough; the numbers stay. Done once a day it leaves no entry older than
 * `eraseDays` (`FOYER_ERASE_DAYS`): what an opt-out ended is younger than that (ingest.md section 1.6).
 */
export function dropInstantLogs(db: CatalogReader, nowMs: number, eraseDays: number): Promise<void> {
  // An hour of this age today would be too old by tomorrow's turn.
  return new InstantHourStore(db).dropLogsBefore(hourOf(nowMs - (eraseDays - 1) * dayMs + hourMs));
}
