import { sightOf } from '../../../access/acting-member.ts';
import { addressedIds, addressedList, listAnswer, notFound, oneAnswer, onlyOf } from '../../../http/answers.ts';
import { readListRequest, trimmed } from '../../../http/list-parameters.ts';
import { metaOperation } from '../../../http/meta-operation.ts';
import { type AccountOperation, type Call, type EnvelopeAnswer, reading } from '../../../http/operation.ts';
import { shortened } from '../../../http/parameters.ts';
import type { BatchJob } from '../batch-job.ts';
import { batchJobSchema } from '../batch-job-schema.ts';
import { batchJobFields, batchJobOnWire } from '../batch-job-wire.ts';
import type { BatchParts } from '../batch-parts.ts';
import { findBatchJob, listBatchJobs as listRows } from '../store/batch-job-store.ts';

const key = 'batch_segment_upload_job';

/** `GET /batch-segment`: the last 30 days' jobs, or one with `job_id` or `id`; on impression-bus hosts that one in an array (ingest.md section 4.6). */
export const listBatchJobs = (parts: BatchParts): AccountOperation => ({
  id: 'listBatchJobs',
  method: 'GET',
  paths: ['/batch-segment', '/batch-segment/:first'],
  summary: 'How batch jobs get on and what became of them (Batch Segment Service)',
  access: { ...reading, tokenInQuery: true },
  answer: batchJobSchema,
  parameters: [
    { name: 'member_id', description: 'For administrators: the member. Default: all' },
    { name: 'job_id', description: 'One job' },
  ],
  async handle(call) {
    const member = sightOf(call, 'member_id');
    const jobId = call.parameters.text('job_id');
    if (jobId === undefined || jobId === '') return listed(parts, call, member);
    const list = readListRequest(call.parameters, batchJobFields);
    const job = await findBatchJob(parts.catalog.read, jobId);
    if (!job || (member !== null && job.member_id !== member)) throw notFound('batch job', 'job_id', shortened(jobId));
    return oneJob(parts, call, trimmed(shown(parts, job), list.shown));
  },
});

async function listed(parts: BatchParts, call: Call, member: number | null): Promise<EnvelopeAnswer> {
  const ids = addressedIds(call.parameters, call.path.first);
  const list = addressedList(readListRequest(call.parameters, batchJobFields), ids);
  const { rows, count } = await listRows(parts.catalog.read, member, list, parts.clock.nowMs());
  const jobs = rows.map((row) => trimmed(shown(parts, row), list.shown));
  if (!list.one) return listAnswer(key, jobs, count, list);
  return oneJob(parts, call, onlyOf(key, list.one, jobs));
}

const shown = ({ clock, running }: BatchParts, job: BatchJob) => batchJobOnWire(job, clock.nowMs(), running.paceOf(job));

/** The host decides the shape, not the kind of member. */
function oneJob({ proxy, settings }: BatchParts, call: Call, job: object): EnvelopeAnswer {
  const host = proxy.host(call.facts).replace(/:\d+$/, '').toLowerCase();
  const { fields, outputTerm } = oneAnswer(key, job);
  return settings.impressionBusHosts.has(host) ? { fields: { ...fields, [key]: [job] }, outputTerm } : { fields, outputTerm };
}

/** `GET /batch-segment/meta`. */
export const describeBatchJobs = (): AccountOperation =>
  metaOperation('describeBatchJobs', ['/batch-segment'], 'batch jobs', batchJobFields);
