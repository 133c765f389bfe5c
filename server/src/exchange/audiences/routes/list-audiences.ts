import { Type } from 'typebox';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { pageParameters, pageReply, readPage } from '../../calls/paged.ts';
import type { Endpoint } from '../../endpoints/endpoint.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { type AudienceSearch, searchOffered } from '../../store/audience-store.ts';
import { readBuiltInEndpoint, readEndpoints } from '../../store/endpoint-store.ts';
import { type Audience, audienceOf } from '../audience.ts';
import { audienceOnWire, audienceSchema } from '../audience-wire.ts';
import { searchBuiltIn } from '../built-in-audiences.ts';

/** `GET /v1/audiences`: what all Active sources of the member offer, by endpoint and id (exchange-sharing.md section 3). */
export const listAudiences = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'listAudiences',
    method: 'GET',
    path: '/v1/audiences',
    summary: 'Audiences that the member can share',
    access: { who: 'people', writes: false },
    parameters: [
      { name: 'search', description: 'Text of the name or the description, whatever its case' },
      { name: 'endpointId', description: 'Of this endpoint alone' },
      ...pageParameters,
    ],
    answer: Type.Array(audienceSchema),
    handle: async (call) => {
      const page = readPage(call, ['number', 'string']);
      const search = call.parameters.text('search');
      const found = await searchAudiences(parts, {
        member: call.memberId,
        endpoint: call.parameters.id('endpointId'),
        search: search === '' ? undefined : search,
        after: page.after,
        most: page.limit + 1,
      });
      return pageReply(
        call,
        page,
        found,
        ({ audience }) => [audience.endpointId, audience.segmentId],
        ({ audience, endpoint }) => audienceOnWire(audience, endpoint),
      );
    },
  });

/** The built-in endpoint's audiences stand in another table: both lists are read as far as the page may reach, and merged. */
async function searchAudiences(
  parts: ExchangeParts,
  search: AudienceSearch,
): Promise<readonly { readonly audience: Audience; readonly endpoint: Endpoint }[]> {
  const db = parts.catalog.read;
  const builtIn = await readBuiltInEndpoint(db, search.member);
  const wanted = (id: number): boolean => search.endpoint === undefined || search.endpoint === id;
  const own = builtIn && wanted(builtIn.id) ? await searchBuiltIn(parts, builtIn, search) : [];
  const rows = await searchOffered(db, search);
  const endpoints = new Map(
    (await readEndpoints(db, search.member, [...new Set(rows.map((row) => row.endpoint_id))])).map((e) => [e.id, e]),
  );
  const offered = rows.flatMap((row) => {
    const endpoint = endpoints.get(row.endpoint_id);
    return endpoint ? [{ audience: audienceOf(row, endpoint), endpoint }] : [];
  });
  const builtInOnes = builtIn ? own.map((audience) => ({ audience, endpoint: builtIn })) : [];
  return [...offered, ...builtInOnes].toSorted((a, b) => a.endpoint.id - b.endpoint.id).slice(0, search.most);
}
