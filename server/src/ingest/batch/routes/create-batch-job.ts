import { actingMember, changeContext } from '../../../access/acting-member.ts';
import { oneAnswer } from '../../../http/answers.ts';
import { type AccountOperation, type Call, type EnvelopeAnswer, writing } from '../../../http/operation.ts';
import { refusal } from '../../../kit/refusal.ts';
import { formatTimestamp } from '../../../kit/timestamp.ts';
import { requireMember } from '../../../members/read-member.ts';
import { batchErrors } from '../batch-errors.ts';
import { type BatchJob, failed, mostWaitingJobs, newJobId, supersededUpload } from '../batch-job.ts';
import { requestedJobSchema } from '../batch-job-schema.ts';
import type { BatchParts } from '../batch-parts.ts';
import { countUnderWay, findByIdempotencyKey, insertBatchJob } from '../store/batch-job-store.ts';

/** `POST /batch-segment?member_id=`: a job and the URL that its file goes to (ingest.md section 4.1). */
export const createBatchJob = (parts: BatchParts): AccountOperation => ({
  id: 'createBatchJob',
  method: 'POST',
  paths: ['/batch-segment'],
  summary: 'Ask for a batch upload: a job and the URL to send the file to (Batch Segment Service)',
  access: { ...writing, tokenInQuery: true },
  answer: requestedJobSchema,
  parameters: [
    { name: 'member_id', description: 'For administrators: the member that uploads. Default: the own one' },
    { name: 'validate_only', description: 'true: everything but the write; the report says what would happen' },
  ],
  async handle(call) {
    const member = actingMember(call, 'member_id', 'own');
    const validateOnly = call.parameters.flag('validate_only') ?? false;
    const key = idempotencyKeyOf(call);
    const job = await parts.catalog.change(changeContext(call, 'createBatchJob'), async (change) => {
      await requireMember(change.db, member);
      const known = key === null ? undefined : await findByIdempotencyKey(change.db, member, key);
      if (known) {
        if ((known.validate_only === 1) !== validateOnly) throw refusal(batchErrors.keyUsedOtherwise, { before: String(!validateOnly) });
        return known;
      }
      const count = await countUnderWay(change.db, member);
      if (count >= mostWaitingJobs) throw refusal(batchErrors.tooManyJobs, { count, limit: mostWaitingJobs });
      await change.db
        .updateTable('batch_segment_job')
        .set({ ...failed(supersededUpload), last_modified: change.nowMs })
        .where('member_id', '=', member)
        .where('phase', '=', 'starting')
        .execute();
      return insertBatchJob(change, { jobId: newJobId(), memberId: member, kind: 'upload', validateOnly, idempotencyKey: key });
    });
    return requestedAnswer(parts, call, job);
  },
});

function requestedAnswer({ urls }: BatchParts, call: Call, job: BatchJob): EnvelopeAnswer {
  const requested = {
    job_id: job.job_id,
    id: job.id,
    member_id: job.member_id,
    last_modified: formatTimestamp(job.last_modified),
    upload_url: urls.of(job.job_id, call.facts),
  };
  return oneAnswer('batch_segment_upload_job', requested, { id: job.id });
}

/** @throws Refusal batch.keyUnreadable */
function idempotencyKeyOf({ facts }: Call): string | null {
  const key = facts.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(key)) throw refusal(batchErrors.keyUnreadable);
  return key;
}
