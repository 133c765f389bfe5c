import { refusal } from '../../../kit/refusal.ts';
import { shortened } from '../../../http/parameters.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { endpointInPath, segmentInPath } from '../../calls/path-parts.ts';
import { askPeer } from '../../endpoints/ask-peer.ts';
import { clientOf } from '../../endpoints/connection.ts';
import type { Endpoint } from '../../endpoints/endpoint.ts';
import { exchangeErrors } from '../../exchange-errors.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { offerRow } from '../../store/audience-store.ts';
import { requireEndpoint } from '../../store/endpoint-store.ts';
import { type Audience, audienceOf } from '../audience.ts';
import { audienceDetailOnWire, audienceDetailSchema } from '../audience-wire.ts';
import { readAudience as readKnown } from '../read-audience.ts';
import { offerOf } from '../refresh-audiences.ts';

/** `GET /v1/audiences/:endpointId/:segmentId`: a pull producer is asked now; where it does not answer, what is known of it (exchange-sharing.md section 3). */
export const readAudience = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'readAudience',
    method: 'GET',
    path: '/v1/audiences/:endpointId/:segmentId',
    summary: 'One audience, with its identifiers and attributes',
    access: { who: 'people', writes: false },
    answer: audienceDetailSchema,
    handle: async (call) => {
      const endpoint = await requireEndpoint(parts.catalog.read, call.memberId, endpointInPath(call));
      const id = segmentInPath(call);
      const audience = (await askLive(parts, endpoint, id)) ?? (await readKnown(parts, call.memberId, endpoint, id));
      if (!audience) throw refusal(exchangeErrors.notFound, { object: 'audience', id: shortened(id) });
      return { status: 200, json: audienceDetailOnWire(audience, endpoint) };
    },
  });

async function askLive(parts: ExchangeParts, endpoint: Endpoint, id: string): Promise<Audience | undefined> {
  const { source, status } = endpoint;
  if (status !== 'ACTIVE' || source?.type !== 'pull' || source.url === null) return undefined;
  const { url } = source;
  try {
    const segment = await askPeer(parts, endpoint, (signal) => clientOf(parts, endpoint, url, { retries: 0 }).readSegment(id, signal));
    if (segment.id !== id) return undefined;
    return audienceOf(offerRow(offerOf(segment), endpoint.id, endpoint.memberId, parts.clock.nowMs()), endpoint);
  } catch (error) {
    parts.log.info({ err: error, endpoint: endpoint.id }, 'an audience could not be asked of its endpoint; the known copy is shown');
    return undefined;
  }
}
