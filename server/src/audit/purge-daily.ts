import type { Clock } from '../kit/clock.ts';
import type { CatalogReader } from '../storage/sql/catalog-schema.ts';
import { purgeAuditEvents } from './store/audit-store.ts';

export interface PurgeParts {
  readonly db: CatalogReader;
  readonly clock: Clock;
  /** `FOYER_AUDIT_DAYS`. */
  readonly keptDays: number;
  readonly onFailure: (error: unknown) => void;
}

const dayMs = 24 * 3_600_000;

/** Deletes old events of the audit trail now and then once a day. Answers the way to stop, which resolves when nothing runs any more. */
export function purgeDaily({ db, clock, keptDays, onFailure }: PurgeParts): () => Promise<void> {
  let running = Promise.resolve();
  const purge = (): void => {
    running = purgeAuditEvents(db, clock.nowMs(), keptDays).then(() => {}, onFailure);
  };
  purge();
  const timer = setInterval(purge, dayMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    return running;
  };
}
