import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type AccountOperation, reading } from '../../../http/operation.ts';
import { refusal } from '../../../kit/refusal.ts';
import { batchErrors } from '../batch-errors.ts';
import { type BatchJob, hasEnded } from '../batch-job.ts';
import type { BatchParts } from '../batch-parts.ts';
import { jobParameters, ownedJob } from '../owned-job.ts';

/** `GET /batch-segment-rejects?job_id=`: every refused line of a job that has ended, with its number, counters and reasons. */
export const readBatchRejects = ({ catalog, folders }: BatchParts): AccountOperation => ({
  id: 'readBatchRejects',
  method: 'GET',
  paths: ['/batch-segment-rejects'],
  summary: 'Every refused line of a batch job: line number, codes, message, and last the line itself',
  access: { ...reading, tokenInQuery: true },
  wire: { answer: 'bare' },
  parameters: jobParameters,
  async handle(call) {
    const job = await ownedJob(call, catalog.read);
    if (!hasEnded(job)) throw refusal(batchErrors.noRejects, { reason: `it is ${job.phase} and the file is there when it has ended` });
    const path = folders.of(job.id).rejects;
    const size = await stat(path).then(
      (file) => file.size,
      () => null,
    );
    if (size === null) throw refusal(batchErrors.noRejects, { reason: whyNone(job) });
    return {
      status: 200,
      headers: {
        'content-type': 'text/tab-separated-values; charset=iso-8859-1',
        'content-length': String(size),
        'content-disposition': `attachment; filename="rejects-${job.job_id}.tsv"`,
        'cache-control': 'no-store',
      },
      stream: createReadStream(path, { end: Math.max(0, size - 1) }),
    };
  },
});

function whyNone({ kind, phase, error_code: code, files_until: until }: BatchJob): string {
  if (kind === 'undo') return 'it undid another one and read no lines';
  if (phase === 'error' && code !== 'processing-error') return 'no line of its file was read';
  return until === null ? 'its files were kept for three days and are gone' : 'no line of its file was read';
}
