import { Buffer } from 'node:buffer';
import type { PeerAnswer } from './peer-answer.ts';
import {
  isUsableId,
  type PeerColumn,
  type PeerJob,
  type PeerSegment,
  readCreatedId,
  readJob,
  readSegment,
  readSegmentList,
} from './peer-answers.ts';
import { type EndpointAddress, PeerCaller, type PathCall } from './peer-caller.ts';
import { type CallName, detailsOf, PeerFault } from './peer-faults.ts';
import type { PeerBody, PeerHttp } from './peer-http.ts';
import { pollWaitMs, type WaitParts } from './retrying.ts';

/** Data of a segment, to be read once, inside of the function that takes it. */
export interface PeerData {
  /** The bytes as they come. Ends with a PeerFault when the connection breaks or more come than were allowed. */
  readonly body: AsyncIterable<Uint8Array>;
  /** What the taker has to undo. */
  readonly contentEncoding: 'identity' | 'gzip';
}

/** A job that an endpoint took on, and how long it asked to wait before the first question about it. */
export interface StartedJob {
  readonly job: PeerJob;
  readonly retryAfterMs: number | undefined;
}

export type Delivery = { readonly kind: 'done' } | ({ readonly kind: 'job' } & StartedJob);

export type ShareAction = 'ADD' | 'REPLACE' | 'REMOVE';

/** CSV to be delivered; `open` begins it anew for every attempt. */
export interface PeerRows {
  /** Its length where it is known; null: chunked. */
  readonly bytes: number | null;
  open(): AsyncIterable<Uint8Array>;
}

const csv = 'text/csv; charset=utf-8';
const json = 'application/json;charset=utf-8';
const mostPages = 1000;
const mostSegments = 100_000;
const mostListBytes = 64 * 1024 * 1024;
const mostErrorCharacters = 1000;

const methods = { ADD: 'POST', REPLACE: 'PUT', REMOVE: 'DELETE' } as const;

/**
 * What the exchange asks of one endpoint (exchange.md section 2.5). Every method makes five retries, ends with a PeerFault where they
 * do not help, and with the signal's reason when it is aborted.
 */
export class EndpointClient {
  readonly #caller: PeerCaller;
  readonly #wait: WaitParts;

  constructor(http: PeerHttp, endpoint: EndpointAddress, wait: WaitParts) {
    this.#caller = new PeerCaller(http, endpoint, wait);
    this.#wait = wait;
  }

  /** All segments, over all pages (`Link: <…>; rel="next"`, on the endpoint's own origin). Of several with one id the last counts. */
  async listSegments(signal: AbortSignal): Promise<PeerSegment[]> {
    const call: PathCall = { method: 'GET', path: '/v1/segments', ids: [], kind: 'metadata', headers: wantsJson };
    const segments = new Map<string, PeerSegment>();
    const first = this.#caller.urlOf(call);
    let bytes = 0;
    for (let page = 1, url: URL | undefined = first; url !== undefined; page += 1) {
      url = await this.#caller.callUrl(url, call, signal, async (answer) => {
        const listed = await this.#caller.json(call, answer, (value, size) => ({ segments: readSegmentList(value), size }));
        for (const segment of listed.segments) segments.set(segment.id, segment);
        bytes += listed.size;
        return this.#nextPage(call, answer, first.origin);
      });
      if (page > mostPages || segments.size > mostSegments || bytes > mostListBytes) {
        throw new PeerFault(
          'TOO_LARGE',
          `The endpoint lists more than ${mostSegments} segments, ${mostPages} pages or ${mostListBytes} bytes`,
          detailsOf(call),
        );
      }
    }
    return [...segments.values()];
  }

  async readSegment(segmentId: string, signal: AbortSignal): Promise<PeerSegment> {
    const call = segmentCall('GET', '/v1/segments/{segmentId}', segmentId, { kind: 'metadata', headers: wantsJson });
    return this.#caller.call(call, signal, (answer) => this.#caller.json(call, answer, (value) => readSegment(value)));
  }

  /**
   * The data of a segment, if the endpoint has it ready.
   * @param limitBytes most bytes on the wire; more are TOO_LARGE
   * @param take reads the data, once for each attempt: a connection that breaks in the middle begins the next one, so it must begin anew
   * too. What it throws ends the call, unless the connection broke before
   */
  async readSegmentData<T>(
    segmentId: string,
    limitBytes: number,
    take: (data: PeerData) => Promise<T>,
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'data'; readonly taken: T } | { readonly kind: 'not-ready' }> {
    const call = segmentCall('GET', '/v1/segments/{segmentId}/data', segmentId, { kind: 'data', headers: wantsCsv });
    return this.#caller.call(call, signal, async (answer) => {
      if (answer.status === 204 || answer.status === 202) return { kind: 'not-ready' };
      return { kind: 'data', taken: await take(this.#data(call, answer, limitBytes)) };
    });
  }

  /** Asks for a segment's data as a job. `segment.idIsNumber`: its id goes out as the number that it came as. */
  createJob(
    segment: { readonly id: string; readonly idIsNumber: boolean },
    job: { readonly exchangeJobId: number; readonly columns: readonly string[] },
    idempotencyKey: string,
    signal: AbortSignal,
  ): Promise<StartedJob> {
    const segmentId = segment.idIsNumber ? rawJSON(segment.id) : segment.id;
    const body = jsonBody({ jobCategory: 'SEGMENT_EXPORT', segmentId, ...job });
    const headers = { ...wantsJson, 'idempotency-key': idempotencyKey };
    const call: PathCall = { method: 'POST', path: '/v1/jobs', ids: [], kind: 'metadata', headers, body };
    return this.#caller.call(call, signal, (answer) => this.#started(call, answer));
  }

  /** A job as it stands. FAILED is an answer here. */
  readJob(jobId: string, signal: AbortSignal): Promise<StartedJob> {
    const call = jobCall('/v1/jobs/{jobId}', [jobId], { kind: 'metadata', headers: wantsJson });
    return this.#caller.call(call, signal, async (answer) => ({
      job: await this.#caller.json(call, answer, (value) => readJob(value)),
      retryAfterMs: this.#caller.retryAfterMs(answer),
    }));
  }

  /**
   * Asks until the job is COMPLETE: after 15, 30, 60 s, then every 5 minutes; Retry-After of the last answer goes before.
   * @param withinMs PEER_TIMEOUT once a wait would pass this time, counted from the call
   * @throws PeerFault PEER_FAILED with the endpoint's text
   */
  async pollJob(started: StartedJob, withinMs: number, signal: AbortSignal): Promise<PeerJob> {
    const call: CallName = { method: 'GET', path: '/v1/jobs/{jobId}' };
    const endMs = this.#wait.nowMs() + withinMs;
    let { job, retryAfterMs } = started;
    for (let poll = 1; ; poll += 1) {
      if (job.status === 'COMPLETE') return job;
      if (job.status === 'FAILED') {
        const text = job.errorDetails === null ? '' : this.#caller.shown(job.errorDetails, mostErrorCharacters);
        throw new PeerFault(
          'PEER_FAILED',
          text === '' ? 'The endpoint says that its job failed' : `The endpoint says: ${text}`,
          detailsOf(call),
        );
      }
      const waitMs = pollWaitMs(poll, retryAfterMs);
      if (this.#wait.nowMs() + waitMs > endMs) {
        throw new PeerFault('PEER_TIMEOUT', `The endpoint's job did not end within ${withinMs / 3_600_000} h`, detailsOf(call));
      }
      await this.#wait.sleep(waitMs, signal);
      ({ job, retryAfterMs } = await this.readJob(job.jobId, signal));
    }
  }

  /** One part of a job's data; as readSegmentData. */
  readJobData<T>(
    jobId: string,
    jobDataId: string,
    limitBytes: number,
    take: (data: PeerData) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const call = jobCall('/v1/jobs/{jobId}/data/{jobDataId}', [jobId, jobDataId], { kind: 'data', headers: wantsCsv });
    return this.#caller.call(call, signal, (answer) => take(this.#data(call, answer, limitBytes)));
  }

  /** Makes a segment at a consumer; answers its id there. */
  createSegment(
    segment: {
      readonly name: string;
      readonly description: string | null;
      readonly identifiers: readonly PeerColumn[];
      readonly attributes: readonly PeerColumn[];
    },
    idempotencyKey: string,
    signal: AbortSignal,
  ): Promise<string> {
    const headers = { ...wantsJson, 'idempotency-key': idempotencyKey };
    const call: PathCall = { method: 'POST', path: '/v1/segments', ids: [], kind: 'metadata', headers, body: jsonBody(segment) };
    return this.#caller.call(call, signal, (answer) => this.#caller.json(call, answer, readCreatedId));
  }

  /**
   * Delivers rows to a consumer's segment, in one request. A consumer whose DELETE never arrives (405, 501) is asked once more in the
   * other form that it must offer for REMOVE, `POST …/data?action=REMOVE`; that request has a key of its own.
   * @param idempotencyKey equal for each attempt of this delivery, different for each delivery
   */
  async sendData(segmentId: string, action: ShareAction, rows: PeerRows, idempotencyKey: string, signal: AbortSignal): Promise<Delivery> {
    const body: PeerBody = { contentType: csv, bytes: rows.bytes, open: () => rows.open() };
    const headers = { ...wantsJson, 'idempotency-key': idempotencyKey };
    const alsoTaken = action === 'REMOVE' ? [405, 501] : [];
    const call = segmentCall(methods[action], '/v1/segments/{segmentId}/data', segmentId, { kind: 'data', headers, body, alsoTaken });
    const delivery = await this.#caller.call(call, signal, (answer) =>
      alsoTaken.includes(answer.status) ? Promise.resolve(undefined) : this.#delivered(call, answer),
    );
    if (delivery) return delivery;
    const other: PathCall = {
      ...call,
      method: 'POST',
      query: { action: 'REMOVE' },
      headers: { ...headers, 'idempotency-key': `${idempotencyKey}.post` },
      alsoTaken: [],
    };
    return this.#caller.call(other, signal, (answer) => this.#delivered(other, answer));
  }

  async #delivered(call: CallName, answer: PeerAnswer): Promise<Delivery> {
    return answer.status === 202 ? { kind: 'job', ...(await this.#started(call, answer)) } : { kind: 'done' };
  }

  async #started(call: CallName, answer: PeerAnswer): Promise<StartedJob> {
    const job = await this.#caller.json(call, answer, (value) => readJob(value, 'QUEUED'));
    return { job, retryAfterMs: this.#caller.retryAfterMs(answer) };
  }

  #data(call: CallName, answer: PeerAnswer, limitBytes: number): PeerData {
    if (answer.status !== 200) throw this.#caller.malformed(call, answer, `status ${answer.status} brings no data`);
    const encoding = (answer.header('content-encoding') ?? '').trim().toLowerCase();
    const contentEncoding = encoding === '' ? 'identity' : encoding === 'x-gzip' ? 'gzip' : encoding;
    if (contentEncoding !== 'identity' && contentEncoding !== 'gzip') {
      throw this.#caller.malformed(call, answer, 'its Content-Encoding is not gzip');
    }
    return { body: answer.body(limitBytes), contentEncoding };
  }

  /** Only on the endpoint's own origin: the credentials go there. */
  #nextPage(call: CallName, answer: PeerAnswer, origin: string): URL | undefined {
    const link = answer.header('link') ?? '';
    const next = /<([^>]*)>\s*(?:;[^,<]*)?;\s*rel\s*=\s*"?next\b"?/i.exec(link)?.[1];
    if (next === undefined) return undefined;
    const url = URL.parse(next, answer.url.href);
    if (url === null || url.origin !== origin) throw this.#caller.malformed(call, answer, 'its next page is somewhere else');
    return url;
  }
}

const wantsJson = { accept: 'application/json', 'accept-encoding': 'identity' };
const wantsCsv = { accept: 'text/csv', 'accept-encoding': 'gzip' };

const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): object };

function jsonBody(value: unknown): PeerBody {
  const bytes = Buffer.from(JSON.stringify(value), 'utf8');
  return {
    contentType: json,
    bytes: bytes.length,
    async *open() {
      yield bytes;
    },
  };
}

type CallRest = Omit<PathCall, keyof CallName | 'ids'>;

/** A call about a segment. No endpoint can have one whose id no path can name, so nobody is asked for it. */
function segmentCall(method: PathCall['method'], path: string, segmentId: string, rest: CallRest): PathCall {
  const call: PathCall = { method, path, ids: [segmentId], ...rest };
  if (!isUsableId(segmentId)) throw new PeerFault('SEGMENT_NOT_FOUND', 'No segment of an endpoint can have this id', detailsOf(call));
  return call;
}

const jobCall = (path: string, ids: readonly string[], rest: CallRest): PathCall => ({ method: 'GET', path, ids, ...rest });
