import { type Refusal, refusal, RefusedFault } from '../../kit/refusal.ts';
import { catalogErrors } from './catalog-errors.ts';

/** How long a client waits before it sends again what the database did not take. */
const retryAfterS = 5;

/**
 * The database could not read or write its files (disk full, failed write), or cannot be reached; what was asked was not done. The
 * SQL is kept out of it.
 */
export class CatalogUnavailable extends RefusedFault {
  override readonly name: string = 'CatalogUnavailable';

  override refused(): Refusal {
    return refusal(catalogErrors.unavailable, {}, { cause: this, headers: { 'retry-after': String(retryAfterS) } });
  }
}

/**
 * The connection went while a change was being committed: nobody can say whether it was made. Answered without Retry-After, so that
 * no client sends it a second time by itself.
 */
export class CommitInDoubt extends RefusedFault {
  override readonly name = 'CommitInDoubt';

  override refused(): Refusal {
    return refusal(catalogErrors.inDoubt, {}, { cause: this });
  }
}
