import type { Readable } from 'node:stream';
import type { IngestSettings } from '../../../members/ingest-settings.ts';
import { addTask } from '../../../tasks/add-task.ts';
import { asMemberId } from '../../../kit/ids.ts';
import type { BatchParts } from '../batch-parts.ts';
import { type BatchFailure, type BatchJob, cutOffUpload, failed, fileLifeMs, isLate, longestUploadMs } from '../batch-job.ts';
import { findBatchJob, moveBatchJob, readBatchJob, uploadedSince } from '../store/batch-job-store.ts';
import { beginPass } from './begin-pass.ts';
import { drain, receiveFile } from './receive-file.ts';
import { bytesRefusal, dayMs, hourMs, linesRefusal, mostBytes, type UploadedSoFar } from './upload-limits.ts';
import { type UploadRefusal, uploadRefusals } from './upload-refusal.ts';

/** A request that brings a file. */
export interface SentFile {
  readonly jobId: string;
  readonly secret: string;
  readonly contentType: string;
  /** As its headers say; null where they do not. */
  readonly length: number | null;
  readonly body: Readable;
  readonly requestId: string;
}

/**
 * Takes uploads, each at most once: from the URL to a file that is there whole, counted and waiting to be loaded. What is refused after
 * its URL was found ends the job, but for a wrong content type (ingest.md section 4.2).
 */
export class UploadTaking {
  readonly #parts: BatchParts;
  /** By member: how many uploads are coming in. */
  readonly #atOnce = new Map<number, number>();

  constructor(parts: BatchParts) {
    this.#parts = parts;
  }

  /** The job, with its file in place; or why not. */
  async take(sent: SentFile): Promise<BatchJob | UploadRefusal> {
    const { urls, catalog, clock } = this.#parts;
    if (!/^application\/octet-stream\s*(;|$)/i.test(sent.contentType)) return uploadRefusals.contentType;
    const job = urls.isRight(sent.jobId, sent.secret) ? await findBatchJob(catalog.read, sent.jobId) : undefined;
    if (!job || job.phase !== 'starting' || isLate(job, clock.nowMs())) return uploadRefusals.url;
    const nowMs = clock.nowMs();
    // One step: of two requests with the same URL one finds the job in another phase.
    if (!(await moveBatchJob(catalog.read, job.id, ['starting'], { phase: 'uploading', start_time: nowMs }, nowMs)))
      return uploadRefusals.url;
    const outcome = await this.#receive(job, sent).catch(async (error: unknown) => {
      await this.#fail(job, { code: 'uploading-error', text: 'the file could not be stored; ask for another URL and send it again' });
      throw error;
    });
    if ('code' in outcome) {
      drain(sent.body);
      const text = outcome.code === 'INVALID_UPLOAD_URL' ? cutOffUpload.text : outcome.text;
      await this.#fail(job, { code: 'uploading-error', text });
    }
    return outcome;
  }

  async #fail(job: BatchJob, failure: BatchFailure): Promise<void> {
    const { catalog, clock, folders } = this.#parts;
    await folders.of(job.id).remove();
    await moveBatchJob(catalog.read, job.id, ['uploading'], failed(failure), clock.nowMs());
  }

  async #receive(job: BatchJob, sent: SentFile): Promise<BatchJob | UploadRefusal> {
    const member = asMemberId(job.member_id);
    const { settings } = this.#parts.view.current().ingest(member);
    const so = await this.#uploadedBy(job.member_id);
    const refused = sent.length === null ? undefined : bytesRefusal(sent.length, settings, so);
    if (refused) return refused;
    const atOnce = this.#atOnce.get(member) ?? 0;
    const most = settings.max_concurrent_uploads;
    if (most !== null && most !== 0 && atOnce >= most) return uploadRefusals.atOnce;
    this.#atOnce.set(member, atOnce + 1);
    try {
      return await this.#store(job, sent, settings, so);
    } finally {
      const left = (this.#atOnce.get(member) ?? 1) - 1;
      if (left === 0) this.#atOnce.delete(member);
      else this.#atOnce.set(member, left);
    }
  }

  async #store(job: BatchJob, sent: SentFile, settings: IngestSettings, so: UploadedSoFar): Promise<BatchJob | UploadRefusal> {
    const { folders } = this.#parts;
    const folder = folders.of(job.id);
    await folder.make();
    const pass = beginPass(this.#parts, job, settings, false);
    let taken = false;
    try {
      const received = await receiveFile(
        sent.body,
        folder.upload,
        { mostBytes: mostBytes(settings, so), longestMs: longestUploadMs, sync: this.#parts.settings.sync },
        (bytes) => pass.grew(bytes, false),
      );
      if (received.outcome === 'cut-off') return { ...uploadRefusals.url, text: cutOffUpload.text };
      if (received.outcome === 'too-slow') return uploadRefusals.time;
      if (received.outcome === 'too-large') return bytesRefusal(received.bytes, settings, so) ?? uploadRefusals.fileSize;
      pass.grew(received.bytes, true);
      const { lines } = await pass.counted;
      const refused = linesRefusal(lines, settings, so);
      if (refused) return refused;
      const done = await this.accept(job, { bytes: received.bytes, lines }, sent.requestId);
      if (done === undefined) return { ...uploadRefusals.url, text: 'The job was canceled while its file came in' };
      this.#parts.passes.set(job.id, pass);
      taken = true;
      return done;
    } finally {
      if (!taken) pass.drop();
    }
  }

  /** The file is there: the job waits to be loaded. Undefined where it was canceled meanwhile. */
  async accept(
    job: BatchJob,
    file: { readonly bytes: number; readonly lines: number },
    requestId: string | null,
  ): Promise<BatchJob | undefined> {
    const { catalog } = this.#parts;
    const context = { operation: 'uploadSegments', requestId, accountId: null, username: null, accountMemberId: null };
    return catalog.change(context, async (change) => {
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

  /** Of the UTC day and hour; uploads that were refused do not count. */
  async #uploadedBy(member: number): Promise<UploadedSoFar> {
    const { catalog, clock } = this.#parts;
    const nowMs = clock.nowMs();
    const day = await uploadedSince(catalog.read, member, nowMs - (nowMs % dayMs));
    const hour = await uploadedSince(catalog.read, member, nowMs - (nowMs % hourMs));
    return { dayBytes: day.bytes, hourBytes: hour.bytes, dayLines: day.lines, hourLines: hour.lines };
  }
}
