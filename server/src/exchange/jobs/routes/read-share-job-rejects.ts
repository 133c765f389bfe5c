import { existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { refusal } from '../../../kit/refusal.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { csvLine } from '../../csv/csv-line.ts';
import { exchangeErrors } from '../../exchange-errors.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { readSealed, sealedSize } from '../../files/read-sealed.ts';
import { hasEnded } from '../job-status.ts';
import type { ShareJobFolder } from '../job-folder.ts';
import { ownedJob } from '../owned-job.ts';
import { checkpointOf } from '../stage.ts';
import type { ShareJob } from '../../store/share-job-store.ts';

const isTransformed = (job: ShareJob): boolean => checkpointOf(job).transformed === true;
const headers = { 'content-type': 'text/csv; charset=utf-8', 'cache-control': 'no-store' };

/** `GET /v1/share-jobs/{jobId}/rejects`: every row that was left out, where it stands and why (exchange-sharing.md section 6). */
export const readShareJobRejects = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'readShareJobRejects',
    method: 'GET',
    path: '/v1/share-jobs/:job/rejects',
    summary: 'Download the reject file of a job: line, code, message, row',
    // Rows are personal data: not for viewers.
    access: { who: 'people', writes: true },
    async handle(call) {
      const job = await ownedJob(parts.catalog.read, call, call.path.job);
      const folder = parts.folders.of(job.id);
      const path = writtenRejects(job, folder, parts.clock.nowMs()).find((file) => existsSync(file));
      if (path === undefined) {
        if (hasEnded(job.status) && (job.rows_rejected > 0 || (!isKept(job, parts.clock.nowMs()) && job.rows_unknown > 0)))
          throw refusal(exchangeErrors.notFound, { object: 'reject file any more (rows are kept for 7 days) of job', id: job.id });
        return { answer: { status: 200, headers, body: csvLine(['line', 'code', 'message', 'row']) } };
      }
      const length = String(await sealedSize(path));
      const stream = Readable.from(readSealed(path, parts.box.fileKey), { objectMode: false });
      return { answer: { status: 200, headers: { ...headers, 'content-length': length }, stream } };
    },
  });

/** Of a job that has ended, for 7 days. */
const isKept = ({ status, files_until: untilMs }: ShareJob, nowMs: number): boolean =>
  !hasEnded(status) || (untilMs !== null && untilMs > nowMs);

/** What is still being written cannot be read, and what has had its time is not shown, although it may still be there. */
function writtenRejects(job: ShareJob, { rejects, lateRejects }: ShareJobFolder, nowMs: number): string[] {
  if (!isKept(job, nowMs)) return [];
  if (hasEnded(job.status)) return [lateRejects, rejects];
  return isTransformed(job) ? [rejects] : [];
}
