/** Runs of shares in tests: a push source, a pull or built-in destination, and what their software does with a job. */
import { expect, vi } from 'vitest';
import { addDestination, addEndpoint, described, offer } from '../src/exchange/shares/exchange.fixture.ts';
import type { Answer, CallOptions, Json } from './api.ts';
import { call } from './api.ts';
import { type AccountName, members, type PlatformServer } from './platform-server.ts';

type JobJson = Readonly<Record<string, Json>>;
type Calls = `${'GET' | 'POST' | 'PUT' | 'DELETE'} /${string}`;

export const csvType = { 'content-type': 'text/csv; charset=utf-8' };

/** Endpoints of the provider, and shares between them. */
export class JobWorld {
  readonly platform: PlatformServer;
  readonly source: number;
  readonly destination: number;
  /** The provider's account-level key: it does not end when the clock is moved, as sessions do. */
  readonly key: string;

  private constructor(platform: PlatformServer, key: string, source: number, destination: number) {
    this.platform = platform;
    this.key = key;
    this.source = source;
    this.destination = destination;
  }

  /** A push source that offers the audience `s` with email and tier, and a pull consumer of email and level. */
  static async of(platform: PlatformServer): Promise<JobWorld> {
    const source = await addEndpoint(platform, { attributed: 'tier:string' });
    const destination = await addDestination(platform, { attributed: 'level:string' });
    await offer(platform, source, 's', 'email', 'tier');
    const { key } = (await platform.call('POST /v1/account-key')).json as { key: string };
    return new JobWorld(platform, `Bearer ${key}`, source, destination);
  }

  call(request: Calls, options: CallOptions & { as?: AccountName } = {}): Promise<Answer> {
    const [method = '', path = ''] = request.split(/ (.*)/s);
    const { as, ...rest } = options;
    return call(this.platform.url, path, { token: as === undefined ? this.key : this.platform.tokens[as], ...rest, method });
  }

  /** The share that `more` describes; with NOW its job. */
  async share(more: object = {}): Promise<{ readonly shareId: number; readonly jobId: number }> {
    const json = described(this.source, this.destination, { attributeMappings: { tier: 'level' }, ...more });
    const answer = await this.call('POST /v1/shares', { json });
    if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
    const { shareId, lastJobId } = answer.json as { shareId: number; lastJobId: number };
    return { shareId, jobId: lastJobId };
  }

  /** A job that waits for its data. */
  async waiting(more: object = {}): Promise<number> {
    const { jobId } = await this.share(more);
    await this.reaches(jobId, 'WAITING_TO_RECIEVE_DATA');
    return jobId;
  }

  upload(job: number, body: string | Uint8Array, { query = '', ...headers }: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.call(`POST /v1/jobs/${job}/data${query}`, { body, headers: { ...csvType, ...headers } });
  }

  /** A job whose data have come, when it has got so far. */
  async uploaded(body: string, more: object = {}, until = 'READY_FOR_DOWNLOAD'): Promise<number> {
    const job = await this.waiting(more);
    const answer = await this.upload(job, body);
    if (answer.status !== 202) throw new Error(`${answer.status} ${answer.text}`);
    await this.reaches(job, until);
    return job;
  }

  async job(job: number): Promise<JobJson> {
    return (await this.call(`GET /v1/share-jobs/${job}`)).json as JobJson;
  }

  /** Waits for the status; throws where the job has ended in another one. */
  async reaches(job: number, status: string): Promise<JobJson> {
    const now = await this.#until(job, [status, 'COMPLETE', 'FAILED', 'CANCELED']);
    expect([now['status'], now['status'] === status ? null : now['error']]).toEqual([status, null]);
    return now;
  }

  /** Waits until the job has ended; throws where it has not failed. */
  async fails(job: number): Promise<JobJson> {
    const now = await this.#until(job, ['COMPLETE', 'FAILED', 'CANCELED']);
    expect(now['state']).toBe('Failed');
    return now;
  }

  #until(job: number, statuses: readonly string[]): Promise<JobJson> {
    return vi.waitFor(
      async () => {
        const now = await this.job(job);
        if (!statuses.includes(String(now['status']))) throw new Error(`job ${job} is ${String(now['status'])}`);
        return now;
      },
      { timeout: 50_000, interval: 20 },
    );
  }

  file(job: number, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.call(`GET /v1/jobs/${job}/segmentDataFiles/${job}_1.csv`, { headers });
  }

  report(job: number, json: object): Promise<Answer> {
    return this.call(`PUT /v1/jobs/${job}`, { json });
  }

  cancel(job: number, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.call(`POST /v1/share-jobs/${job}/cancel`, { headers });
  }

  /** Records of a reject file, without its header. */
  async rejects(job: number): Promise<string[]> {
    const { status, text } = await this.call(`GET /v1/share-jobs/${job}/rejects`);
    expect(status).toBe(200);
    return text.split('\r\n').slice(1, -1);
  }

  /** A segment of the provider's. */
  async segment(json: object = {}): Promise<number> {
    const answer = await this.platform.call('POST /segment', { json: { segment: { member_id: members.provider, ...json } } });
    return Number(answer.at('id'));
  }
}

/** Status and code of a refusal. */
export const codeOf = ({ status, json }: Answer): readonly unknown[] => [status, (json as JobJson | undefined)?.['code']];
