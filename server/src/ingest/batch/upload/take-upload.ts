import type { Readable } from 'node:stream';
import { drain } from '../../../http/streamed-body.ts';
import type { BatchParts } from '../batch-parts.ts';
import { type BatchJob, cutOffUpload, isLate } from '../batch-job.ts';
import { findBatchJob, moveBatchJob } from '../store/batch-job-store.ts';
import { failUpload, type StoredFile, storeFile, uploadAllowance } from './store-file.ts';
import { bytesRefusal } from './upload-limits.ts';
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
    const stored = await this.#receive(job, sent).catch(async (error: unknown) => {
      const text = 'the file could not be stored; ask for another URL and send it again';
      await failUpload(this.#parts, job, { code: 'uploading-error', text });
      throw error;
    });
    if (stored.outcome === 'accepted') return stored.job;
    drain(sent.body);
    await failUpload(
      this.#parts,
      job,
      stored.outcome === 'refused' ? { code: 'uploading-error', text: stored.refusal.text } : cutOffUpload,
    );
    return refusalOf(stored);
  }

  async #receive(job: BatchJob, sent: SentFile): Promise<StoredFile> {
    const member = job.member_id;
    const allowance = await uploadAllowance(this.#parts, member);
    const { settings, so } = allowance;
    const refused = sent.length === null ? undefined : bytesRefusal(sent.length, settings, so);
    if (refused) return { outcome: 'refused', refusal: refused };
    const atOnce = this.#atOnce.get(member) ?? 0;
    const most = settings.max_concurrent_uploads;
    if (most !== null && most !== 0 && atOnce >= most) return { outcome: 'refused', refusal: uploadRefusals.atOnce };
    this.#atOnce.set(member, atOnce + 1);
    try {
      return await storeFile(this.#parts, job, allowance, { body: sent.body, operation: 'uploadSegments', requestId: sent.requestId });
    } finally {
      const left = (this.#atOnce.get(member) ?? 1) - 1;
      if (left === 0) this.#atOnce.delete(member);
      else this.#atOnce.set(member, left);
    }
  }
}

function refusalOf(stored: Exclude<StoredFile, { readonly outcome: 'accepted' }>): UploadRefusal {
  if (stored.outcome === 'refused') return stored.refusal;
  const text = stored.outcome === 'canceled' ? 'The job was canceled while its file came in' : cutOffUpload.text;
  return { ...uploadRefusals.url, text };
}
