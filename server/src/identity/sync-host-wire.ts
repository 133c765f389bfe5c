import { formatTimestamp } from '../kit/timestamp.ts';
import type { SyncHostTable } from '../storage/sql/catalog-schema.ts';

/** A sync host as `/sync-host` shows it. */
export const syncHostOnWire = (row: SyncHostTable) => ({
  id: row.id,
  member_id: row.member_id,
  host: row.host,
  state: row.state,
  last_modified: formatTimestamp(row.last_modified),
});

/** Says on every answer of the service that nothing depends on it while the operator lets every host pass. */
export function warnWhereAllPass(redirectHosts: readonly string[], warnings: string[]): void {
  if (redirectHosts.includes('*'))
    warnings.push('FOYER_REDIRECT_HOSTS is *, so syncs may lead to every host, whether it is named here or not');
}
