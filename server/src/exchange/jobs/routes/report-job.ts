import { Type } from 'typebox';
import { refusal } from '../../../kit/refusal.ts';
import type { CatalogChange } from '../../../storage/sql/catalog-change.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { exchangeErrors } from '../../exchange-errors.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { holdJob, jobFiles, moveJob, readJob, type ShareJob } from '../../store/share-job-store.ts';
import { endJob, type JobEnd } from '../end-job.ts';
import { exchangeJobOnWire } from '../exchange-job-wire.ts';
import { hasEnded, type JobStatus } from '../job-status.ts';
import { jobOfEndpoint, noSuchJob } from '../owned-job.ts';
import { rowsOf } from '../received-files.ts';
import { preparedOf } from '../stage.ts';

const textOrNull = Type.Optional(Type.Union([Type.String({ maxLength: 4000 }), Type.Null()]));
const body = Type.Object({
  status: Type.Union([Type.Literal('COMPLETE'), Type.Literal('FAILED')]),
  subStatus: textOrNull,
  errorDetails: textOrNull,
});

/** `PUT /v1/jobs/{jobId}`: a pull consumer tells what became of the files that it fetched (exchange.md section 2.6). */
export const reportJob = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'reportJob',
    method: 'PUT',
    path: '/v1/jobs/:job',
    summary: 'Report that a job was loaded, or that it failed',
    access: { who: 'endpoints', writes: true },
    body,
    async handle(call) {
      const { id } = await jobOfEndpoint(parts.catalog.read, call, call.path.job, 'consumer');
      const { status, subStatus = null, errorDetails = null } = call.body;
      const end: JobEnd = status === 'COMPLETE' ? { status, subStatus } : failure(errorDetails, subStatus);
      const reply = await call.change(async (change) => {
        const job = await holdJob(change.db, id);
        if (!job) throw noSuchJob(String(id));
        const files = await jobFiles(change.db, id, 'out');
        const isRepeat = job.status === status && job.sub_status === subStatus;
        if (!isRepeat) await endReported(change, job, end, files);
        const now = (await readJob(change.db, id)) ?? job;
        return { status: 200, json: exchangeJobOnWire(now, files, false) };
      });
      parts.running.followers.changed(id);
      return reply;
    },
  });

async function endReported(change: CatalogChange, job: ShareJob, end: JobEnd, files: readonly { readonly rows: number }[]): Promise<void> {
  if (hasEnded(job.status) || job.category !== 'SEGMENT_EXPORT' || job.status === 'CREATED') throw badState(job);
  if (preparedOf(job).destinationType !== 'pull') throw badState(job);
  if (end.status === 'COMPLETE') await moveJob(change.db, job.id, reportable, { rows_sent: rowsOf(files) }, change.nowMs);
  if (!(await endJob(change, job, end, reportable))) throw badState(job);
}

const reportable: readonly JobStatus[] = ['READY_FOR_DOWNLOAD', 'SENDING_DATA'];

const badState = (job: ShareJob) => refusal(exchangeErrors.badState, { fault: `Job ${job.id} is ${job.status}.` });

const failure = (errorDetails: string | null, subStatus: string | null): JobEnd => ({
  status: 'FAILED',
  code: 'PEER_FAILED',
  message:
    errorDetails === null || errorDetails === '' ? 'The destination says that loading failed' : `The destination says: ${errorDetails}`,
  details: null,
  subStatus,
});
