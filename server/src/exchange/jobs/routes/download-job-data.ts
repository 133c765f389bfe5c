import { createGzip } from 'node:zlib';
import { pipeline, Readable } from 'node:stream';
import { refusal } from '../../../kit/refusal.ts';
import type { StreamedAnswer } from '../../../http/operation.ts';
import { exchangeOperation, type ExchangeCall } from '../../calls/exchange-operation.ts';
import { exchangeErrors } from '../../exchange-errors.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { jobFiles, moveJob, type ShareJob } from '../../store/share-job-store.ts';
import type { ShareJobFileTable } from '../../../storage/sql/exchange-schema.ts';
import { hasEnded } from '../job-status.ts';
import { downloadWaitMs } from '../job-waits.ts';
import { jobOfEndpoint } from '../owned-job.ts';
import { readDelivered } from '../read-delivered.ts';
import { receivedName } from '../received-files.ts';
import { serverChange } from '../stage.ts';

const downloadable = new Set(['READY_FOR_DOWNLOAD', 'SENDING_DATA', 'COMPLETE']);

/** `GET /v1/jobs/{jobId}/segmentDataFiles/{filepath}`: a file for a pull consumer, also a range of it (exchange.md section 2.7). */
export const downloadJobData = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'downloadJobData',
    method: 'GET',
    path: '/v1/jobs/:job/segmentDataFiles/:file',
    summary: 'Download a file of a job; Range and Accept-Encoding: gzip are honoured',
    // Rows are personal data, and fetching them moves the job: not for viewers.
    access: { who: 'endpoints', writes: true },
    async handle(call) {
      const { read: db } = parts.catalog;
      const job = await jobOfEndpoint(db, call, call.path.job, 'consumer');
      requireDownloadable(parts, job);
      const file = (await jobFiles(db, job.id, 'out')).find(({ name }) => name === call.path.file);
      if (!file) throw refusal(exchangeErrors.notFound, { object: 'file', id: (call.path.file ?? '').slice(0, 80) });
      await noteDownload(parts, job);
      return { answer: fileAnswer(parts, job, file, call) };
    },
  });

/** The first download begins SENDING_DATA; each begins the time anew in which the consumer must come again or report. */
async function noteDownload(parts: ExchangeParts, { id, status }: ShareJob): Promise<void> {
  if (hasEnded(status)) return;
  await serverChange(parts, 'downloadJobData', (change) => {
    const to = { status: 'SENDING_DATA', waits_until: change.nowMs + downloadWaitMs };
    return moveJob(change.db, id, ['READY_FOR_DOWNLOAD', 'SENDING_DATA'], to, change.nowMs);
  });
  parts.running.followers.changed(id);
}

function requireDownloadable({ clock }: ExchangeParts, job: ShareJob): void {
  const kept = job.files_until === null || job.files_until > clock.nowMs();
  if (downloadable.has(job.status) && kept) return;
  throw refusal(exchangeErrors.badState, {
    fault: kept ? `Job ${job.id} is ${job.status}.` : `The files of job ${job.id} were kept for 7 days and are gone.`,
  });
}

function fileAnswer(parts: ExchangeParts, job: ShareJob, file: ShareJobFileTable, call: ExchangeCall): StreamedAnswer {
  const path = parts.folders.of(job.id).deliveredFile(receivedName(job.id, file.number));
  const { range, 'accept-encoding': accepted, 'if-range': ifRange } = call.facts.headers;
  const etag = `"${file.digest}"`;
  const headers = { 'content-type': 'text/csv; charset=utf-8', 'cache-control': 'no-store', 'accept-ranges': 'bytes', etag };
  const asked = ifRange === undefined || ifRange === etag ? rangeOf(typeof range === 'string' ? range : undefined, file.bytes) : undefined;
  if (asked === 'outside')
    return { status: 416, headers: { ...headers, 'content-range': `bytes */${file.bytes}` }, stream: Readable.from([]) };
  if (asked) {
    const rows = Readable.from(readDelivered(parts, job, path, { start: asked.first, end: asked.last + 1 }), { objectMode: false });
    const length = String(asked.last - asked.first + 1);
    const place = `bytes ${asked.first}-${asked.last}/${file.bytes}`;
    return { status: 206, headers: { ...headers, 'content-range': place, 'content-length': length }, stream: rows };
  }
  const rows = Readable.from(readDelivered(parts, job, path), { objectMode: false });
  if (!/(?:^|,)\s*gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[\d.]+\s*)?(?:,|$)/i.test(String(accepted ?? '')))
    return { status: 200, headers: { ...headers, vary: 'accept-encoding', 'content-length': String(file.bytes) }, stream: rows };
  // Errors of one end the other.
  const packed = pipeline(rows, createGzip(), () => {});
  return { status: 200, headers: { ...headers, vary: 'accept-encoding', 'content-encoding': 'gzip', etag: `W/${etag}` }, stream: packed };
}

/** One range, inclusive; undefined: the whole file, also where several ranges or something else are asked for (RFC 9110 section 14). */
export function rangeOf(header: string | undefined, bytes: number): { first: number; last: number } | 'outside' | undefined {
  const parts = /^bytes=(\d*)-(\d*)$/i.exec(header?.trim() ?? '');
  if (!parts || (parts[1] === '' && parts[2] === '')) return undefined;
  const [, from = '', to = ''] = parts;
  const first = from === '' ? Math.max(0, bytes - Number(to)) : Number(from);
  const last = from === '' || to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1);
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  return first >= bytes || first > last ? 'outside' : { first, last };
}
