/** Other companies' software for tests: it keeps to the protocol, counts what really happened, and can be told to wait. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that has come, whole unless its connection broke. */
export interface PeerRequest {
  readonly method: string;
  readonly path: string;
  readonly key: string | null;
  readonly body: Buffer;
}

/** Called before a request is answered; whatever it does happens while the other side waits. True: it is never answered. */
export type BeforeAnswer = (request: PeerRequest) => Promise<boolean> | boolean;

abstract class Peer implements AsyncDisposable {
  readonly requests: PeerRequest[] = [];
  before: BeforeAnswer = () => false;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.#take(request, response).catch(() => response.destroy());
    });
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  count(start: string): number {
    return this.requests.filter(({ method, path }) => `${method} ${path}`.startsWith(start)).length;
  }

  protected abstract answer(request: PeerRequest, response: ServerResponse): void;

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const key = request.headers['idempotency-key'];
    const taken: PeerRequest = {
      method: request.method ?? '',
      path: request.url ?? '',
      key: typeof key === 'string' ? key : null,
      body: Buffer.concat(chunks),
    };
    this.requests.push(taken);
    this.effect(taken);
    if (await this.before(taken)) return;
    this.answer(taken, response);
  }

  /** What a request does, whether or not its answer ever arrives. */
  protected effect(_request: PeerRequest): void {}

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}

const json = (response: ServerResponse, status: number, value: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '1' }).end(JSON.stringify(value));
};

/** A pull producer with one audience, whose data a job makes in parts. Jobs are counted by Idempotency-Key. */
export class PullProducer extends Peer {
  /** The audience's data by part, each with its header. */
  parts: readonly string[] = [];
  /** How often a job says that it runs before it is complete. */
  polls = 0;
  /** Parts that are sent up to their middle, after which the connection stays open and silent. */
  readonly cut = new Set<number>();
  readonly jobs = new Set<string>();
  readonly #segment: object;

  constructor(segment: object) {
    super();
    this.#segment = segment;
  }

  protected override effect({ method, key }: PeerRequest): void {
    if (method === 'POST' && key !== null) this.jobs.add(key);
  }

  protected answer({ method, path }: PeerRequest, response: ServerResponse): void {
    const part = /^\/v1\/jobs\/j1\/data\/p(\d+)$/.exec(path);
    if (path === '/v1/segments') json(response, 200, [this.#segment]);
    else if (path.endsWith('/data')) response.writeHead(204).end();
    else if (path.startsWith('/v1/segments/')) json(response, 200, this.#segment);
    else if (method === 'POST') json(response, 202, { jobId: 'j1', status: 'QUEUED' });
    else if (part) this.#sendPart(Number(part[1]), response);
    else if (this.polls-- > 0) json(response, 200, { jobId: 'j1', status: 'RUNNING' });
    else json(response, 200, { jobId: 'j1', status: 'COMPLETE', jobData: this.parts.map((_, at) => ({ jobDataId: `p${at}` })) });
  }

  #sendPart(number: number, response: ServerResponse): void {
    const bytes = Buffer.from(this.parts[number] ?? '');
    response.writeHead(200, { 'content-type': 'text/csv', 'content-length': String(bytes.length) });
    if (this.cut.delete(number)) response.write(bytes.subarray(0, bytes.length / 2));
    else response.end(bytes);
  }
}

/** A push consumer that remembers Idempotency-Keys: `applied` is what it took, each request once. */
export class PushConsumer extends Peer {
  readonly applied: { readonly what: string; readonly key: string; readonly digest: string; readonly rows: readonly string[] }[] = [];
  /** How often a job says that it runs before it is complete. */
  polls = 0;
  readonly #known = new Map<string, string>();
  /** Requests that came again under a key that stood for other bytes. */
  readonly confused: string[] = [];

  /** Data that were taken; not the creation of segments. */
  get data() {
    return this.applied.filter(({ what }) => what.endsWith('/data'));
  }

  protected override effect({ method, path, key, body }: PeerRequest): void {
    if (method === 'GET') return;
    const digest = createHash('sha256').update(body).digest('hex');
    const what = `${method} ${path}`;
    const known = this.#known.get(key ?? '');
    if (known !== undefined && known !== `${what} ${digest}`) this.confused.push(what);
    if (known !== undefined) return;
    this.#known.set(key ?? '', `${what} ${digest}`);
    this.applied.push({ what, key: key ?? '', digest, rows: body.toString('latin1').split('\r\n').slice(1, -1) });
  }

  protected answer({ method, path }: PeerRequest, response: ServerResponse): void {
    if (method === 'POST' && path === '/v1/segments') json(response, 201, { id: 's-1' });
    else if (method !== 'GET') json(response, 202, { jobId: `d${this.data.length}`, status: 'QUEUED' });
    else if (path.startsWith('/v1/jobs/')) {
      const status = this.polls-- > 0 ? 'RUNNING' : 'COMPLETE';
      json(response, 200, { jobId: path.slice('/v1/jobs/'.length), status });
    } else json(response, 200, []);
  }
}
