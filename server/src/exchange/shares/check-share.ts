import { asMemberId, asSegmentId } from '../../kit/ids.ts';
import { type Refusal, refusal } from '../../kit/refusal.ts';
import type { Audience } from '../audiences/audience.ts';
import { segmentIdOf } from '../audiences/built-in-audiences.ts';
import { readAudience } from '../audiences/read-audience.ts';
import { invalidFields } from '../calls/read-exchange-body.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import { exchangeErrors } from '../exchange-errors.ts';
import type { ExchangeParts } from '../exchange-parts.ts';
import { readEndpoint } from '../store/endpoint-store.ts';
import { type MappingProblem, type ResolvedMapping, resolveMapping } from './mapping.ts';
import type { Share } from './share.ts';

/** What of a share is checked when it is saved. */
export type CheckedShare = Pick<Share, 'source' | 'destination' | 'identityMapping' | 'attributeMappings' | 'shareAction'>;

interface ShareProblem extends Omit<MappingProblem, 'code'> {
  readonly code: 'INVALID_REQUEST' | 'NOT_FOUND' | 'BAD_STATE' | 'INVALID_MAPPING';
  /** Of NOT_FOUND. */
  readonly missing?: { readonly object: string; readonly id: string | number };
}

export interface ShareCheck {
  readonly problems: readonly ShareProblem[];
  /** Each undefined where it was not found. */
  readonly source: Endpoint | undefined;
  readonly audience: Audience | undefined;
  readonly destination: Endpoint | undefined;
  /** Undefined where there are problems. */
  readonly mapping: ResolvedMapping | undefined;
}

const missing = (field: string, object: string, id: string | number): ShareProblem => ({
  code: 'NOT_FOUND',
  field,
  message: `names the ${object} ${id}, which is not there`,
  missing: { object, id },
});
const invalid = (field: string, message: string): ShareProblem => ({ code: 'INVALID_REQUEST', field, message });

/** Holds a share to what is there now (exchange-sharing.md section 5, Checks). Nobody is called. */
export async function checkShare(parts: ExchangeParts, member: number, share: CheckedShare): Promise<ShareCheck> {
  const source = await readEndpoint(parts.catalog.read, member, share.source.endpointId);
  const destination = await readEndpoint(parts.catalog.read, member, share.destination.endpointId);
  const problems = [
    ...(source ? endpointProblems(source, 'source') : [missing('source.endpointId', 'endpoint', share.source.endpointId)]),
    ...(destination
      ? endpointProblems(destination, 'destination')
      : [missing('destination.endpointId', 'endpoint', share.destination.endpointId)]),
  ];
  if (source && source.id === destination?.id) problems.push(invalid('destination.endpointId', 'must not be the source endpoint'));
  const audience = source && (await readAudience(parts, member, source, share.source.segmentId));
  if (source?.source && !audience) problems.push(missing('source.segmentId', 'audience', share.source.segmentId));
  if (destination?.destination) problems.push(...destinationProblems(parts, member, destination, share));
  const mapped = source?.source && audience && destination?.destination ? resolveMapping(source, audience, destination, share) : undefined;
  problems.push(...(mapped?.problems ?? []));
  return { problems, source, audience, destination, mapping: problems.length > 0 ? undefined : mapped?.resolved };
}

function endpointProblems(endpoint: Endpoint, side: 'source' | 'destination'): ShareProblem[] {
  const field = `${side}.endpointId`;
  if (endpoint.status !== 'ACTIVE')
    return [{ code: 'BAD_STATE', field, message: `names endpoint ${endpoint.id}, which is ${endpoint.status.toLowerCase()}, not active` }];
  return endpoint[side] === null ? [invalid(field, `names endpoint ${endpoint.id}, which is no ${side} of audiences`)] : [];
}

function destinationProblems(parts: ExchangeParts, member: number, endpoint: Endpoint, share: CheckedShare): ShareProblem[] {
  const { segmentId } = share.destination;
  const problems: ShareProblem[] = [];
  const offered = endpoint.destination?.shareActions ?? [];
  if (!offered.includes(share.shareAction))
    problems.push(invalid('shareAction', `must be one that the destination offers: ${offered.join(', ')}`));
  if (segmentId === null && share.shareAction !== 'ADD') problems.push(invalid('destination.newSegment', 'goes only with the action ADD'));
  if (endpoint.kind === 'internal' && segmentId !== null && ownSegment(parts, member, segmentId) === undefined)
    problems.push(missing('destination.segmentId', 'segment', segmentId));
  return problems;
}

/** One of the member's own active segments. */
export function ownSegment({ view }: Pick<ExchangeParts, 'view'>, member: number, segmentId: string) {
  const id = segmentIdOf(segmentId);
  const segment = id === undefined ? undefined : view.current().segment(asSegmentId(id));
  return segment?.active && segment.memberId === asMemberId(member) ? segment.id : undefined;
}

/** The one code that a call with these problems is answered with: the body's own faults first, what it names then. */
const order = ['NOT_FOUND', 'INVALID_REQUEST', 'BAD_STATE', 'INVALID_MAPPING'] as const;

/** @throws Refusal exchange.invalid, notFound, badState or invalidMapping, with every problem in `details` */
export function refuseProblems(problems: readonly ShareProblem[]): void {
  if (problems.length > 0) throw refusalFor(problems);
}

function refusalFor(problems: readonly ShareProblem[]): Refusal {
  const first = order.flatMap((code) => problems.filter((problem) => problem.code === code)).at(0);
  const details = problems.map(({ field, message, source, destination }) => ({
    field,
    message,
    ...(source === undefined ? {} : { source, destination }),
  }));
  const fault = first ? `${first.field}: ${first.message}` : '';
  if (first?.missing) return refusal(exchangeErrors.notFound, { ...first.missing }, { details });
  if (first?.code === 'BAD_STATE') return refusal(exchangeErrors.badState, { fault }, { details });
  if (first?.code === 'INVALID_MAPPING') return refusal(exchangeErrors.invalidMapping, { fault }, { details });
  return invalidFields(details);
}

/** As dry-runs show them. */
export const problemsOnWire = (problems: readonly ShareProblem[]) => problems.map(({ code, field, message }) => ({ code, field, message }));
