import { TaskFault } from '../../../background/background-task.ts';
import { asMemberId } from '../../../kit/ids.ts';
import { byServer } from '../../../storage/sql/catalog-change.ts';
import { type BatchFailure, type BatchJob, hasEnded, mostWaitingJobs, newJobId } from '../batch-job.ts';
import type { BatchParts } from '../batch-parts.ts';
import { batchJobsIn, countUnderWay, moveBatchJob, readBatchJob } from '../store/batch-job-store.ts';
import { insertDropJob, openDropJobs, releaseDropFile } from '../store/drop-job-store.ts';
import { failUpload, type StoredFile, storeFile, uploadAllowance } from '../upload/store-file.ts';
import { bytesRefusal } from '../upload/upload-limits.ts';
import { type DropPlace, FileChanged, type SubmittedFile, type SubmittedFolder } from './drop-place.ts';
import { byAge, dropKey, finishedName, versionInKey, waits } from './submitted-file.ts';

const operation = 'scanDropFolders';
const withdrawnFile: BatchFailure = { code: 'uploading-error', text: 'the file was taken away or renamed before it could be read' };
/** So many names are remembered as warned of; then it begins anew. */
const mostWarned = 10_000;
const mostReasonLetters = 300;

/**
 * Takes files out of drop folders and moves them away when their jobs have ended. A job holds its file by `idempotency_key` (`dropKey`), from
 * before the first byte is read until the file has been moved; so whatever a crash cuts off, the next scan finds the job of a file, or the
 * file of a job, and goes on there. docs/decisions/0037 goes through the moments one by one.
 */
export class DropFolders {
  readonly #parts: BatchParts;
  readonly #place: DropPlace;
  /** By job: the end of a load and a scan may both want to move its file. */
  readonly #moving = new Map<number, Promise<void>>();
  readonly #warned = new Set<string>();
  /** Could the place not be read when it was looked at last? */
  #lost = false;

  constructor(parts: BatchParts, place: DropPlace) {
    this.#parts = parts;
    this.#place = place;
  }

  /** One look at every active member's folder. One at a time. @throws TaskFault where the place or some of the folders cannot be read */
  async scan(signal: AbortSignal): Promise<void> {
    const members = await this.#members();
    const faults: string[] = [];
    for (const member of members) {
      signal.throwIfAborted();
      await this.#scanMember(member, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        this.#parts.log.warn({ err: error, member }, 'a drop folder could not be worked through; it is tried again');
        faults.push(`${member} (${reasonOf(error)})`);
      });
    }
    await this.#giveUpOthers(new Set(members));
    if (faults.length > 0) throw new TaskFault(`${this.#place.address}: folders that could not be worked through: ${faults.join(', ')}`);
  }

  /** Moves the file of a job that has ended. Nothing happens where it has been moved, or the job goes on. */
  settle(id: number): Promise<void> {
    const moving = this.#moving.get(id);
    if (moving !== undefined) return moving;
    const moved = this.#settle(id).finally(() => this.#moving.delete(id));
    this.#moving.set(id, moved);
    return moved;
  }

  close(): void {
    this.#place.close();
  }

  async #settle(id: number): Promise<void> {
    const { catalog, folders } = this.#parts;
    const job = await readBatchJob(catalog.read, id);
    if (!job || job.kind !== 'drop' || !hasEnded(job) || job.file_name === null || job.idempotency_key === null) return;
    await this.#place.finish(String(job.member_id), {
      name: job.file_name,
      version: versionInKey(job.idempotency_key),
      end: job.phase === 'completed' ? 'done' : 'failed',
      newName: finishedName(job.file_name, job.job_id),
      copy: folders.of(id).upload,
    });
    await releaseDropFile(catalog.read, id);
  }

  async #members(): Promise<number[]> {
    const { log, view } = this.#parts;
    const { address } = this.#place;
    const snapshot = view.current();
    const names = await this.#place.folders().catch((error: unknown) => {
      if (!this.#lost) log.error({ err: error }, `the drop folders at ${address} cannot be read; it is tried again`);
      this.#lost = true;
      throw new TaskFault(`${address} cannot be read: ${reasonOf(error)}`, { cause: error });
    });
    if (this.#lost) log.warn(`the drop folders at ${address} can be read again`);
    this.#lost = false;
    const ids = names.filter((name) => /^[1-9]\d{0,14}$/.test(name)).map(Number);
    return ids.filter((id) => snapshot.member(asMemberId(id))?.active === true).sort((a, b) => a - b);
  }

  async #scanMember(member: number, signal: AbortSignal): Promise<void> {
    // Jobs first: only a scan makes new ones, so of each file that is listed after them the job is known.
    const jobs = await openDropJobs(this.#parts.catalog.read, member);
    const { files, ignored } = await this.#place.submitted(String(member));
    this.#warnOf(member, ignored);
    const stuck = await this.#settleEnded(jobs);
    const names = new Set(files.map(({ name }) => name));
    const taking = jobs.filter(({ phase }) => phase === 'uploading');
    for (const job of taking) if (!names.has(job.file_name ?? '')) await this.#giveUp(job);
    const held = new Set(jobs.filter(({ phase }) => phase !== 'uploading').map((job) => job.idempotency_key));
    const nowMs = this.#parts.clock.nowMs();
    const due = files.filter((file) => !held.has(dropKey(file)) && !waits(file, nowMs)).toSorted(byAge);
    for (const file of due) {
      signal.throwIfAborted();
      const job = await this.#jobFor(member, file, taking);
      if (job === 'full') break;
      if (job !== undefined) await this.#take(job, file, signal);
    }
    if (stuck !== undefined) throw stuck;
  }

  /** A file that cannot be moved stands in no other's way. @returns what came of the first of them */
  async #settleEnded(jobs: readonly BatchJob[]): Promise<unknown> {
    const stuck: unknown[] = [];
    for (const job of jobs) if (hasEnded(job)) await this.settle(job.id).catch((error: unknown) => stuck.push(error));
    return stuck[0];
  }

  /** The job that was taking this file when something came in between, or a new one; `full`: it has to wait, as the member has many under way. */
  async #jobFor(member: number, file: SubmittedFile, taking: readonly BatchJob[]): Promise<BatchJob | 'full' | undefined> {
    const { catalog, clock } = this.#parts;
    const key = dropKey(file);
    const known = taking.find((job) => job.file_name === file.name);
    if (known) {
      const now = { idempotency_key: key, start_time: clock.nowMs() };
      return (await moveBatchJob(catalog.read, known.id, ['uploading'], now, clock.nowMs())) ? known : undefined;
    }
    return catalog.change(byServer(operation), async (change) => {
      if ((await countUnderWay(change.db, member)) >= mostWaitingJobs) return 'full';
      return insertDropJob(change, { jobId: newJobId(), memberId: member, fileName: file.name, key });
    });
  }

  /** What is not taken for good waits, in `uploading`, for the next scan. */
  async #take(job: BatchJob, file: SubmittedFile, signal: AbortSignal): Promise<void> {
    const stored = await this.#store(job, file, signal).catch((error: unknown) => {
      if (error instanceof FileChanged) return { outcome: 'changed' } as const;
      throw error;
    });
    if (stored.outcome === 'accepted' || stored.outcome === 'changed') return;
    signal.throwIfAborted();
    if (stored.outcome === 'cut-off') throw new Error(`${file.name} ended before it was read whole`);
    if (stored.outcome === 'refused') await failUpload(this.#parts, job, { code: 'uploading-error', text: stored.refusal.text });
    await this.settle(job.id);
  }

  async #store(job: BatchJob, file: SubmittedFile, signal: AbortSignal): Promise<StoredFile> {
    const allowance = await uploadAllowance(this.#parts, job.member_id);
    const refusal = bytesRefusal(file.bytes, allowance.settings, allowance.so);
    if (refusal) return { outcome: 'refused', refusal };
    const body = await this.#place.read(String(job.member_id), file);
    // What is destroyed early may still complain.
    body.on('error', () => {});
    const stop = (): void => void body.destroy();
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await storeFile(this.#parts, job, allowance, { body, operation, requestId: null });
    } finally {
      signal.removeEventListener('abort', stop);
      body.destroy();
    }
  }

  /** Jobs whose file is not there any more, or whose folder is not looked at any more. */
  async #giveUpOthers(looked: ReadonlySet<number>): Promise<void> {
    for (const job of await batchJobsIn(this.#parts.catalog.read, 'uploading'))
      if (job.kind === 'drop' && !looked.has(job.member_id)) await this.#giveUp(job);
  }

  async #giveUp(job: BatchJob): Promise<void> {
    await failUpload(this.#parts, job, withdrawnFile);
    await releaseDropFile(this.#parts.catalog.read, job.id);
  }

  #warnOf(member: number, ignored: SubmittedFolder['ignored']): void {
    if (this.#warned.size > mostWarned) this.#warned.clear();
    for (const { name, why } of ignored) {
      const path = `${member}/submitted/${name}`;
      if (this.#warned.has(path)) continue;
      this.#warned.add(path);
      this.#parts.log.warn({ path }, `something in a drop folder is never loaded: ${why}`);
    }
  }
}

/** What the place said, in a few words. */
function reasonOf(error: unknown): string {
  const { code, name, message } = error as NodeJS.ErrnoException;
  return code !== undefined && message.startsWith(code) ? message : `${name}: ${message}`.slice(0, mostReasonLetters);
}
