import { join } from 'node:path';
import { TaskFault, type TaskHandler, type TaskQueue, type TaskSchedule } from '../../background/background-task.ts';
import { TaskRunner, type TaskRunnerOptions } from '../../background/task-runner.ts';
import { secretKey } from '../../storage/files/secret-key.ts';
import type { TaskKind } from '../../tasks/task.ts';
import { cutOffUpload, hasEnded } from './batch-job.ts';
import type { BatchParts } from './batch-parts.ts';
import { DropFolders } from './drop/drop-folders.ts';
import type { DropPlace } from './drop/drop-place.ts';
import { JobFolders } from './job-folder.ts';
import { loadBatch } from './load/load-batch.ts';
import { LoadThreads } from './load/load-threads.ts';
import { RunningJobs } from './load/running-jobs.ts';
import { FileScanner } from './scan/file-scanner.ts';
import { batchJobsIn, failLateUploads, readBatchJob } from './store/batch-job-store.ts';
import { scanDropFolders, scanDropFoldersEvery } from './tasks/scan-drop-folders.ts';
import { failUpload } from './upload/store-file.ts';
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
  /** `FOYER_DROP`; null: nobody drops files. */
  readonly dropPlace: DropPlace | null;
  readonly dropScanMs: number;
}

/** The Batch Segment Service: what its routes need, and what goes on beside them. */
export class BatchService {
  readonly parts: BatchParts;
  readonly #runners: readonly TaskRunner[];
  readonly #queue: TaskQueue;
  readonly #drop: DropFolders | null;
  #lateLooks: NodeJS.Timeout | null = null;

  constructor({ filesPath, publicUrl, jobsAtOnce, queue, dropPlace, dropScanMs, ...options }: BatchServiceOptions) {
    const { clock, log, proxy } = options;
    this.parts = {
      ...options,
      urls: new UploadUrls(secretKey(join(filesPath, 'batch-uploads.key')), publicUrl, proxy),
      folders: new JobFolders(filesPath),
      scanner: new FileScanner(),
      threads: new LoadThreads(),
      passes: new Map(),
      running: new RunningJobs(clock),
    };
    this.#queue = queue;
    this.#drop = dropPlace && new DropFolders(this.parts, dropPlace);
    const loads = this.#runnerOf(
      'load-batch',
      loadBatch(this.parts, (job) => this.#settle(job)),
      [],
      jobsAtOnce,
      (error, task) => log.error({ err: error, task: task?.id ?? null }, 'a batch job stopped; it is tried again'),
    );
    const scans =
      this.#drop &&
      this.#runnerOf('scan-drop-folder', scanDropFolders(this.#drop), [scanDropFoldersEvery(dropScanMs)], 1, (error, task) => {
        // The log has those already.
        if (!(error instanceof TaskFault)) log.error({ err: error, task: task?.id ?? null }, 'a look at the drop folders failed');
      });
    this.#runners = scans ? [loads, scans] : [loads];
  }

  /** Uploads that the last end of the server cut off have failed; files that wait are loaded. */
  async start(): Promise<void> {
    const { catalog, folders } = this.parts;
    for (const job of await batchJobsIn(catalog.read, 'uploading')) {
      if (job.kind !== 'drop' || this.#drop === null) await failUpload(this.parts, job, cutOffUpload);
      // Its file is still where it was dropped: the first scan takes it again.
      else await folders.of(job.id).remove();
    }
    this.#lateLooks = setInterval(() => void this.#failLate(), lateLookIntervalMs);
    this.#lateLooks.unref();
    for (const runner of this.#runners) runner.start();
  }

  /** There may be a job to load. */
  wake(): void {
    for (const runner of this.#runners) runner.wake();
  }

  /** A task was canceled by somebody. */
  canceled(task: number): void {
    for (const runner of this.#runners) runner.canceled(task);
  }

  async close(): Promise<void> {
    if (this.#lateLooks !== null) clearInterval(this.#lateLooks);
    await Promise.all(this.#runners.map((runner) => runner.stop()));
    this.#drop?.close();
    await this.parts.scanner.close();
    await this.parts.threads.close();
  }

  #runnerOf(
    kind: TaskKind,
    handler: TaskHandler,
    schedules: readonly TaskSchedule[],
    concurrency: number,
    onFailure: TaskRunnerOptions['onFailure'],
  ): TaskRunner {
    return new TaskRunner({
      queue: this.#queue,
      handlers: new Map([[kind, handler]]),
      schedules,
      // The files are this server's.
      alone: true,
      clock: this.parts.clock,
      concurrency,
      onFailure,
    });
  }

  /** The next scan moves what cannot be moved now. */
  async #settle(job: number): Promise<void> {
    await this.#drop?.settle(job).catch((error: unknown) => {
      this.parts.log.warn({ err: error, job }, 'the file of a job that has ended is still in its drop folder; the next scan moves it');
    });
  }

  /** Ends uploads that never came, and forgets first passes whose jobs were canceled before they were loaded. */
  async #failLate(): Promise<void> {
    const { catalog, clock, log, passes } = this.parts;
    try {
      await failLateUploads(catalog.read, clock.nowMs());
      for (const [id, pass] of passes) {
        const job = await readBatchJob(catalog.read, id);
        if (job && !hasEnded(job)) continue;
        passes.delete(id);
        pass.drop();
      }
    } catch (error) {
      log.error({ err: error }, 'late uploads were not ended');
    }
  }
}
