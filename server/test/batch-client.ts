import { setTimeout as pause } from 'node:timers/promises';
import type { AccountName, PlatformAnswer, PlatformServer } from './platform-server.ts';

/** A job on the wire, as far as tests look at it. */
export type ShownJob = Readonly<Record<string, string | number | boolean | null>>;

export interface JobRequest {
  readonly as?: AccountName;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RequestedJob {
  readonly id: number;
  readonly jobId: string;
  /** Path and query of the upload URL. */
  readonly path: string;
}

const longestWaitMs = 30_000;
const uploadHeaders = { 'content-type': 'application/octet-stream' };

/** Plays a client of the Batch Segment Service. */
export class BatchClient {
  readonly #platform: PlatformServer;
  constructor(platform: PlatformServer) {
    this.#platform = platform;
  }

  async request({ as = 'provider', query = '', headers = {} }: JobRequest = {}): Promise<RequestedJob> {
    const answer = await this.#platform.call(`POST /batch-segment${query}`, { as, headers });
    if (answer.status !== 200) throw new Error(`no job: ${answer.status} ${answer.text}`);
    const url = new URL(String(answer.at('batch_segment_upload_job.upload_url')));
    return { id: Number(answer.at('id')), jobId: String(answer.at('batch_segment_upload_job.job_id')), path: url.pathname };
  }

  send(path: string, file: string | Uint8Array, headers: Readonly<Record<string, string>> = uploadHeaders): Promise<PlatformAnswer> {
    return this.#platform.call(`POST ${path as '/'}`, { as: null, body: file, headers });
  }

  async job(jobId: string, as: AccountName = 'provider'): Promise<ShownJob> {
    return (await this.#platform.call(`GET /batch-segment?job_id=${jobId}`, { as })).at('batch_segment_upload_job') as ShownJob;
  }

  /** Waits until the job has ended. */
  async ended(jobId: string, as: AccountName = 'provider'): Promise<ShownJob> {
    const untilMs = Date.now() + longestWaitMs;
    for (;;) {
      const job = await this.job(jobId, as);
      if (job.phase === 'completed' || job.phase === 'error') return job;
      if (Date.now() > untilMs) throw new Error(`the job is ${String(job.phase)} after ${longestWaitMs} ms`);
      await pause(20);
    }
  }

  /** Asks, sends, waits. */
  async load(file: string | Uint8Array, request: JobRequest = {}): Promise<ShownJob> {
    const { jobId, path } = await this.request(request);
    const sent = await this.send(path, file);
    if (sent.status !== 200) throw new Error(`no upload: ${sent.status} ${sent.text}`);
    return this.ended(jobId, request.as);
  }
}
