import type { Readable } from 'node:stream';
import { asMemberId } from '../../../kit/ids.ts';
import type { IngestSettings } from '../../../members/ingest-settings.ts';
import { addTask } from '../../../tasks/add-task.ts';
import type { BatchParts } from '../batch-parts.ts';
import { type BatchFailure, type BatchJob, failed, fileLifeMs, longestSilenceMs, longestUploadMs } from '../batch-job.ts';
import { moveBatchJob, readBatchJob, uploadedSince } from '../store/batch-job-store.ts';
import { beginPass } from './begin-pass.ts';
import { receiveFile } from './receive-file.ts';
import { bytesRefusal, dayMs, hourMs, linesRefusal, mostBytes, type UploadedSoFar } from './upload-limits.ts';
import { type UploadRefusal, uploadRefusals } from './upload-refusal.ts';

/** What a member may bring now: its settings, and what it has brought so far. */
export interface UploadAllowance {
  readonly settings: IngestSettings;
  readonly so: UploadedSoFar;
}

/** A file on its way into a job's folder, and what the audit trail says of who brought it. */
export interface IncomingFile {
  readonly body: Readable;
  readonly operation: string;
  readonly requestId: string | null;
}

/** What became of it. */
export type StoredFile =
  | { readonly outcome: 'accepted'; readonly job: BatchJob }
  | { readonly outcome: 'refused'; readonly refusal: UploadRefusal }
  /** The body ended before the file did. */
  | { readonly outcome: 'cut-off' }
  /** The job was canceled meanwhile. */
  | { readonly outcome: 'canceled' };

/** Of the UTC day and hour; uploads that were refused do not count. */
export async function uploadAllowance({ catalog, clock, view }: BatchParts, member: number): Promise<UploadAllowance> {
  const { settings } = view.current().ingest(asMemberId(member));
  const nowMs = clock.nowMs();
  const day = await uploadedSince(catalog.read, member, nowMs - (nowMs % dayMs));
  const hour = await uploadedSince(catalog.read, member, nowMs - (nowMs % hourMs));
  return { settings, so: { dayBytes: day.bytes, hourBytes: hour.bytes, dayLines: day.lines, hourLines: hour.lines } };
}

/**
 * Stores the file of a job that is in `uploading`, counts its lines as it comes in, and lets the job wait to be loaded; whatever else than
 * `accepted` comes out, or is thrown, has left the job as it was.
 */
export async function storeFile(
  parts: BatchParts,
  job: BatchJob,
  { settings, so }: UploadAllowance,
  { body, ...by }: IncomingFile,
): Promise<StoredFile> {
  const folder = parts.folders.of(job.id);
  await folder.make();
  const pass = beginPass(parts, job, settings, false);
  let taken = false;
  try {
    const received = await receiveFile(
      body,
      folder.upload,
      { mostBytes: mostBytes(settings, so), longestMs: longestUploadMs, longestSilenceMs, sync: parts.settings.sync },
      (bytes) => pass.grew(bytes, false),
    );
    if (received.outcome === 'cut-off') return { outcome: 'cut-off' };
    if (received.outcome === 'too-slow') return { outcome: 'refused', refusal: uploadRefusals.time };
    if (received.outcome === 'too-large')
      return { outcome: 'refused', refusal: bytesRefusal(received.bytes, settings, so) ?? uploadRefusals.fileSize };
    pass.grew(received.bytes, true);
    const { lines } = await pass.counted;
    const refused = linesRefusal(lines, settings, so);
    if (refused) return { outcome: 'refused', refusal: refused };
    // Before it is accepted: its load may begin at once.
    parts.passes.set(job.id, pass);
    const done = await accept(parts, job, { bytes: received.bytes, lines }, by);
    if (done === undefined) return { outcome: 'canceled' };
    taken = true;
    return { outcome: 'accepted', job: done };
  } finally {
    if (!taken) {
      parts.passes.delete(job.id);
      pass.drop();
    }
  }
}

/** Ends a job whose file was not taken, and takes away what there is of the file. */
export async function failUpload({ catalog, clock, folders }: BatchParts, job: BatchJob, failure: BatchFailure): Promise<void> {
  await folders.of(job.id).remove();
  await moveBatchJob(catalog.read, job.id, ['uploading'], failed(failure), clock.nowMs());
}

/** The file is there: the job waits to be loaded. Undefined where it was canceled meanwhile. */
async function accept(
  { catalog }: BatchParts,
  job: BatchJob,
  file: { readonly bytes: number; readonly lines: number },
  by: Pick<IncomingFile, 'operation' | 'requestId'>,
): Promise<BatchJob | undefined> {
  return catalog.change({ ...by, accountId: null, username: null, accountMemberId: null }, async (change) => {
    const uploaded = {
      phase: 'validating',
      uploaded_time: change.nowMs,
      bytes: file.bytes,
      num_lines: file.lines,
      files_until: change.nowMs + fileLifeMs,
    };
    if (!(await moveBatchJob(change.db, job.id, ['uploading'], uploaded, change.nowMs))) return undefined;
    await addTask(change, { kind: 'load-batch', memberId: job.member_id, subject: { type: 'batch_segment_upload_job', id: job.id } });
    return readBatchJob(change.db, job.id);
  });
}
