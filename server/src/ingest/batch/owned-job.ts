import { sightOf } from '../../access/acting-member.ts';
import { notFound } from '../../http/answers.ts';
import { httpErrors } from '../../http/http-errors.ts';
import type { Call, ParameterDoc } from '../../http/operation.ts';
import { shortened } from '../../http/parameters.ts';
import { refusal } from '../../kit/refusal.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import type { BatchJob } from './batch-job.ts';
import { findBatchJob } from './store/batch-job-store.ts';

/** Parameters of operations on one job. */
export const jobParameters: readonly ParameterDoc[] = [
  { name: 'job_id', description: 'The job' },
  { name: 'member_id', description: 'For administrators: the member. Default: any' },
];

/** The job that a call names. That of another member is not there. @throws Refusal http.missingParameter, http.notFound */
export async function ownedJob(call: Call, db: CatalogReader): Promise<BatchJob> {
  const member = sightOf(call, 'member_id');
  const jobId = call.parameters.text('job_id');
  if (jobId === undefined || jobId === '') throw refusal(httpErrors.missingParameter, { name: 'job_id' });
  const job = await findBatchJob(db, jobId);
  if (!job || (member !== null && job.member_id !== member)) throw notFound('batch job', 'job_id', shortened(jobId));
  return job;
}
