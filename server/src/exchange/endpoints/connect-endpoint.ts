import { byServer, type CatalogChange } from '../../storage/sql/catalog-change.ts';
import { nextRefreshOf, putRefreshed } from '../audiences/refresh-audiences.ts';
import type { ExchangeParts } from '../exchange-parts.ts';
import type { PeerSegment } from '../peer/peer-answers.ts';
import { PeerFault } from '../peer/peer-faults.ts';
import { readEndpointEver, recordEndpoint } from '../store/endpoint-store.ts';
import { clientOf } from './connection.ts';
import type { Endpoint } from './endpoint.ts';
import { calledUrls } from './read-definition.ts';

/** The whole list, over all pages; nobody should have to wait longer for the outcome. */
const checkMs = 60_000;

/**
 * Checks the connection to an endpoint, beside the call that asked for it: `GET {url}/v1/segments` makes it Active, anything else leaves
 * what it is with the reason in `lastError` (exchange-sharing.md section 2). Checks of one endpoint follow each other, so that the last word is
 * about the values that were given last.
 */
export function startConnecting(parts: ExchangeParts, endpoint: number): void {
  const check = checkAfter(parts, endpoint, parts.checks.get(endpoint)).finally(() => {
    if (parts.checks.get(endpoint) === check) parts.checks.delete(endpoint);
  });
  parts.checks.set(endpoint, check);
}

async function checkAfter(parts: ExchangeParts, endpoint: number, before: Promise<void> | undefined): Promise<void> {
  await before;
  try {
    await checkConnection(parts, endpoint);
  } catch (error) {
    parts.log.error({ err: error, endpoint }, 'the connection of an endpoint could not be checked');
  }
}

/** Checks that a stop of the server cut short: Pending endpoints of which nobody knows yet whether they answer. */
export async function resumeConnecting(parts: ExchangeParts): Promise<void> {
  const waiting = await parts.catalog.read
    .selectFrom('endpoint')
    .select('id')
    .where('status', '=', 'PENDING')
    .where('connect_type', '=', 'DIRECTCONNECT')
    .where('definition', 'is not', null)
    .where('last_error', 'is', null)
    .where('deleted_on', 'is', null)
    .execute();
  for (const { id } of waiting) startConnecting(parts, id);
}

async function checkConnection(parts: ExchangeParts, id: number): Promise<void> {
  const { catalog, peers } = parts;
  const endpoint = await readEndpointEver(catalog.read, id);
  if (!endpoint || peers.stopping.aborted) return;
  const found = await askAll(parts, endpoint);
  if (found === undefined) return;
  await catalog.change(byServer('connectEndpoint'), async (change) => {
    const now = await change.db
      .selectFrom('endpoint')
      .selectAll()
      .where('id', '=', id)
      .where('deleted_on', 'is', null)
      .where('status', '!=', 'DISABLED')
      .executeTakeFirst();
    if (!now) return;
    const outcome = 'error' in found ? { last_error: found.error } : { last_error: null, status: 'ACTIVE' };
    const after = { ...now, ...outcome, last_modified: change.nowMs };
    await change.db.updateTable('endpoint').set(after).where('id', '=', id).execute();
    if ('segments' in found) await keepList(change, endpoint, found.segments);
    recordEndpoint(change, now, after);
  });
}

/** A producer's list is at hand: it is its first refresh. */
async function keepList(change: CatalogChange, endpoint: Endpoint, segments: readonly PeerSegment[] | undefined): Promise<void> {
  if (segments) await putRefreshed(change, endpoint, segments);
  else
    await change.db
      .updateTable('endpoint')
      .set({ next_refresh_on: nextRefreshOf(endpoint, change.nowMs) })
      .where('id', '=', endpoint.id)
      .execute();
}

/** Undefined: the server stops. */
async function askAll(
  parts: ExchangeParts,
  endpoint: Endpoint,
): Promise<{ readonly segments: readonly PeerSegment[] | undefined } | { readonly error: string } | undefined> {
  const { stopping } = parts.peers;
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(checkMs)]);
  let segments: readonly PeerSegment[] | undefined;
  try {
    for (const url of calledUrls(endpoint)) {
      const list = await clientOf(parts, endpoint, url, { retries: 0 }).listSegments(signal);
      if (endpoint.source?.type === 'pull' && url === endpoint.source.url) segments = list;
    }
    return { segments };
  } catch (error) {
    if (stopping.aborted) return undefined;
    if (error instanceof PeerFault) return { error: error.message };
    if (signal.aborted) return { error: `The endpoint did not list its segments within ${checkMs / 1000} seconds` };
    throw error;
  }
}
