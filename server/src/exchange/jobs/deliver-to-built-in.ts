import { rm } from 'node:fs/promises';
import { asMemberId, asSegmentId, type SegmentId } from '../../kit/ids.ts';
import { emptySegment } from '../../segments/segment.ts';
import { makeSegment } from '../../segments/make-segment.ts';
import type { StageId } from '../../profiles/profile-store.ts';
import { BuiltInWriting } from '../built-in/built-in-writing.ts';
import type { SharedRow } from '../built-in/shared-row.ts';
import { readRecords } from '../csv/read-records.ts';
import { RejectWriter } from '../csv/reject-writer.ts';
import { readSealed } from '../files/read-sealed.ts';
import { jobFiles } from '../store/share-job-store.ts';
import { chunkJobOf } from './chunk-job.ts';
import { completeJob } from './complete-job.ts';
import { JobFault } from './job-fault.ts';
import { receivedName, rowsOf } from './received-files.ts';
import { rememberSegment } from './remember-segment.ts';
import type { JobCheckpoint } from './job-plan.ts';
import { checkpointOf, moveOn, planOf, preparedOf, progressOf, type Stage } from './stage.ts';

/** Rows of a chunk. Fixed: a run begun anew must cut the same chunks. */
const chunkRows = 4096;

/**
 * SENDING_DATA to the built-in endpoint. Chunks are applied once, whatever happens: begun anew, the stage reads the same rows and gets
 * the stored outcomes. REPLACE fills a stage beside the segment and shows it in one step.
 */
export async function deliverToBuiltIn(stage: Stage): Promise<boolean> {
  const { parts, job } = stage;
  const segment = asSegmentId(Number(job.destination_segment_id ?? (await newSegment(stage))));
  const { stage: staged, applied } = await replacementOf(stage, segment);
  if (!applied) {
    const counts = await new BuiltInDelivery(stage, segment, staged).run();
    const fault = faultOf(stage, counts);
    if (fault) {
      await moveOn(stage, staged === undefined ? counts : { ...counts, rows_sent: 0 });
      throw fault;
    }
    // From here on the job cannot be canceled: a replacement that is shown must be a job that is Complete.
    await moveOn(stage, { ...counts, checkpoint: JSON.stringify({ ...checkpointOf(job), stage: staged, applied: true }) });
  }
  if (staged !== undefined) await parts.profiles.commit(staged);
  await completeJob(stage);
  return false;
}

type Counts = Awaited<ReturnType<BuiltInDelivery['run']>>;

/** What only the identifiers themselves show: nobody whom a replacement would leave, or room for none (exchange-sharing.md section 7). */
function faultOf({ job }: Stage, { rows_sent: sent, rows_rejected: rejected }: Counts): JobFault | undefined {
  if (sent > 0) return undefined;
  const { share } = planOf(job);
  if (rejected > job.rows_rejected)
    return new JobFault('TOO_MANY_REJECTS', 'There was no room for any of the rows. The reject file says why, row by row.');
  if (share.shareAction !== 'REPLACE' || share.allowEmptyReplace) return undefined;
  return new JobFault(
    'EMPTY_REPLACE',
    'No row named a user, and replacing would have emptied the audience. Confirm that in the share if it is meant.',
  );
}

/** The stage of a REPLACE: the one that an earlier attempt began, or a new one, with which chunks begin anew. */
async function replacementOf(stage: Stage, segment: SegmentId): Promise<{ stage: StageId | undefined; applied: boolean }> {
  const { parts, job } = stage;
  const checkpoint = checkpointOf(job);
  if (planOf(job).share.shareAction !== 'REPLACE') return { stage: undefined, applied: checkpoint.applied === true };
  if (checkpoint.stage !== undefined) return { stage: checkpoint.stage as StageId, applied: checkpoint.applied === true };
  await parts.profiles.forgetChunks(chunkJobOf(job.id));
  const staged = await parts.profiles.stageReplace(segment);
  try {
    await moveOn(stage, { checkpoint: JSON.stringify({ ...checkpoint, stage: staged } satisfies JobCheckpoint) });
  } catch (error) {
    // Nobody else knows of it.
    await parts.profiles.abort(staged);
    throw error;
  }
  return { stage: staged, applied: false };
}

/** The first run of a share into a new segment of the member. */
async function newSegment(stage: Stage): Promise<string> {
  const { job } = stage;
  const { share } = planOf(job);
  const wanted = share.destination.newSegment;
  let made = '';
  await moveOn(stage, {}, async (change) => {
    const content = { ...emptySegment, short_name: wanted?.name ?? share.name, description: wanted?.description ?? null };
    made = String(await makeSegment(change, job.member_id, content));
    await change.db.updateTable('share_job').set({ destination_segment_id: made }).where('id', '=', job.id).execute();
    await rememberSegment(change, job, made);
  });
  return made;
}

class BuiltInDelivery {
  readonly #stage: Stage;
  readonly #writing: BuiltInWriting;
  readonly #staged: StageId | undefined;
  #sequence = 0;
  #sent = 0;
  #unknown = 0;
  #refused = 0;
  #rejects: RejectWriter | null = null;

  constructor(stage: Stage, segment: SegmentId, staged: StageId | undefined) {
    const { parts, job } = stage;
    const { mapping } = preparedOf(job);
    this.#stage = stage;
    this.#staged = staged;
    this.#writing = new BuiltInWriting(parts, {
      member: asMemberId(job.member_id),
      segment,
      action: planOf(job).share.shareAction,
      identifier: mapping.destinationIdentifier.name,
      attributes: mapping.attributes.map(({ destination }) => destination.name),
      job: job.id,
    });
  }

  async run(): Promise<{ rows_sent: number; rows_unknown: number; rows_rejected: number }> {
    const { parts, job, signal } = this.#stage;
    const tell = progressOf(this.#stage);
    const files = await jobFiles(parts.catalog.read, job.id, 'out');
    const total = rowsOf(files);
    // Of a run that was cut off.
    await rm(parts.folders.of(job.id).lateRejects, { force: true });
    try {
      for (const { number } of files) {
        for await (const rows of this.#chunksOf(number)) {
          signal.throwIfAborted();
          await this.#apply(rows);
          tell({ rows_sent: this.#sent });
          this.#stage.progress(60 + Math.round(((this.#sent + this.#unknown) / Math.max(1, total)) * 40));
        }
      }
      await this.#rejects?.finish();
    } catch (error) {
      await this.#rejects?.discard();
      throw error;
    }
    return {
      rows_sent: this.#sent,
      rows_unknown: job.rows_unknown + this.#unknown,
      rows_rejected: job.rows_rejected + this.#refused,
    };
  }

  async *#chunksOf(file: number): AsyncGenerator<SharedRow[]> {
    const { parts, job } = this.#stage;
    const path = parts.folders.of(job.id).deliveredFile(receivedName(job.id, file));
    let rows: SharedRow[] = [];
    let header = true;
    for await (const records of readRecords(readSealed(path, parts.box.fileKey))) {
      for (const { cells } of records) {
        if (header) {
          header = false;
          continue;
        }
        const [identifier, ...rest] = cells;
        rows.push({ identifier: identifier ?? '', attributes: rest.slice(0, -2), line: rest.at(-2) ?? '', row: rest.at(-1) ?? '' });
        if (rows.length < chunkRows) continue;
        yield rows;
        rows = [];
      }
    }
    if (rows.length > 0) yield rows;
  }

  async #apply(rows: readonly SharedRow[]): Promise<void> {
    const chunk = { job: chunkJobOf(this.#stage.job.id), sequence: this.#sequence++ };
    const { sent, refusals } = await this.#writing.apply(rows, chunk, this.#staged);
    this.#sent += sent;
    for (const { row, code, message } of refusals) {
      if (code === 'UNKNOWN_IDENTIFIER') this.#unknown += 1;
      else this.#refused += 1;
      this.#rejects ??= await this.#openRejects();
      await this.#rejects.add(row.line, code, message, row.row);
    }
  }

  /** Behind those that the rows themselves earned. */
  async #openRejects(): Promise<RejectWriter> {
    const { parts, job } = this.#stage;
    const folder = parts.folders.of(job.id);
    return RejectWriter.open(folder.lateRejects, parts.box.fileKey, job.rows_rejected > 0 ? folder.rejects : null);
  }
}
