import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PlayedJob {
  readonly key: string;
  phase: string;
  error_code: string | null;
}

/** What becomes of an upload: the answer's status, whether its connection is cut instead, and what the job is then. */
export interface UploadReaction {
  readonly status?: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cut?: boolean;
  readonly leaves: string;
}

export const accepted: UploadReaction = { leaves: 'validating' };
const failed = 'uploading-error';
export const cutOff: UploadReaction = { cut: true, leaves: failed };
export const refusal = (status: number, code: string, headers: Readonly<Record<string, string>> = {}): UploadReaction => ({
  status,
  body: { response: { status: 'ERROR', error_code: code, errors: [code] } },
  headers,
  leaves: failed,
});

/** Plays the Batch Segment Service as far as an upload meets it, and reacts to uploads in turn, the last reaction for ever. */
export class BatchServer {
  readonly url: string;
  readonly jobs: PlayedJob[] = [];
  /** Bytes of each upload that was read to its end. */
  readonly uploads: number[] = [];
  /** Answers to GET /batch-segment-progress; by default it is not there. */
  events: (answer: ServerResponse) => void = (answer) => answer.writeHead(502).end();
  readonly #server: Server;
  readonly #reactions: readonly UploadReaction[];
  #seen = 0;

  private constructor(server: Server, reactions: readonly UploadReaction[]) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#reactions = reactions;
    server.on('request', (request: IncomingMessage, answer: ServerResponse) => this.#serve(request, answer));
  }

  static async start(...reactions: readonly UploadReaction[]): Promise<BatchServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new BatchServer(server, reactions);
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #serve(request: IncomingMessage, answer: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '', this.url);
    if (pathname === '/batch-segment-progress') this.events(answer);
    else if (pathname.startsWith('/segment-upload/')) this.#upload(Number(pathname.split('/')[2]), request, answer);
    else if (request.method === 'POST') this.#create(String(request.headers['idempotency-key']), answer);
    else this.#tell(answer, this.#onWire(Number(searchParams.get('job_id'))));
  }

  #create(key: string, answer: ServerResponse): void {
    const known = this.jobs.findIndex((job) => job.key === key);
    const at = known === -1 ? this.jobs.push({ key, phase: 'starting', error_code: null }) - 1 : known;
    this.#tell(answer, { job_id: String(at), id: at, upload_url: `${this.url}/segment-upload/${at}` });
  }

  #upload(at: number, request: IncomingMessage, answer: ServerResponse): void {
    const reaction = this.#reactions[Math.min(this.#seen++, this.#reactions.length - 1)] ?? accepted;
    let bytes = 0;
    request.on('data', (piece: Buffer) => (bytes += piece.length));
    request.on('end', () => {
      this.uploads.push(bytes);
      const job = this.jobs[at];
      const isFailed = reaction.leaves === failed;
      if (job) Object.assign(job, { phase: isFailed ? 'error' : reaction.leaves, error_code: isFailed ? failed : null });
      if (reaction.cut === true) request.socket.destroy();
      else if (reaction.status !== undefined) answer.writeHead(reaction.status, reaction.headers).end(JSON.stringify(reaction.body));
      else answer.end(JSON.stringify({ response: { status: 'OK', segment_upload: { job_id: String(at) } } }));
    });
  }

  #onWire(at: number): object {
    return { id: at, job_id: String(at), start_time: null, created_on: '2026-01-01 00:00:00', ...this.jobs[at] };
  }

  #tell(answer: ServerResponse, job: object): void {
    answer.setHeader('content-type', 'application/json');
    answer.end(JSON.stringify({ response: { status: 'OK', id: 1, batch_segment_upload_job: job } }));
  }
}
