import { createReadStream, statSync } from 'node:fs';
import { request } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { CpuMeter } from '../load/cpu-meter.ts';
import { call, provider } from './foyer-catalog.ts';
import type { FoyerServer } from './foyer-server.ts';

/** Longer, the longer a job takes: what an account may ask in a minute is limited. */
const firstPauseMs = 20;
const longestPauseMs = 250;
const pieceBytes = 1 << 20;

/** A job as the server tells it, as far as the bench looks at it. */
interface ToldJob {
  readonly phase: string;
  readonly error_code: string | null;
  readonly num_valid: number;
  readonly num_invalid_format: number;
}

/** One file, from the first byte sent to `completed`. */
export interface BatchRun {
  readonly uploadSeconds: number;
  /** From the answer to the upload to `completed`. */
  readonly loadSeconds: number;
  readonly valid: number;
  readonly refusedLines: number;
  /** Processor time of the server's process for both, in seconds; null where it cannot be told. */
  readonly cpu: number | null;
}

/** Lifts the limits on files, and says for how long jobs can be undone; 0: not at all. */
export async function setUpBatches({ url, operatorToken }: FoyerServer, undoDays: number): Promise<void> {
  const none = { file_byte_limit: 0, hourly_byte_limit: 0, daily_byte_limit: 0, hourly_num_lines_limit: 0, daily_num_lines_limit: 0 };
  const body = { batch_segment_upload_config: { ...none, undo_days: undoDays } };
  await call(`${url}/batch-segment-config?member_id=${provider}`, 'PUT', operatorToken, JSON.stringify(body));
}

/** Asks for a job, sends the file, waits for its end. @throws where the job does not end `completed` */
export async function loadBatchFile({ url, token, pid }: FoyerServer, path: string): Promise<BatchRun> {
  const asked = (await call(`${url}/batch-segment`, 'POST', token)) as JobAnswer & { readonly response: { readonly id: number } };
  const { job_id: jobId, upload_url: uploadUrl } = asked.response.batch_segment_upload_job;
  const meter = new CpuMeter(pid);
  meter.begin();
  const began = performance.now();
  await upload(uploadUrl, path);
  const uploaded = performance.now();
  for (;;) {
    const { response } = (await call(`${url}/batch-segment?job_id=${jobId}`, 'GET', token)) as JobAnswer;
    const job = response.batch_segment_upload_job;
    if (job.phase === 'error') throw new Error(`the job ended with ${job.error_code}`);
    if (job.phase === 'completed') {
      const loadSeconds = (performance.now() - uploaded) / 1000;
      const cpu = meter.end()?.server ?? null;
      return { uploadSeconds: (uploaded - began) / 1000, loadSeconds, valid: job.num_valid, refusedLines: job.num_invalid_format, cpu };
    }
    await sleep(Math.min(longestPauseMs, firstPauseMs + (performance.now() - uploaded) / 50));
  }
}

interface JobAnswer {
  readonly response: { readonly batch_segment_upload_job: ToldJob & { readonly job_id: string; readonly upload_url: string } };
}

/** Sends a file as a client does that reads it from its disk. */
async function upload(url: string, path: string): Promise<void> {
  const headers = { 'content-type': 'application/octet-stream', 'content-length': statSync(path).size };
  const sending = request(url, { method: 'POST', headers });
  const answered = new Promise<number>((resolve, reject) => {
    sending.on('response', (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    sending.on('error', reject);
  });
  const [status] = await Promise.all([answered, pipeline(createReadStream(path, { highWaterMark: pieceBytes }), sending)]);
  if (status !== 200) throw new Error(`the upload was answered with ${status}`);
}
