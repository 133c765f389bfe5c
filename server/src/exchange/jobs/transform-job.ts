import { exchangeLimits } from '../csv/csv-limits.ts';
import { type TransformPlan, type TransformResult, tooManyRejects, usualMemoryBytes } from '../csv/transform-plan.ts';
import { mappedColumns } from '../shares/mapping.ts';
import { jobFiles } from '../store/share-job-store.ts';
import { expectedColumns } from './expected-columns.ts';
import { JobFault } from './job-fault.ts';
import { downloadWaitMs } from './job-waits.ts';
import { recordFile } from './received-files.ts';
import { moveOn, planOf, preparedOf, progressOf, type Stage } from './stage.ts';

/** RECEIVING_DATA, all files there: checks every row and makes the files that are delivered. Begun anew it makes the same ones. */
export async function transformJob(stage: Stage): Promise<boolean> {
  const { parts, job, signal } = stage;
  const tell = progressOf(stage);
  const plan = await transformPlan(stage);
  const result = await parts.csv.transform(plan, {
    signal,
    onProgress: ({ rowsReceived, rowsRejected }) => tell({ rows_received: rowsReceived, rows_rejected: rowsRejected }),
  });
  const counts = { rows_received: result.rowsReceived, rows_rejected: result.rowsRejected, rows_merged: result.rowsMerged };
  const fault = faultOf(stage, result);
  // The counts stay, also of a job that fails: the reject file says what was wrong.
  if (fault) {
    await moveOn(stage, counts);
    throw fault;
  }
  const waits = preparedOf(job).destinationType === 'pull';
  await moveOn(
    stage,
    {
      ...counts,
      status: 'READY_FOR_DOWNLOAD',
      checkpoint: JSON.stringify({ collected: true, transformed: true }),
      waits_until: waits ? parts.clock.nowMs() + downloadWaitMs : null,
    },
    async (change) => {
      for (const [index, { name, rows, bytes, digest }] of result.files.entries())
        await recordFile(change, job.id, 'out', { number: index + 1, name, rows, bytes, digest });
    },
  );
  stage.progress(60);
  return true;
}

async function transformPlan({ parts, job }: Stage): Promise<TransformPlan> {
  const folder = parts.folders.of(job.id);
  const { mapping, columns, sourceType, destinationType, nowMs } = preparedOf(job);
  const builtIn = destinationType === 'internal';
  const files = await jobFiles(parts.catalog.read, job.id, 'in');
  return {
    files: files.map(({ number, name }) => ({ path: folder.received(number), name })),
    // The built-in endpoint wrote what the mapping asks for and nothing else.
    columns: sourceType === 'internal' ? expectedColumns(mappedColumns(mapping)) : columns,
    sourceIdentifiers: mapping.sourceIdentifiers,
    destinationIdentifier: mapping.destinationIdentifier,
    attributes: mapping.attributes,
    sourceHashAlgorithm: mapping.sourceHash,
    destinationHashAlgorithm: mapping.destinationHash,
    shareAction: planOf(job).share.shareAction,
    builtIn: builtIn ? { nowMs } : null,
    keepOrigins: builtIn,
    mostFileBytes: builtIn ? exchangeLimits.textBytes : exchangeLimits.wireBytes,
    key: parts.box.fileKey,
    folder: folder.delivered,
    name: String(job.id),
    rejectsPath: folder.rejects,
    workFolder: folder.work,
    memoryBytes: usualMemoryBytes,
  };
}

/** Why nothing may be delivered (exchange-sharing.md section 7). */
function faultOf({ job }: Stage, result: TransformResult): JobFault | undefined {
  const { rowsReceived, rowsRejected, rowsSent, files } = result;
  const { share } = planOf(job);
  if (tooManyRejects(result) || (rowsReceived > 0 && rowsRejected === rowsReceived)) {
    const part = rowsRejected === rowsReceived ? 'Every row' : `${rowsRejected} of ${rowsReceived} rows`;
    return new JobFault('TOO_MANY_REJECTS', `${part} could not be used, so nothing was sent. The reject file says why, row by row.`);
  }
  if (share.shareAction !== 'REPLACE') return undefined;
  if (rowsSent === 0 && !share.allowEmptyReplace)
    return new JobFault(
      'EMPTY_REPLACE',
      'There was no row to send, and replacing would have emptied the audience. Confirm that in the share if it is meant.',
    );
  const [file] = files;
  if (preparedOf(job).destinationType === 'push' && file !== undefined && file.bytes > exchangeLimits.wireBytes)
    return new JobFault(
      'TOO_LARGE',
      'The audience is larger than the destination takes in one piece, and replacing is never split. Nothing was sent.',
      `${file.bytes} bytes; ${exchangeLimits.wireBytes} at most`,
    );
  return undefined;
}
