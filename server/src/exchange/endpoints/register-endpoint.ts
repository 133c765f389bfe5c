import { refusal } from '../../kit/refusal.ts';
import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { EndpointTable } from '../../storage/sql/exchange-schema.ts';
import { nextRefreshOf } from '../audiences/refresh-audiences.ts';
import { exchangeErrors } from '../exchange-errors.ts';
import { startRefresh } from '../jobs/start-job.ts';
import { updateEndpoint } from '../store/endpoint-store.ts';
import type { Registration } from './read-definition.ts';

/** The columns that hold what was registered. */
export const registeredColumns = (registration: Registration) => ({
  name: registration.name,
  provider_name: registration.providerName,
  description: registration.description,
  hash_algorithm: registration.hashAlgorithm,
  source_type: registration.source?.type ?? null,
  source_url: registration.source?.url ?? null,
  destination_type: registration.destination?.type ?? null,
  destination_url: registration.destination?.url ?? null,
  share_actions: registration.destination ? JSON.stringify(registration.destination.shareActions) : null,
  identifiers: JSON.stringify(registration.identifiers),
  attributes: JSON.stringify(registration.attributes),
  definition: JSON.stringify(registration.definition),
});

/**
 * The endpoint's software registers it: it is Active from now on (exchange.md section 2.3). A pull producer that becomes Active, or is
 * called somewhere else than before, has its list of audiences read at once.
 * @throws Refusal exchange.endpointDisabled
 */
export async function registerEndpoint(
  change: CatalogChange,
  before: EndpointTable,
  registration: Registration,
  more: Partial<EndpointTable> = {},
): Promise<{ readonly endpointId: number; readonly status: string }> {
  if (before.status === 'DISABLED') throw refusal(exchangeErrors.endpointDisabled, { endpoint: before.id });
  const { source } = registration;
  const isNew = before.status !== 'ACTIVE' || before.source_type !== (source?.type ?? null) || before.source_url !== (source?.url ?? null);
  const refreshes = source?.type === 'pull' && isNew;
  const after = await updateEndpoint(change, before, {
    ...registeredColumns(registration),
    ...more,
    status: 'ACTIVE',
    last_error: before.status === 'ACTIVE' ? before.last_error : null,
    next_refresh_on: refreshes || source?.type !== 'pull' ? nextRefreshOf(registration, change.nowMs) : before.next_refresh_on,
  });
  if (refreshes) await startRefresh(change, after.member_id, after.id);
  return { endpointId: after.id, status: after.status };
}
