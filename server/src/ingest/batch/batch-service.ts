import { join } from 'node:path';
import type { TaskQueue } from '../../background/background-task.ts';
import { TaskRunner } from '../../background/task-runner.ts';
import { secretKey } from '../../storage/files/secret-key.ts';
import { cutOffUpload, failed } from './batch-job.ts';
import type { BatchParts } from './batch-parts.ts';
import { JobFolders } from './job-folder.ts';
import { loadBatch } from './load/load-batch.ts';
import { RunningJobs } from './load/running-jobs.ts';
import { FileScanner } from './scan/file-scanner.ts';
import { batchJobsIn, failLateUploads, moveBatchJob } from './store/batch-job-store.ts';
import { UploadUrls } from './upload/upload-urls.ts';

const lateLookIntervalMs = 10_000;

export interface BatchServiceOptions extends Pick<
  BatchParts,
  'catalog' | 'view' | 'profiles' | 'writer' | 'clock' | 'log' | 'proxy' | 'holdsExternals' | 'settings'
> {
  /** The file store's folder. */
  readonly filesPath: string;
  readonly publicUrl: string;
  readonly queue: TaskQueue;
  /** `FOYER_BATCH_JOBS_AT_ONCE`. */
  readonly jobsAtOnce: number;
}

/** The Batch Segment Service: what its routes need, and what goes on beside them. */
export class BatchService {
  readonly parts: BatchParts;
  readonly #runner: TaskRunner;
  #lateLooks: NodeJS.Timeout | null = null;

  constructor({ filesPath, publicUrl, jobsAtOnce, queue, ...options }: BatchServiceOptions) {
    const { clock, log, proxy } = options;
    this.parts = {
      ...options,
      urls: new UploadUrls(secretKey(join(filesPath, 'batch-uploads.key')), publicUrl, proxy),
      folders: new JobFolders(filesPath),
      scanner: new FileScanner(),
      passes: new Map(),
      running: new RunningJobs(clock),
    };
    this.#runner = new TaskRunner({
      queue,
      handlers: new Map([['load-batch', loadBatch(this.parts)]]),
      // The files are this server's.
      alone: true,
      schedules: [],
      clock,
      concurrency: jobsAtOnce,
      onFailure: (error, task) => log.error({ err: error, task: task?.id ?? null }, 'a batch job stopped; it is tried again'),
    });
  }

  /** Uploads that the last end of the server cut off have failed; files that wait are loaded. */
  async start(): Promise<void> {
    const { catalog, clock, folders } = this.parts;
    for (const job of await batchJobsIn(catalog.read, 'uploading')) {
      await folders.of(job.id).remove();
      await moveBatchJob(catalog.read, job.id, ['uploading'], failed(cutOffUpload), clock.nowMs());
    }
    this.#lateLooks = setInterval(() => void this.#failLate(), lateLookIntervalMs);
    this.#lateLooks.unref();
    this.#runner.start();
  }

  /** There may be a job to load. */
  wake(): void {
    this.#runner.wake();
  }

  /** A task was canceled by somebody. */
  canceled(task: number): void {
    this.#runner.canceled(task);
  }

  async close(): Promise<void> {
    if (this.#lateLooks !== null) clearInterval(this.#lateLooks);
    await this.#runner.stop();
    await this.parts.scanner.close();
  }

  async #failLate(): Promise<void> {
    const { catalog, clock, log } = this.parts;
    await failLateUploads(catalog.read, clock.nowMs()).catch((error: unknown) => log.error({ err: error }, 'late uploads were not ended'));
  }
}
