import type { ShareTable } from '../../../storage/sql/exchange-schema.ts';
import { callerName } from '../../calls/exchange-caller.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { invalidFields } from '../../calls/read-exchange-body.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { startJob } from '../../jobs/start-job.ts';
import { firstOccurrences } from '../../schedules/occurrences.ts';
import { insertShare } from '../../store/share-store.ts';
import { checkShare, refuseProblems } from '../check-share.ts';
import { describedShare, type DescribedShare, shareFaults } from '../read-share.ts';
import { newShareSchema, shareAnswer } from '../share-schema.ts';
import { shareOnWire } from '../share-wire.ts';

/** `POST /v1/shares`. With NOW its first job begins in the same transaction (exchange-sharing.md section 5). */
export const createShare = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'createShare',
    method: 'POST',
    path: '/v1/shares',
    summary: 'Share an audience: now, later, or again and again',
    access: { who: 'people', writes: true },
    body: newShareSchema,
    answer: shareAnswer,
    repeatable: true,
    async handle({ memberId, caller, body, change }) {
      const faults = shareFaults(body, parts.clock.nowMs());
      if (faults.length > 0) throw invalidFields(faults);
      const described = describedShare(body);
      refuseProblems((await checkShare(parts, memberId, described)).problems);
      return change(async (made) => {
        const id = await made.newIds('share');
        const owner = { id, memberId, createdBy: callerName(caller) ?? 'operator' };
        const share = await insertShare(made, newShareRow(described, owner, made.nowMs));
        const job = share.schedule.type === 'NOW' ? await startJob(made, share, false) : undefined;
        return { status: 201, json: shareOnWire({ ...share, lastJobId: job?.jobId ?? null }) };
      });
    },
  });

function newShareRow(
  described: DescribedShare,
  owner: { readonly id: number; readonly memberId: number; readonly createdBy: string },
  nowMs: number,
): ShareTable {
  const { source, destination, schedule } = described;
  const [first] = firstOccurrences(schedule, nowMs, 1);
  return {
    id: owner.id,
    member_id: owner.memberId,
    name: described.name,
    source_endpoint_id: source.endpointId,
    source_segment_id: source.segmentId,
    destination_endpoint_id: destination.endpointId,
    destination_segment_id: destination.segmentId,
    new_segment: destination.newSegment && JSON.stringify(destination.newSegment),
    identity_mapping: JSON.stringify(described.identityMapping),
    attribute_mappings: JSON.stringify(described.attributeMappings),
    share_action: described.shareAction,
    schedule: JSON.stringify(schedule),
    allow_empty_replace: Number(described.allowEmptyReplace),
    enabled: 1,
    disabled_reason: null,
    created_by: owner.createdBy,
    created_on: nowMs,
    last_modified: nowMs,
    next_run_on: first?.atMs ?? null,
    occurrences: first?.index ?? 0,
    failures: 0,
    last_job_id: null,
    deleted_on: null,
  };
}
