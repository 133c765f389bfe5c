import { byServer, type CatalogChange } from '../../storage/sql/catalog-change.ts';
import { clientOf } from '../endpoints/connection.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import type { ExchangeParts } from '../exchange-parts.ts';
import { startRefresh } from '../jobs/start-job.ts';
import type { PeerSegment } from '../peer/peer-answers.ts';
import { PeerFault } from '../peer/peer-faults.ts';
import { dropOffers, type Offer, putOffers } from '../store/audience-store.ts';
import { readEndpointEver } from '../store/endpoint-store.ts';

const dayMs = 24 * 3600_000;

type Parts = Pick<ExchangeParts, 'catalog' | 'secrets' | 'peers'>;

/** When the list of an Active endpoint is read again; null: never, it is no pull producer. */
export const nextRefreshOf = ({ source }: Pick<Endpoint, 'source'>, nowMs: number): number | null =>
  source?.type === 'pull' ? nowMs + dayMs : null;

/**
 * Reads a pull producer's list of audiences again and puts it in place of the one that is known. When that fails the old list stays, and
 * the endpoint says why in `lastError` (exchange-sharing.md section 3).
 * @param signal gives it up; default: the stop of the server
 * @throws PeerFault after five retries; the signal's reason
 */
export async function refreshAudiences(parts: Parts, endpointId: number, signal: AbortSignal = parts.peers.stopping): Promise<void> {
  const { catalog } = parts;
  const endpoint = await readEndpointEver(catalog.read, endpointId);
  if (!endpoint || endpoint.source?.type !== 'pull' || endpoint.source.url === null) return;
  let segments: readonly PeerSegment[];
  try {
    segments = await clientOf(parts, endpoint, endpoint.source.url).listSegments(signal);
  } catch (error) {
    if (error instanceof PeerFault)
      await catalog.change(byServer('refreshAudiences'), async (change) => {
        await change.db.updateTable('endpoint').set({ last_error: error.message }).where('id', '=', endpointId).execute();
      });
    throw error;
  }
  await catalog.change(byServer('refreshAudiences'), (change) => putRefreshed(change, endpoint, segments));
}

/** Puts a list that a pull producer answered in place of the one that is known; of an endpoint that was deleted meanwhile none is. */
export async function putRefreshed(change: CatalogChange, endpoint: Endpoint, segments: readonly PeerSegment[]): Promise<void> {
  const now = await change.db
    .updateTable('endpoint')
    .set((eb) => ({
      refreshed_on: change.nowMs,
      last_error: null,
      next_refresh_on: eb.case().when('status', '=', 'ACTIVE').then(nextRefreshOf(endpoint, change.nowMs)).else(null).end(),
    }))
    .where('id', '=', endpoint.id)
    .where('deleted_on', 'is', null)
    .executeTakeFirst();
  if (now.numUpdatedRows === 0n) return;
  await dropOffers(change, endpoint.id);
  await putOffers(change, { endpoint: endpoint.id, member: endpoint.memberId }, segments.map(offerOf));
}

/** Begins a refresh of every Active pull producer whose day is over. @returns how many */
export async function dueRefreshes({ catalog, clock }: Pick<ExchangeParts, 'catalog' | 'clock'>): Promise<number> {
  const due = await catalog.read
    .selectFrom('endpoint')
    .select(['id', 'member_id'])
    .where('next_refresh_on', '<=', clock.nowMs())
    .where('status', '=', 'ACTIVE')
    .where('deleted_on', 'is', null)
    .execute();
  for (const { id, member_id } of due)
    await catalog.change(byServer('refreshAudiences'), async (change) => {
      // The next one is due in a day even if this one fails.
      await change.db
        .updateTable('endpoint')
        .set({ next_refresh_on: change.nowMs + dayMs })
        .where('id', '=', id)
        .execute();
      await startRefresh(change, member_id, id);
    });
  return due.length;
}

/** A segment of a peer as an offer of its endpoint. Columns that stand as both are identifiers. */
export function offerOf(segment: PeerSegment): Offer {
  const identifiers = new Set(segment.identifiers.map(({ name }) => name.toLowerCase()));
  return {
    segmentId: segment.id,
    idIsNumber: segment.idIsNumber,
    name: segment.name,
    description: segment.description,
    type: segment.type,
    columns: [
      ...segment.identifiers.map(({ name, type }) => ({ name, type, isIdentifier: true })),
      ...segment.attributes
        .filter(({ name }) => !identifiers.has(name.toLowerCase()))
        .map(({ name, type }) => ({ name, type, isIdentifier: false })),
    ],
    count: segment.count,
    lastModified: segment.lastModifiedMs,
  };
}
