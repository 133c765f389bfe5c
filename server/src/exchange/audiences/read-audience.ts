import { refusal } from '../../kit/refusal.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import { exchangeErrors } from '../exchange-errors.ts';
import type { ExchangeParts } from '../exchange-parts.ts';
import { readOffered } from '../store/audience-store.ts';
import { type Audience, audienceOf } from './audience.ts';
import { readBuiltInAudience } from './built-in-audiences.ts';

/** An audience of a source of the member, from its list or from the member's own segments; nobody is called. Undefined: it offers no such one. */
export async function readAudience(
  parts: Pick<ExchangeParts, 'catalog' | 'profiles' | 'clock'>,
  member: number,
  endpoint: Endpoint,
  segmentId: string,
): Promise<Audience | undefined> {
  if (endpoint.memberId !== member || endpoint.source === null) return undefined;
  if (endpoint.kind === 'internal') return readBuiltInAudience(parts, endpoint, segmentId);
  const row = await readOffered(parts.catalog.read, endpoint.id, segmentId);
  return row && audienceOf(row, endpoint);
}

/** @throws Refusal exchange.notFound */
export async function requireAudience(
  parts: Pick<ExchangeParts, 'catalog' | 'profiles' | 'clock'>,
  member: number,
  endpoint: Endpoint,
  segmentId: string,
): Promise<Audience> {
  const audience = await readAudience(parts, member, endpoint, segmentId);
  if (!audience) throw refusal(exchangeErrors.notFound, { object: 'audience', id: segmentId });
  return audience;
}
