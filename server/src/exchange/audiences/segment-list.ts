import { type Static, Type } from 'typebox';
import { refusal } from '../../kit/refusal.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import type { AudienceTable } from '../../storage/sql/exchange-schema.ts';
import { idOnWire } from '../calls/exact-json.ts';
import { requireReach } from '../calls/exchange-caller.ts';
import type { ExchangeCall } from '../calls/exchange-operation.ts';
import { endpointInPath } from '../calls/path-parts.ts';
import { formatRfc3339OrNull } from '../calls/wire-time.ts';
import { type FieldFault, invalidFields } from '../calls/read-exchange-body.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import { exchangeErrors } from '../exchange-errors.ts';
import { isUsableId } from '../peer/peer-answers.ts';
import type { Offer } from '../store/audience-store.ts';
import { requireEndpoint } from '../store/endpoint-store.ts';
import { audienceOf } from './audience.ts';

const mostSegments = 10_000;

const attribute = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 256 }),
  type: Type.String({ minLength: 1, maxLength: 64 }),
  isIdentifier: Type.Optional(Type.Boolean({ description: "Where it is absent: whether the endpoint's registration names it as one" })),
});
const offered = Type.Object({
  id: Type.Union([Type.String({ minLength: 1, maxLength: 1024 }), Type.Integer()], {
    description: 'Opaque; whole numbers keep all digits',
  }),
  name: Type.String({ minLength: 1, maxLength: 1024 }),
  description: Type.Optional(Type.Union([Type.String({ maxLength: 10_000 }), Type.Null()])),
  type: Type.Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Null()])),
  segment_attributes: Type.Array(attribute, { minItems: 1, maxItems: 500 }),
  count: Type.Optional(Type.Union([Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }), Type.Null()])),
  lastModified: Type.Optional(Type.Union([Type.String({ maxLength: 40 }), Type.Null()])),
});

/** What a push producer offers (exchange.md section 2.4). */
export const segmentListSchema = Type.Array(offered, { maxItems: mostSegments });
export const offeredSegmentSchema = offered;
export const acceptedSchema = Type.Object({ accepted: Type.Integer() });

/** Whose list is it? @throws Refusal exchange.notFound, exchange.scope, exchange.badState */
export async function requirePushProducer(
  db: CatalogReader,
  call: Pick<ExchangeCall<unknown>, 'caller' | 'memberId' | 'path'>,
): Promise<Endpoint> {
  const endpoint = await requireEndpoint(db, call.memberId, endpointInPath(call));
  requireReach(call.caller, endpoint.id);
  if (endpoint.status !== 'ACTIVE' || endpoint.source?.type !== 'push')
    throw refusal(exchangeErrors.badState, { fault: `Endpoint ${endpoint.id} is no Active push producer: it offers no segments here` });
  return endpoint;
}

/** @throws Refusal exchange.invalid */
export function readOffers(list: Static<typeof segmentListSchema>): Offer[] {
  const faults: FieldFault[] = [];
  const offers = list.map((segment, at): Offer => {
    const segmentId = String(segment.id);
    if (!isUsableId(segmentId)) faults.push({ field: `${at}.id`, message: 'must be a text that can stand in a path' });
    const names = segment.segment_attributes.map(({ name }) => name.toLowerCase());
    for (const [place, name] of names.entries())
      if (names.indexOf(name) !== place)
        faults.push({ field: `${at}.segment_attributes.${place}.name`, message: 'is there twice; names are compared ignoring case' });
    return {
      segmentId,
      idIsNumber: typeof segment.id !== 'string',
      name: segment.name,
      description: segment.description ?? null,
      type: segment.type ?? null,
      columns: segment.segment_attributes.map(({ name, type, isIdentifier = null }) => ({ name, type, isIdentifier })),
      count: segment.count ?? null,
      lastModified: readTime(segment.lastModified ?? null, `${at}.lastModified`, faults),
    };
  });
  if (faults.length > 0) throw invalidFields(faults);
  return offers;
}

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;

function readTime(text: string | null, field: string, faults: FieldFault[]): number | null {
  if (text === null) return null;
  const ms = rfc3339.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(ms)) return ms;
  faults.push({ field, message: 'must be a time such as 2026-05-02T06:00:00Z' });
  return null;
}

/** As its owner wrote it, digits included. */
export function offerOnWire(row: AudienceTable, endpoint: Endpoint) {
  const { columns } = audienceOf(row, endpoint);
  const given = JSON.parse(row.columns) as readonly { readonly name: string; readonly type: string }[];
  return {
    id: idOnWire(row.segment_id, row.id_is_number === 1),
    name: row.name,
    description: row.description,
    type: row.type,
    segment_attributes: given.map(({ name, type }, at) => ({ name, type, isIdentifier: columns[at]?.isIdentifier ?? false })),
    count: row.count,
    lastModified: formatRfc3339OrNull(row.last_modified),
  };
}
