import { Type } from 'typebox';
import { asMemberId, asSegmentId } from '../../../kit/ids.ts';
import { refusalOf } from '../../../kit/refusal.ts';
import { countRows, type RowCounts } from '../../built-in/count-rows.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { formatRfc3339 } from '../../calls/wire-time.ts';
import { type FieldFault, readExchangeBody } from '../../calls/read-exchange-body.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { firstOccurrences } from '../../schedules/occurrences.ts';
import { checkShare, ownSegment, problemsOnWire, type ShareCheck } from '../check-share.ts';
import { type DescribedShare, describedShare, shareFaults } from '../read-share.ts';
import { dryRunAnswer, type NewShare, newShareSchema } from '../share-schema.ts';

const runsShown = 5;

/** Any object is taken: its faults are problems that the answer tells of. */
const body = Type.Union([Type.Object({}, { additionalProperties: true }), newShareSchema]);

/** `POST /v1/shares/dry-run`: what a share would do, without making it. */
export const dryRunShare = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'dryRunShare',
    method: 'POST',
    path: '/v1/shares/dry-run',
    summary: 'Check a share and count what it would send; nothing is kept',
    access: { who: 'people', writes: false },
    body,
    answer: dryRunAnswer,
    repeatable: true,
    async handle(call) {
      const nowMs = parts.clock.nowMs();
      const { share, faults } = readNewShare(call.body, nowMs);
      const problems = faults.map((fault) => ({ code: 'INVALID_REQUEST', ...fault }));
      if (!share) return { status: 200, json: { valid: false, problems, ...nothingKnown, nextRuns: [] } };
      const check = await checkShare(parts, call.memberId, share);
      problems.push(...problemsOnWire(check.problems));
      const hasTimes = !faults.some(({ field }) => field.startsWith('schedule'));
      const nextRuns = hasTimes ? firstOccurrences(share.schedule, nowMs, runsShown) : [];
      return {
        status: 200,
        json: {
          valid: problems.length === 0,
          problems,
          ...(await numbers(parts, call.memberId, share, check)),
          nextRuns: nextRuns.map(({ atMs }) => formatRfc3339(atMs)),
        },
      };
    },
  });

/** No share where the body has another shape. */
function readNewShare(sent: unknown, nowMs: number): { share: DescribedShare | undefined; faults: readonly FieldFault[] } {
  let read: NewShare;
  try {
    read = readExchangeBody(newShareSchema, sent);
  } catch (error) {
    const refused = refusalOf(error);
    if (!refused) throw error;
    return { share: undefined, faults: refused.details as readonly FieldFault[] };
  }
  return { share: describedShare(read), faults: shareFaults(read, nowMs) };
}

type Numbers = { readonly [Name in keyof RowCounts]: number | null } & { readonly replaceRemoves: number | null };
const nothingKnown: Numbers = { rowsAvailable: null, wouldSend: null, wouldReject: null, replaceRemoves: null };

/** Own segments are gone over; of other sources only what they say is known (exchange-sharing.md section 5). */
async function numbers(parts: ExchangeParts, memberId: number, share: DescribedShare, check: ShareCheck): Promise<Numbers> {
  const { source, audience, mapping } = check;
  const replaceRemoves = await removedBy(parts, memberId, share, check);
  if (source?.kind !== 'internal') return { ...nothingKnown, rowsAvailable: audience?.count ?? null, replaceRemoves };
  if (!mapping) return { ...nothingKnown, replaceRemoves };
  const segment = asSegmentId(Number(share.source.segmentId));
  return { ...(await countRows(parts.profiles, parts.clock, { segment, member: asMemberId(memberId) }, mapping)), replaceRemoves };
}

async function removedBy(
  parts: ExchangeParts,
  memberId: number,
  share: DescribedShare,
  { destination }: ShareCheck,
): Promise<number | null> {
  const { segmentId } = share.destination;
  if (share.shareAction !== 'REPLACE' || segmentId === null || destination?.kind !== 'internal') return null;
  const segment = ownSegment(parts, memberId, segmentId);
  return segment === undefined ? null : parts.profiles.evaluate({ segment });
}
