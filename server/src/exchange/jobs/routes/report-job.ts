import { Type } from 'typebox';
import { refusal } from '../../../kit/refusal.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { exchangeErrors } from '../../exchange-errors.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { jobFiles, moveJob, readJob, type ShareJob } from '../../store/share-job-store.ts';
import { endJob, type JobEnd } from '../end-job.ts';
import { exchangeJobOnWire } from '../exchange-job-wire.ts';
import { hasEnded } from '../job-status.ts';
import { jobOfEndpoint } from '../owned-job.ts';
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
      const job = await jobOfEndpoint(parts.catalog.read, call, call.path.job, 'consumer');
      const { status, subStatus = null, errorDetails = null } = call.body;
      const shown = async (now: ShareJob) => ({
        status: 200,
        json: exchangeJobOnWire(now, await jobFiles(parts.catalog.read, job.id, 'out'), false),
      });
      if (hasEnded(job.status)) {
        if (job.status === status && job.sub_status === subStatus) return shown(job);
        throw badState(job);
      }
      if (job.category !== 'SEGMENT_EXPORT' || job.status === 'CREATED' || preparedOf(job).destinationType !== 'pull') throw badState(job);
      const end: JobEnd = status === 'COMPLETE' ? { status, subStatus } : failure(errorDetails, subStatus);
      await call.change(async (change) => {
        const files = await jobFiles(change.db, job.id, 'out');
        if (status === 'COMPLETE')
          await moveJob(change.db, job.id, ['READY_FOR_DOWNLOAD', 'SENDING_DATA'], { rows_sent: rowsOf(files) }, change.nowMs);
        if (!(await endJob(change, job, end, ['READY_FOR_DOWNLOAD', 'SENDING_DATA']))) throw badState(job);
        return { status: 200 };
      });
      parts.running.changed(job.id);
      return shown((await readJob(parts.catalog.read, job.id)) ?? job);
    },
  });

const rowsOf = (files: readonly { readonly rows: number }[]): number => files.reduce((sum, { rows }) => sum + rows, 0);
const badState = (job: ShareJob) => refusal(exchangeErrors.badState, { fault: `Job ${job.id} is ${job.status}.` });

const failure = (errorDetails: string | null, subStatus: string | null): JobEnd => ({
  status: 'FAILED',
  code: 'PEER_FAILED',
  message:
    errorDetails === null || errorDetails === '' ? 'The destination says that loading failed' : `The destination says: ${errorDetails}`,
  details: null,
  subStatus,
});
