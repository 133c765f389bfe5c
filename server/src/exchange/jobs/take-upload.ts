import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { sentLength } from '../../http/streamed-body.ts';
import { refusal } from '../../kit/refusal.ts';
import { syncPath } from '../../storage/files/sync-path.ts';
import { addTask } from '../../tasks/add-task.ts';
import type { ExchangeCall, Reply } from '../calls/exchange-operation.ts';
import type { CheckedUpload } from '../csv/check-upload.ts';
import { CsvFault } from '../csv/csv-fault.ts';
import { exchangeLimits, mostFiles } from '../csv/csv-limits.ts';
import { exchangeErrors } from '../exchange-errors.ts';
import type { ExchangeParts } from '../exchange-parts.ts';
import { jobFiles, moveJob, readJob, type ShareJob } from '../store/share-job-store.ts';
import { cannotWrite } from './job-fault.ts';
import { hasEnded } from './job-status.ts';
import { uploadWaitMs } from './job-waits.ts';
import { receivedName, recordFile, rowsLeft, rowsOf } from './received-files.ts';
import { checkpointOf, preparedOf } from './stage.ts';
import { uploadedBody } from './uploaded-body.ts';

const noRoom = 'This server has no room for the file now, and kept nothing of it; send it again later.';

/** One upload of a job, its job checked to be the caller's. */
export interface Upload {
  readonly call: Pick<ExchangeCall<unknown>, 'facts' | 'change'>;
  readonly stream: Readable;
  /** False: more files follow. */
  readonly final: boolean;
}

/**
 * Takes a file of a producer (exchange.md section 2.7). A refusal keeps nothing and leaves the job waiting on; the same file again is
 * answered as the first time. @throws Refusal
 */
export async function takeUpload(parts: ExchangeParts, job: ShareJob, upload: Upload): Promise<Reply> {
  try {
    requireUploadable(job);
    const folder = parts.folders.of(job.id);
    const path = folder.incoming(randomUUID());
    await folder.make();
    try {
      const checked = await checkFile(parts, job, upload, path);
      return await parts.running.turns.inTurn(job.id, () => keepFile(parts, job.id, upload, path, checked));
    } finally {
      await rm(path, { force: true });
    }
  } catch (error) {
    if (cannotWrite(error)) throw refusal(exchangeErrors.peerUnavailable, { fault: noRoom }, { cause: error });
    throw error instanceof CsvFault ? refusalOf(error) : error;
  }
}

function requireUploadable(job: ShareJob): void {
  if (job.category === 'SEGMENT_EXPORT' && !hasEnded(job.status) && job.status !== 'CREATED' && preparedOf(job).sourceType !== 'internal')
    return;
  throw refusal(exchangeErrors.badState, { fault: `Job ${job.id} is ${job.status}.` });
}

async function checkFile(parts: ExchangeParts, job: ShareJob, { call, stream }: Upload, path: string): Promise<CheckedUpload> {
  const { headers } = call.facts;
  const length = sentLength(headers['content-length']);
  if (length !== null && length > exchangeLimits.wireBytes)
    throw refusal(exchangeErrors.tooLarge, {
      fault: `A file has ${exchangeLimits.wireBytes} bytes at most; send several with ?final=false, or gzip`,
    });
  const body = uploadedBody(stream, headers);
  const checked = await parts.csv.check(body.csv, {
    path,
    key: parts.box.fileKey,
    gzipped: body.gzipped,
    columns: preparedOf(job).columns,
    limits: { ...exchangeLimits, rows: await rowsLeft(parts.catalog.read, job.id) },
  });
  body.checkDigest();
  return checked;
}

/** The file is whole and good: it becomes the job's next one, unless the job has it already. */
async function keepFile(parts: ExchangeParts, id: number, { call, final }: Upload, path: string, checked: CheckedUpload): Promise<Reply> {
  const job = await readJob(parts.catalog.read, id);
  if (!job || hasEnded(job.status)) throw refusal(exchangeErrors.badState, { fault: `Job ${id} is ${job?.status ?? 'gone'}.` });
  const files = await jobFiles(parts.catalog.read, id, 'in');
  const known = files.find(({ digest }) => digest === checked.digest);
  const closed = checkpointOf(job).collected === true || (job.status !== 'WAITING_TO_RECIEVE_DATA' && job.status !== 'RECEIVING_DATA');
  if (known && (closed || !final)) return takenReply(job, known);
  if (closed) throw refusal(exchangeErrors.badState, { fault: `Job ${id} has its last file already; it is ${job.status}.` });
  if (!known && files.length >= mostFiles) throw refusal(exchangeErrors.tooLarge, { fault: `A job has ${mostFiles} files at most` });
  if (checked.rows > (await rowsLeft(parts.catalog.read, id)) && !known)
    throw refusal(exchangeErrors.tooLarge, { fault: `A job has ${exchangeLimits.rows} rows at most` });
  const number = known?.number ?? files.length + 1;
  const file = { number, name: receivedName(id, number), ...checked };
  if (!known) {
    const folder = parts.folders.of(id);
    await rename(path, folder.received(number));
    await syncPath(folder.path);
  }
  const reply = await call.change(async (change) => {
    const received = rowsOf(files) + (known ? 0 : checked.rows);
    const to = {
      status: 'RECEIVING_DATA',
      rows_received: received,
      waits_until: final ? null : change.nowMs + uploadWaitMs,
      ...(final ? { checkpoint: JSON.stringify({ collected: true }) } : {}),
    };
    if (!(await moveJob(change.db, id, ['WAITING_TO_RECIEVE_DATA', 'RECEIVING_DATA'], to, change.nowMs)))
      throw refusal(exchangeErrors.badState, { fault: `Job ${id} takes no files any more.` });
    if (!known) await recordFile(change, id, 'in', file);
    if (final) await addTask(change, { kind: 'run-share', memberId: job.member_id, subject: { type: 'share_job', id } });
    change.touch('task');
    return takenReply({ ...job, status: 'RECEIVING_DATA' }, file);
  });
  // A producer that is asked for data may send them instead (exchange.md section 1).
  parts.running.interrupt(id);
  return reply;
}

const takenReply = (job: Pick<ShareJob, 'id' | 'status'>, { name, rows, bytes }: { name: string; rows: number; bytes: number }): Reply => ({
  status: 202,
  json: { jobId: job.id, file: name, rows, bytes, status: job.status },
});

const refusalOf = (fault: CsvFault) =>
  refusal(
    fault.code === 'TOO_LARGE' ? exchangeErrors.tooLarge : exchangeErrors.invalidCsv,
    { fault: fault.message },
    { details: fault.details },
  );
