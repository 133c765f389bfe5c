import { existsSync, readFileSync } from 'node:fs';
import type { BackgroundTask, TaskControl, TaskHandler } from '../../../background/background-task.ts';
import { nowS } from '../../../kit/clock.ts';
import { asMemberId } from '../../../kit/ids.ts';
import { writeDurably } from '../../../storage/files/write-durably.ts';
import type { BatchParts } from '../batch-parts.ts';
import { type BatchFailure, type BatchJob, failed, hasEnded } from '../batch-job.ts';
import type { JobFolder } from '../job-folder.ts';
import { lineFormOf } from '../parse/line-form.ts';
import type { ScanResult } from '../scan/scan-result.ts';
import { moveBatchJob, readBatchJob } from '../store/batch-job-store.ts';
import { undoJob } from '../undo/undo-job.ts';
import { beginPass } from '../upload/begin-pass.ts';
import { ChunkWriting } from './chunk-writing.ts';
import type { ReportSnapshot } from './job-report.ts';
import type { LoadPlan } from './load-plan.ts';
import { type LoadEnd, runFileLoad } from './run-file-load.ts';

const dayMs = 86_400_000;
/** Attempts are made until the server can write again, for about a day. */
const mostAttempts = 150;

/**
 * The task `load-batch`: from a file that is there to memberships. What a crash cuts off is begun anew from the file's begin; chunks that
 * the engine has are not applied again, so it is only read once more up to where it was.
 * @param onEnded told of a job that has ended, perhaps more than once
 */
export const loadBatch = (parts: BatchParts, onEnded: (job: number) => Promise<void>): TaskHandler => ({
  mostAttempts,
  async run(task: BackgroundTask, control: TaskControl) {
    const job = task.subjectId === null ? undefined : await readBatchJob(parts.catalog.read, task.subjectId);
    if (!job) return;
    await parts.running.turns.inTurn(job.member_id, async () => {
      if (control.signal.aborted) throw new Error('told to end');
      const now = await readBatchJob(parts.catalog.read, job.id);
      if (!now) return;
      if (!hasEnded(now)) await new JobLoad(parts, now, control).run();
      await parts.profiles.forgetChunks(job.id);
    });
    await onEnded(job.id);
  },
});

/** One job that is loaded. */
class JobLoad {
  readonly #parts: BatchParts;
  readonly #job: BatchJob;
  readonly #control: TaskControl;
  readonly #folder: JobFolder;
  /** Progress is written one after the other, and what is newer wins. */
  #writing: Promise<unknown> = Promise.resolve();

  constructor(parts: BatchParts, job: BatchJob, control: TaskControl) {
    this.#parts = parts;
    this.#job = job;
    this.#control = control;
    this.#folder = parts.folders.of(job.id);
  }

  async run(): Promise<void> {
    const { running } = this.#parts;
    running.begin(this.#job.id);
    try {
      if (this.#job.kind === 'undo') await this.#finish(await this.#undo());
      else {
        const scan = await this.#validated();
        if (scan.fault !== null) await this.#fail({ code: 'validating-error', text: scan.fault }, null);
        else await this.#finish(await this.#loaded(scan));
      }
    } finally {
      running.end(this.#job.id);
      running.followers.changed(this.#job.id);
    }
  }

  /** The first pass: the one that went along with the upload, or, after a restart, a new one. */
  async #validated(): Promise<ScanResult> {
    if (existsSync(this.#folder.scan)) return JSON.parse(readFileSync(this.#folder.scan, 'utf8')) as ScanResult;
    const { passes, view } = this.#parts;
    const { settings } = view.current().ingest(asMemberId(this.#job.member_id));
    const pass = passes.get(this.#job.id) ?? beginPass(this.#parts, this.#job, settings, true);
    passes.delete(this.#job.id);
    const scan = await pass.counted;
    if (scan.fault === null) await pass.finish();
    else pass.drop();
    writeDurably(this.#folder.scan, JSON.stringify(scan), 0o600);
    return scan;
  }

  async #loaded(scan: ScanResult): Promise<LoadEnd> {
    const { clock, view, settings, threads } = this.#parts;
    const plan = await this.#plan();
    const nowMs = clock.nowMs();
    await this.#move(['validating', 'processing'], {
      phase: 'processing',
      validated_time: this.#job.validated_time ?? nowMs,
      num_lines: scan.lines,
    });
    const member = asMemberId(this.#job.member_id);
    const { upload, repeats, segments, rejects, before } = this.#folder;
    return runFileLoad({
      threads,
      order: {
        upload,
        repeats,
        segments,
        rejects,
        before,
        plan,
        scan,
        bytes: this.#job.bytes ?? 0,
        textLimitBytes: settings.textLimitBytes,
        sync: settings.sync,
      },
      member,
      view,
      writing: new ChunkWriting(this.#parts, this.#job.id, plan),
      signal: this.#control.signal,
      onProgress: ({ percent, report }) => this.#progress(percent, report),
    });
  }

  /** Decided once: a job that is begun anew makes the same chunks. */
  async #plan(): Promise<LoadPlan> {
    if (existsSync(this.#folder.plan)) return JSON.parse(readFileSync(this.#folder.plan, 'utf8')) as LoadPlan;
    const { clock, view, profiles, settings: batch } = this.#parts;
    const { settings } = view.current().ingest(asMemberId(this.#job.member_id));
    const validateOnly = this.#job.validate_only === 1;
    const plan: LoadPlan = {
      form: lineFormOf(settings, asMemberId(this.#job.member_id), nowS(clock)),
      knownUsersOnly: settings.require_known_users,
      validateOnly,
      undo: settings.undo_days > 0 && !validateOnly,
      errorLogLines: settings.num_error_log_lines,
      mostInvalid: settings.num_invalid_before_error,
      eidSources: [...batch.eidSources],
    };
    // A backup that was restored may have chunks of a job with this number that the catalog never heard of.
    await profiles.forgetChunks(this.#job.id);
    writeDurably(this.#folder.plan, JSON.stringify(plan), 0o600);
    return plan;
  }

  async #undo(): Promise<LoadEnd> {
    const { clock } = this.#parts;
    const nowMs = clock.nowMs();
    await this.#move(['validating', 'processing'], { phase: 'processing', validated_time: this.#job.validated_time ?? nowMs });
    return undoJob(this.#parts, this.#job, this.#control.signal, (percent, report) => this.#progress(percent, report));
  }

  #progress(percent: number, report: ReportSnapshot): void {
    const { running } = this.#parts;
    this.#control.progress(percent);
    running.update(this.#job.id, percent, report.lines);
    // A job that is begun anew must not seem to go back.
    const shown = Math.max(percent, this.#job.percent_complete);
    this.#writing = this.#writing
      .then(() => this.#move(['processing'], { percent_complete: shown, ...columnsOf(report) }))
      .catch((error: unknown) => this.#parts.log.warn({ err: error, job: this.#job.id }, 'the progress of a batch job was not written'));
  }

  async #finish(end: LoadEnd): Promise<void> {
    await this.#writing;
    if (end.kind === 'stopped') throw new Error('told to end');
    if (end.kind === 'fault') return this.#fail({ code: 'processing-error', text: end.text }, end.report);
    if (end.tooManyInvalid) {
      const text = `more than num_invalid_before_error lines have a wrong format or an invalid user; what was written before stays`;
      return this.#fail({ code: 'processing-error', text }, end.report);
    }
    const { clock } = this.#parts;
    await this.#move(['processing'], {
      phase: 'completed',
      completed_time: clock.nowMs(),
      percent_complete: 100,
      ...columnsOf(end.report),
      ...this.#undoTimes(end.report),
    });
    return undefined;
  }

  async #fail(failure: BatchFailure, report: ReportSnapshot | null): Promise<void> {
    const told = report === null ? {} : { ...columnsOf(report), ...this.#undoTimes(report) };
    await this.#move(['validating', 'processing'], { ...failed(failure), ...told });
  }

  /** Until when the job can be undone, and its files stay. */
  #undoTimes({ undoBytes }: ReportSnapshot): Partial<BatchJob> {
    const { clock, view, settings: batch } = this.#parts;
    if (undoBytes === 0) return {};
    const { settings } = view.current().ingest(asMemberId(this.#job.member_id));
    return { undo_until: clock.nowMs() + Math.min(settings.undo_days, batch.mostUndoDays) * dayMs };
  }

  async #move(from: readonly string[], to: Parameters<typeof moveBatchJob>[3]): Promise<void> {
    const { catalog, clock, running } = this.#parts;
    await moveBatchJob(catalog.read, this.#job.id, from, to, clock.nowMs());
    running.followers.changed(this.#job.id);
  }
}

const columnsOf = ({ counts, errorLogLines, segmentLogLines, undoBytes }: ReportSnapshot) => ({
  ...counts,
  error_log_lines: errorLogLines,
  segment_log_lines: segmentLogLines,
  undo_bytes: undoBytes,
});
