import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type AudienceFile, audienceFiles, type AudienceHeader, isUnchanged, readHeader, UnusableFile } from './audience-file.ts';
import { cutIntoParts, type FilePart, packPart } from './file-parts.ts';
import { NetworkFault, ProtocolRefusal } from './protocol-faults.ts';
import { configKeys } from './toolkit-config.ts';
import { exportJobs, type ToolkitJob } from './toolkit-job.ts';
import { type ToolkitOutcome, type ToolkitRun, withProgress } from './toolkit-run.ts';
import { forgetUpload, isUnderWay, noteUpload } from './upload-note.ts';

/** What became of one job. `later`: the file stays for the next run; `refused`: the file is no good. */
type Sent = 'sent' | 'later' | 'refused' | 'unreachable';

/**
 * Answers the jobs that wait for data with the files of the folder (exchange.md section 5). A file that was sent to all jobs that wait for
 * it moves to `done/`, one whose content is refused to `error/`; a file that nobody waits for stays.
 */
export async function uploadAudiences(run: ToolkitRun): Promise<ToolkitOutcome> {
  const { call, config, client } = run;
  const endpoint = config.endpointId(configKeys.producerId);
  const folder = config.folder(configKeys.publishFolder);
  const files = new Map((await audienceFiles(folder)).map((file) => [file.segmentId, file]));
  const listed = await call.slowly('asking for jobs …', exportJobs(client, endpoint, ['WAITING_TO_RECIEVE_DATA', 'RECEIVING_DATA']));
  const jobs = listed.filter(
    (job) => job.producerEndpointId === endpoint && (job.status !== 'RECEIVING_DATA' || isUnderWay(folder, job.jobId)),
  );
  const wanted = Map.groupBy(jobs, (job) => job.producerSegmentId ?? '');
  let done = 0;
  let failed = 0;
  for (const [segmentId, waiting] of wanted) {
    const file = files.get(segmentId);
    if (file === undefined) {
      for (const { jobId } of waiting) call.say(`job ${jobId} waits for segment ${segmentId}, whose file is not in ${folder}`);
      continue;
    }
    const ends = await sendToJobs(run, file, waiting);
    done += ends.filter((end) => end === 'sent').length;
    failed += ends.filter((end) => end !== 'sent').length;
    if (ends.includes('unreachable')) return { done, failed, unreachable: true };
    if (ends.includes('refused')) await moveTo(run, file, 'error');
    else if (ends.every((end) => end === 'sent')) await moveTo(run, file, 'done');
  }
  if (!call.json && done + failed === 0) call.print('No job waits for a file that is here.');
  return { done, failed, unreachable: false };
}

async function sendToJobs(run: ToolkitRun, file: AudienceFile, jobs: readonly ToolkitJob[]): Promise<Sent[]> {
  const ends: Sent[] = [];
  for (const job of jobs) {
    const end = await sendToJob(run, file, job);
    ends.push(end);
    if (end === 'refused' || end === 'unreachable') break;
  }
  return ends;
}

async function sendToJob(run: ToolkitRun, file: AudienceFile, job: ToolkitJob): Promise<Sent> {
  const { call, config, signal } = run;
  const { jobId } = job;
  try {
    const header = await readHeader(file.path);
    const { headerBytes, size } = header;
    const parts = await withProgress(run, `reading ${file.fileName}`, null, () =>
      cutIntoParts(file.path, { headerBytes, size, partBytes: config.partBytes, signal }),
    );
    const rows = await sendParts(run, file, header, parts, jobId);
    if (call.json) call.printJson({ jobId, file: file.fileName, parts: parts.length, rows });
    else
      call.print(
        `job ${jobId} has ${file.fileName}${parts.length === 1 ? '' : ` in ${parts.length} parts`}${rows === null ? '' : `, ${rows} rows`}`,
      );
    return 'sent';
  } catch (error) {
    signal.throwIfAborted();
    return endOf(run, file, jobId, error);
  }
}

/** Rows as the server counted them; null where it does not say. */
async function sendParts(run: ToolkitRun, file: AudienceFile, header: AudienceHeader, parts: readonly FilePart[], jobId: string) {
  const folder = run.config.folder(configKeys.publishFolder);
  const packedPath = join(folder, `.upload-${jobId}.gz`);
  let rows: number | null = 0;
  if (parts.length > 1) noteUpload(folder, jobId);
  try {
    for (const [at, part] of parts.entries()) {
      const final = at === parts.length - 1;
      const packed = await packPart(file.path, part, header.headerBytes, packedPath, run.signal);
      // A file that changed meanwhile would be half the old one and half the new.
      if (!(await isUnchanged(file.path, header))) throw new ChangedFile('it has changed while it was read');
      const answer = await withProgress(run, `job ${jobId}, part ${at + 1} of ${parts.length}: sent`, packed.bytes, (onSent) =>
        run.client.call(
          () => ({
            method: 'POST',
            path: `/v1/jobs/${jobId}/data${final ? '' : '?final=false'}`,
            headers: { 'content-type': 'text/csv; charset=utf-8', 'content-encoding': 'gzip', 'content-digest': packed.contentDigest },
            file: { path: packedPath, bytes: packed.bytes, onSent },
            kind: 'data',
          }),
          readAccepted,
        ),
      );
      rows = rows === null || answer === null ? null : rows + answer;
    }
    forgetUpload(folder, jobId);
    return rows;
  } finally {
    await rm(packedPath, { force: true });
  }
}

class ChangedFile extends Error {}

async function readAccepted({ pieces }: { readonly pieces: AsyncIterable<Buffer> }): Promise<number | null> {
  const text = Buffer.concat(await Array.fromAsync(pieces)).toString('utf8');
  try {
    const { rows } = JSON.parse(text) as { rows?: unknown };
    return typeof rows === 'number' ? rows : null;
  } catch {
    return null;
  }
}

function endOf({ call, config }: ToolkitRun, file: AudienceFile, jobId: string, error: unknown): Sent {
  const say = (text: string): void => call.say(`foyer: job ${jobId}, ${file.fileName}: ${text}`);
  if (error instanceof UnusableFile) {
    say(`not sent: ${error.message}`);
    return 'refused';
  }
  if (error instanceof ChangedFile) {
    say(`not sent: ${error.message}; the next run sends it`);
    return 'later';
  }
  if (error instanceof NetworkFault || (error instanceof ProtocolRefusal && error.status >= 500)) {
    say(`${error.message}; the next run goes on`);
    return 'unreachable';
  }
  if (!(error instanceof ProtocolRefusal) || error.status === 401 || error.status === 403) throw error;
  if (error.status === 400 || error.status === 413 || error.status === 415) {
    say(`refused: ${error.message}`);
    return 'refused';
  }
  say(error.message);
  forgetUpload(config.folder(configKeys.publishFolder), jobId);
  return 'later';
}

/** Files of one name are kept apart by the time. */
async function moveTo({ call, config }: ToolkitRun, { path, fileName }: AudienceFile, where: 'done' | 'error'): Promise<void> {
  const folder = join(config.folder(configKeys.publishFolder), where);
  const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const to = join(folder, fileName.replace(/\.csv$/, `.${stamp}.csv`));
  await mkdir(folder, { recursive: true });
  await rename(path, to);
  if (!call.json) call.print(`${fileName} is now ${to}`);
}
