import { existsSync } from 'node:fs';
import { access, constants, open, rename, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CommandFailure } from '../command-failure.ts';
import type { ProtocolAnswer } from './protocol-client.ts';
import { NetworkFault, ProtocolRefusal } from './protocol-faults.ts';
import { configKeys } from './toolkit-config.ts';
import { toolkitExitCodes } from './toolkit-exit-codes.ts';
import { exportJobs, type ToolkitJob } from './toolkit-job.ts';
import { type ToolkitOutcome, type ToolkitRun, withProgress } from './toolkit-run.ts';

/** The file cannot be kept here: no room, no right. */
class StoreFault extends Error {}

/**
 * Fetches the files of jobs that are ready, tells the exchange what became of them (exchange.md sections 1 and 5), and goes on with jobs
 * whose fetching or telling an earlier run did not end.
 */
export async function downloadAudiences(run: ToolkitRun): Promise<ToolkitOutcome> {
  const { call, config, client } = run;
  const endpoint = config.endpointId(configKeys.consumerId);
  const folder = config.folder(configKeys.downloadFolder);
  await access(folder, constants.W_OK).catch((error: unknown) => {
    const text = `cannot write into the folder ${folder}: ${error instanceof Error ? error.message : String(error)}`;
    throw new CommandFailure(text, toolkitExitCodes.config, { cause: error });
  });
  const listed = await call.slowly('asking for jobs …', exportJobs(client, endpoint, ['READY_FOR_DOWNLOAD', 'SENDING_DATA']));
  let done = 0;
  let failed = 0;
  for (const job of listed.filter((one) => one.destinationEndpointId === endpoint && one.segmentDataFiles.length > 0)) {
    try {
      if (await fetchJob(run, folder, job)) done += 1;
      else failed += 1;
    } catch (error) {
      run.signal.throwIfAborted();
      const passes = error instanceof NetworkFault || (error instanceof ProtocolRefusal && error.status >= 500);
      if (passes) {
        call.say(`foyer: job ${job.jobId}: ${error.message}; the next run goes on`);
        return { done, failed: failed + 1, unreachable: true };
      }
      if (!(error instanceof ProtocolRefusal) || error.status === 401 || error.status === 403) throw error;
      failed += 1;
      call.say(`foyer: job ${job.jobId}: ${error.message}`);
    }
  }
  if (!call.json && done + failed === 0) call.print('No job is ready for download.');
  return { done, failed, unreachable: false };
}

/** False where the files could not be stored, which the exchange is told too. */
async function fetchJob(run: ToolkitRun, folder: string, job: ToolkitJob): Promise<boolean> {
  const { jobId } = job;
  const names = job.segmentDataFiles.map((_, at) => `${jobId}_${at + 1}.csv`);
  try {
    // What the rows are for: the action and the audience stand in the job, not in the files.
    await stored(writeFile(join(folder, `${jobId}.json`), `${JSON.stringify(job.whole, undefined, 2)}\n`));
    for (const [at, remote] of job.segmentDataFiles.entries()) await fetchFile(run, jobId, remote, join(folder, names[at] ?? ''));
  } catch (error) {
    if (!(error instanceof StoreFault)) throw error;
    run.call.say(`foyer: job ${jobId}: ${error.message}`);
    await report(run, jobId, { status: 'FAILED', subStatus: 'NOT_STORED', errorDetails: error.message });
    return false;
  }
  await report(run, jobId, { status: 'COMPLETE', subStatus: 'LOADED', errorDetails: null });
  if (run.call.json) run.call.printJson({ jobId, files: names, status: 'COMPLETE' });
  else run.call.print(`job ${jobId}: ${names.join(', ')} in ${folder}`);
  return true;
}

async function report(run: ToolkitRun, jobId: string, body: object): Promise<void> {
  await run.client.json({ method: 'PUT', path: `/v1/jobs/${jobId}`, json: body });
}

/** Written as `.part` and renamed when it is whole; what is there of an earlier try is not fetched again. */
async function fetchFile(run: ToolkitRun, jobId: string, remote: string, path: string): Promise<void> {
  if (existsSync(path)) return;
  const part = `${path}.part`;
  const address = `/v1/jobs/${jobId}/segmentDataFiles/${encodeURIComponent(remote)}`;
  await withProgress(run, `job ${jobId}: fetched`, null, (onBytes) =>
    run.client.call(
      async () => {
        const { size } = await stat(part).catch(() => ({ size: 0 }));
        // A range is one of the rows themselves, never of their packed form.
        const headers = size === 0 ? { 'accept-encoding': 'gzip' } : { 'accept-encoding': 'identity', range: `bytes=${size}-` };
        return { method: 'GET', path: address, headers: { accept: 'text/csv', ...headers }, kind: 'data' };
      },
      (answer) => keep(answer, part, onBytes),
    ),
  ).catch(async (error: unknown) => {
    // Nothing is left behind the part: it has all of the file already.
    const whole = error instanceof ProtocolRefusal && error.status === 416 && (await stat(part).catch(() => ({ size: 0 }))).size > 0;
    if (!whole) throw error;
  });
  await stored(rename(part, path));
}

async function keep(answer: ProtocolAnswer, part: string, onBytes: (bytes: number) => void): Promise<void> {
  const start = startOf(answer);
  await stored(start === 0 ? writeFile(part, '') : truncate(part, start));
  const handle = await stored(open(part, 'a'));
  try {
    let bytes = start;
    for await (const piece of unpacked(answer)) {
      await stored(handle.appendFile(piece));
      bytes += piece.length;
      onBytes(bytes);
    }
    await stored(handle.sync());
  } finally {
    await handle.close();
  }
}

/** Where the answer's first byte belongs: a server may send all of the file although a range was asked for. */
function startOf(answer: ProtocolAnswer): number {
  if (answer.status !== 206) return 0;
  const start = /^bytes (\d+)-/.exec(answer.header('content-range') ?? '')?.[1];
  if (start !== undefined) return Number(start);
  throw new ProtocolRefusal('the answer does not say which range it holds', { status: 0, code: null, retryAfterMs: null });
}

async function* unpacked(answer: ProtocolAnswer): AsyncGenerator<Buffer, void, undefined> {
  const packed = (answer.header('content-encoding') ?? '').toLowerCase() === 'gzip';
  if (!packed) {
    yield* answer.pieces;
    return;
  }
  const gunzip = createGunzip();
  const source = Readable.from(answer.pieces);
  source.on('error', (error) => gunzip.destroy(error));
  try {
    for await (const piece of source.pipe(gunzip)) yield piece as Buffer;
  } catch (error) {
    throw error instanceof NetworkFault ? error : new NetworkFault(`the packed file broke off: ${String(error)}`, { cause: error });
  } finally {
    source.destroy();
  }
}

async function stored<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw new StoreFault(`cannot store it: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
