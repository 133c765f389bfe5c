import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, call, importText, type Json, logIn, pick } from '../api.ts';
import type { ReadyEndpoint } from '../exchange-client.ts';
import { type RunningServer, startServer, type StartOptions, temporaryFolder } from '../running-server.ts';
import { accounts, smallImport } from '../small-import.ts';

export type ShareJob = Readonly<Record<string, Json>>;
type Request = `${'GET' | 'POST' | 'PUT' | 'DELETE'} /${string}`;

/** Columns that all endpoints of the scene have. */
const definition = {
  identifiers: [
    { name: 'email', type: 'email' },
    { name: 'uid', type: 'user_id' },
  ],
  attributes: [
    { name: 'tier', type: 'string' },
    { name: 'score', type: 'number' },
  ],
};
const columns = [...definition.identifiers, ...definition.attributes];
export const audience = { id: 'gold', name: 'Gold', identifiers: definition.identifiers, attributes: definition.attributes };

/** Rows `from` up to, not including, `to`, with their header. Every 1000th has a bad score, every 1001st repeats the one before. */
export function rowsOf(from: number, to: number, tier = 'gold'): string {
  const lines = ['email,uid,tier,score'];
  for (let i = from; i < to; i++) {
    const who = i % 1001 === 1000 ? i - 1 : i;
    lines.push(`u${who}@example.org,${firstUser + who},${tier},${i % 1000 === 500 ? 'much' : i % 100}`);
  }
  return `${lines.join('\r\n')}\r\n`;
}
export const firstUser = 6_000_000_000;

/** A real server with the exchange, which can be killed and started again on what is there. */
export class ExchangeScene {
  readonly data: string;
  server!: RunningServer;
  token = '';
  readonly #folder;
  readonly #before: Partial<StartOptions>;

  constructor(name: string, before: Partial<StartOptions> = {}) {
    this.#folder = temporaryFolder(name);
    this.data = join(this.#folder.path, 'data');
    this.#before = before;
  }

  async begin(): Promise<this> {
    await this.#start();
    await importText(this.server.url, this.server.operatorToken, smallImport());
    await this.#enter();
    return this;
  }

  async end(): Promise<void> {
    await this.server.kill();
    this.#folder.remove();
  }

  /** kill -9, and a new server on the same data. */
  async killAndStart(between: () => Promise<unknown> = async () => {}): Promise<void> {
    await this.server.kill();
    await between();
    await this.startAgain();
  }

  async startAgain(more: Partial<StartOptions> = {}): Promise<void> {
    await this.#start(more);
    await this.#enter();
  }

  async #start(more: Partial<StartOptions> = {}): Promise<void> {
    this.server = await startServer({
      data: this.data,
      args: ['--empty'],
      env: { FOYER_ALLOW_PRIVATE_ENDPOINTS: '1', FOYER_RT_RATE_LIMIT: '0' },
      ...this.#before,
      ...more,
    });
  }
  async #enter(): Promise<void> {
    this.token = await logIn(this.server.url, accounts.provider.username, accounts.provider.password);
  }

  /** As a person of the member. */
  ask(request: Request, json?: unknown): Promise<Answer> {
    return this.#send(this.token, request, json === undefined ? {} : { json });
  }
  /** As an endpoint's software. */
  as({ key }: ReadyEndpoint, request: Request, more: object = {}): Promise<Answer> {
    return this.#send(`Bearer ${key}`, request, more);
  }
  #send(token: string, request: Request, more: object): Promise<Answer> {
    const [method = '', path = ''] = request.split(/ (.*)/s);
    return call(this.server.url, path, { token, method, ...more });
  }

  /** An Active endpoint with the scene's columns; one that pushes offers the audience. */
  async endpoint(name: string, segment: object): Promise<ReadyEndpoint> {
    const registered = await this.ask('POST /v1/endpoint-registrations', { name });
    const endpoint = { id: Number(pick(registered.json, 'endpointId')), key: String(pick(registered.json, 'key')) };
    const marketingDatabasesDefinition = { marketingDatabases: [{ name: 'people', ...definition }] };
    const body = { name, providerName: 'Example Co', endpointTypes: { segment }, marketingDatabasesDefinition };
    const put = await this.as(endpoint, 'PUT /v1/endpoint', { json: body });
    if (put.status !== 200) throw new Error(put.text);
    if (JSON.stringify(segment).includes('"sourceType":"push"')) {
      const { id, name: called } = audience;
      await this.as(endpoint, `POST /v1/endpoint/${endpoint.id}/segments`, { json: [{ id, name: called, segment_attributes: columns }] });
    } else if (JSON.stringify(segment).includes('sourceType')) await this.offered(endpoint);
    return endpoint;
  }

  /** A pull producer's audiences are read when it becomes Active. */
  async offered({ id }: ReadyEndpoint): Promise<void> {
    while ((await this.ask(`GET /v1/audiences?endpointId=${id}`)).text === '[]') await sleep(20);
  }

  async builtIn(): Promise<ReadyEndpoint> {
    return { id: Number(pick((await this.ask('GET /v1/endpoints?kind=internal')).json, '0.endpointId')), key: '' };
  }

  /** A share that begins now, or as it says; answers its job. */
  async share(source: ReadyEndpoint, destination: ReadyEndpoint, more: object = {}): Promise<number> {
    return Number(pick((await this.shared(source, destination, more)).json, 'lastJobId'));
  }
  async shared(source: ReadyEndpoint, destination: ReadyEndpoint, more: object = {}): Promise<Answer> {
    const answer = await this.ask('POST /v1/shares', {
      name: 'Gold',
      source: { endpointId: source.id, segmentId: audience.id },
      destination: { endpointId: destination.id, newSegment: { name: 'Gold Q3' } },
      identityMapping: { sourceIdentifiers: ['email'], destinationIdentifier: 'email' },
      attributeMappings: { tier: 'tier', score: 'score' },
      ...more,
    });
    if (answer.status !== 201) throw new Error(answer.text);
    return answer;
  }

  async job(id: number): Promise<ShareJob> {
    return (await this.ask(`GET /v1/share-jobs/${id}`)).json as ShareJob;
  }

  /** Looks often until it is so; throws where the job has ended without it. */
  async until(id: number, isSo: (job: ShareJob) => boolean): Promise<ShareJob> {
    for (;;) {
      const job = await this.job(id);
      if (isSo(job)) return job;
      if (['COMPLETE', 'FAILED', 'CANCELED'].includes(String(job['status']))) throw new Error(JSON.stringify(job));
      await sleep(5);
    }
  }
  reaches(id: number, ...statuses: readonly string[]): Promise<ShareJob> {
    return this.until(id, ({ status }) => statuses.includes(String(status)));
  }

  upload(endpoint: ReadyEndpoint, job: number, body: string | Uint8Array, query = '', headers: object = {}): Promise<Answer> {
    return this.as(endpoint, `POST /v1/jobs/${job}/data${query}`, { body, headers: { 'content-type': 'text/csv', ...headers } });
  }

  /** Paths of delivered files. */
  async files(endpoint: ReadyEndpoint, job: number): Promise<readonly string[]> {
    const answer = await this.as(endpoint, `GET /v1/jobs/SEGMENT_EXPORT/${job}`);
    return (pick(answer.json, 'segmentDataFiles') ?? []) as readonly string[];
  }
  download(endpoint: ReadyEndpoint, job: number, file: string, headers: object = {}): Promise<Answer> {
    return this.as(endpoint, `GET /v1/jobs/${job}/segmentDataFiles/${file}`, { headers });
  }
  /** Rows of all files of a job, sorted: their order is not promised. */
  async delivered(endpoint: ReadyEndpoint, job: number): Promise<readonly string[]> {
    const rows: string[] = [];
    for (const file of await this.files(endpoint, job)) rows.push((await this.download(endpoint, job, file)).text);
    return rows.flatMap((text) => text.split('\r\n').slice(1, -1)).sort();
  }

  async rejects(job: number): Promise<string> {
    return (await this.ask(`GET /v1/share-jobs/${job}/rejects`)).text;
  }

  folder(job: number): string {
    return join(this.data, 'files', 'exchange', String(job));
  }
  /** What lies in the job's folder, its folders' files too. */
  onDisk(job: number): readonly string[] {
    if (!existsSync(this.folder(job))) return [];
    return readdirSync(this.folder(job), { recursive: true }).map(String).toSorted();
  }
  /** Until a file of this kind lies in the job's folder, or the job has ended. */
  async untilOnDisk(job: number, file: RegExp): Promise<void> {
    while (!this.onDisk(job).some((name) => file.test(name))) await sleep(1);
  }
}

const countNames = ['status', 'rowsReceived', 'rowsSent', 'rowsRejected', 'rowsUnknown', 'rowsMerged', 'error', 'warnings'];
/** What a run without a kill has too. */
export const countsOf = (job: ShareJob): object => Object.fromEntries(countNames.map((name) => [name, job[name]]));
