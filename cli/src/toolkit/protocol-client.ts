import { createReadStream } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { pipeline } from 'node:stream/promises';
import { pause } from '../pause.ts';
import { idText, isFields, parseExactJson } from './exact-json.ts';
import { NetworkFault, ProtocolRefusal } from './protocol-faults.ts';

const connectMs = 10_000;
const metadataMs = 60_000;
const dataSilenceMs = 30 * 60_000;
const longestRetryAfterMs = 3_600_000;
const mostErrorBytes = 65_536;

export interface ProtocolClientOptions {
  /** Before the protocol's paths. */
  readonly serviceUrl: URL;
  readonly key: string;
  /** `http://host:port`: https goes through it by a CONNECT tunnel. */
  readonly proxyUrl: string | undefined;
  readonly retries: number;
  /** Before the first repeat; doubled with each further one. */
  readonly firstWaitMs: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

export interface ProtocolRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Begins with /v1; or a whole address of the same server. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Sent as it is, from its beginning on each attempt. */
  readonly file?: { readonly path: string; readonly bytes: number; readonly onSent: (bytes: number) => void };
  /** Data may take long, as long as some of it comes. */
  readonly kind: 'metadata' | 'data';
}

export interface ProtocolAnswer {
  readonly status: number;
  readonly url: URL;
  readonly header: (name: string) => string | undefined;
  /** The body as it comes; throws NetworkFault where it breaks off. */
  readonly pieces: AsyncIterable<Buffer>;
}

/** Calls an exchange with an endpoint's key (exchange.md sections 2.1 and 2.7), again where that may help. */
export class ProtocolClient {
  readonly #options: ProtocolClientOptions;
  readonly #agent: http.Agent;

  constructor(options: ProtocolClientOptions) {
    this.#options = options;
    const { proxyUrl, serviceUrl } = options;
    const proxyEnv = proxyUrl === undefined ? {} : { proxyEnv: { HTTP_PROXY: proxyUrl, HTTPS_PROXY: proxyUrl } };
    const agentOptions = { keepAlive: true, timeout: dataSilenceMs, ...proxyEnv };
    this.#agent = serviceUrl.protocol === 'https:' ? new https.Agent(agentOptions) : new http.Agent(agentOptions);
  }

  close(): void {
    this.#agent.destroy();
  }

  /** The answer's JSON, numbers in all their digits; undefined where there is none. Throws NetworkFault, ProtocolRefusal. */
  async json(request: Omit<ProtocolRequest, 'kind'>): Promise<unknown> {
    return await this.call(() => ({ ...request, kind: 'metadata' }), readJson);
  }

  /** Every item of a list, page after page (exchange-sharing.md section 1). Throws NetworkFault, ProtocolRefusal. */
  async list(path: string): Promise<unknown[]> {
    const items: unknown[] = [];
    for (let next: string | undefined = path; next !== undefined;) {
      const page: string = next;
      next = await this.call(
        () => ({ method: 'GET', path: page, kind: 'metadata' }),
        async (answer) => {
          const list = await readJson(answer);
          if (!Array.isArray(list)) throw malformed(answer.url, 'is not a list');
          items.push(...(list as unknown[]));
          return nextPage(answer);
        },
      );
    }
    return items;
  }

  /**
   * One call: repeated after network errors, 408, 429 and 5xx, with doubled waits or as long as Retry-After says. `make` and `take` are
   * called for each attempt. Throws NetworkFault, ProtocolRefusal, what `take` throws, and the signal's reason.
   */
  async call<Result>(
    make: () => ProtocolRequest | Promise<ProtocolRequest>,
    take: (answer: ProtocolAnswer) => Promise<Result>,
  ): Promise<Result> {
    const { retries, signal, say } = this.#options;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#attempt(await make(), take);
      } catch (error) {
        signal.throwIfAborted();
        if (attempt >= retries || !mayPass(error)) throw error;
        const waitMs = this.#waitMs(error, attempt);
        say(`${error.message}; again in ${Math.ceil(waitMs / 1000)} s`);
        await pause(waitMs, signal);
      }
    }
  }

  #waitMs(error: NetworkFault | ProtocolRefusal, attempt: number): number {
    if (error instanceof ProtocolRefusal && error.retryAfterMs !== null) return Math.min(error.retryAfterMs, longestRetryAfterMs);
    // Half of it at random, so that toolkits that failed together do not come back together.
    return this.#options.firstWaitMs * 2 ** attempt * (0.5 + Math.random() / 2);
  }

  async #attempt<Result>(request: ProtocolRequest, take: (answer: ProtocolAnswer) => Promise<Result>): Promise<Result> {
    const url = this.#urlOf(request.path);
    const sent = this.#open(url, request);
    try {
      const message = await answerTo(sent, request, url);
      const answer: ProtocolAnswer = {
        status: message.statusCode ?? 0,
        url,
        header: (name) => message.headers[name]?.toString(),
        pieces: piecesOf(message, url),
      };
      if (answer.status < 200 || answer.status > 299) throw await refusalOf(answer);
      return await take(answer);
    } finally {
      // Of an answer that was read whole nothing is left, and the connection serves the next call.
      if (!sent.res?.complete) sent.destroy();
    }
  }

  #urlOf(path: string): URL {
    const { serviceUrl } = this.#options;
    const url = new URL(path.startsWith('/') ? serviceUrl.href.replace(/\/$/, '') + path : path);
    // The key goes to nobody else.
    if (url.origin !== serviceUrl.origin) throw malformed(url, 'is on another server');
    return url;
  }

  #open(url: URL, { method, headers, json, file, kind }: ProtocolRequest): http.ClientRequest & { res?: http.IncomingMessage } {
    const body = json === undefined ? undefined : Buffer.from(JSON.stringify(json));
    const bytes = file?.bytes ?? body?.length;
    const own: Record<string, string | number> = {
      accept: 'application/json',
      authorization: `Bearer ${this.#options.key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json;charset=utf-8' }),
      ...(bytes === undefined ? {} : { 'content-length': bytes }),
      ...headers,
    };
    const { request } = url.protocol === 'https:' ? https : http;
    const sent = request(url, { method, headers: own, agent: this.#agent, signal: this.#options.signal });
    sent.setTimeout(kind === 'data' ? dataSilenceMs : metadataMs, () => sent.destroy(new Error('it is silent for too long')));
    if (file === undefined) sent.end(body);
    return sent;
  }
}

const mayPass = (error: unknown): error is NetworkFault | ProtocolRefusal =>
  error instanceof NetworkFault ||
  (error instanceof ProtocolRefusal && (error.status === 408 || error.status === 429 || error.status >= 500));

/** The answer's head, with the file sent meanwhile. A server may answer, and refuse, before it has read all of it. */
async function answerTo(sent: http.ClientRequest, { file }: ProtocolRequest, url: URL): Promise<http.IncomingMessage> {
  const connecting = setTimeout(() => sent.destroy(new Error('no connection within 10 s')), connectMs);
  const connected = (): void => clearTimeout(connecting);
  sent.on('socket', (socket) => (socket.connecting ? socket.once('connect', connected) : connected()));
  const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    // Later errors are told by whatever reads or writes then.
    sent.on('error', (error) => reject(networkFault(url, error)));
  });
  try {
    if (file === undefined) return await answered;
    const fileRead = sendFile(sent, file);
    fileRead.catch(() => undefined);
    return await Promise.race([answered, fileRead.then(() => answered)]);
  } finally {
    connected();
  }
}

/** Throws what the file system says; what the network says comes by the request's own error. */
async function sendFile(sent: http.ClientRequest, file: NonNullable<ProtocolRequest['file']>): Promise<void> {
  let bytes = 0;
  await pipeline(
    createReadStream(file.path, { highWaterMark: 262_144 }),
    async function* (pieces: AsyncIterable<Buffer>) {
      for await (const piece of pieces) {
        yield piece;
        bytes += piece.length;
        file.onSent(bytes);
      }
    },
    sent,
  ).catch((error: unknown) => {
    if (error instanceof Error && 'syscall' in error && 'path' in error) throw error;
  });
}

async function* piecesOf(message: http.IncomingMessage, url: URL): AsyncGenerator<Buffer, void, undefined> {
  try {
    for await (const piece of message) yield piece as Buffer;
  } catch (error) {
    throw networkFault(url, error);
  }
}

function networkFault(url: URL, error: unknown): NetworkFault {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  return new NetworkFault(`no answer from ${url.origin}: ${inner instanceof Error ? inner.message : String(inner)}`, { cause: error });
}

async function readJson(answer: ProtocolAnswer): Promise<unknown> {
  const text = await textOf(answer, Number.POSITIVE_INFINITY);
  if (text === '') return undefined;
  try {
    return parseExactJson(text);
  } catch {
    throw malformed(answer.url, 'is not JSON');
  }
}

async function textOf({ pieces }: ProtocolAnswer, mostBytes: number): Promise<string> {
  const kept: Buffer[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    if (bytes < mostBytes) kept.push(piece);
    bytes += piece.length;
  }
  return Buffer.concat(kept).toString('utf8');
}

async function refusalOf(answer: ProtocolAnswer): Promise<ProtocolRefusal> {
  const { status, url } = answer;
  const facts = { status, code: null, retryAfterMs: retryAfterMs(answer.header('retry-after')) };
  const place = answer.header('location');
  if (status < 400)
    return new ProtocolRefusal(`${url.origin} answers ${status}${place === undefined ? '' : `, it has moved to ${place}`}`, facts);
  const text = await textOf(answer, mostErrorBytes);
  const body = fieldsIn(text);
  const message = idText(body?.['message']);
  if (message === undefined) return new ProtocolRefusal(`${url.origin} answers ${status} without a readable text`, facts);
  const code = idText(body?.['code']) ?? null;
  const details = Array.isArray(body?.['details']) ? body['details'].map(detailText).filter((detail) => detail !== '') : [];
  return new ProtocolRefusal([`${message}${code === null ? '' : ` (${code})`}`, ...details].join('; '), { ...facts, code });
}

function detailText(detail: unknown): string {
  if (!isFields(detail)) return '';
  const field = idText(detail['field']);
  return `${field === undefined ? '' : `${field} `}${idText(detail['message']) ?? ''}`;
}

function fieldsIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const body = parseExactJson(text);
    return isFields(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

/** Seconds, or a date (RFC 9110 section 10.2.3). */
function retryAfterMs(text: string | undefined): number | null {
  if (text === undefined) return null;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

function nextPage({ header, url }: ProtocolAnswer): string | undefined {
  const next = /<([^>]*)>\s*(?:;[^,<]*)?;\s*rel\s*=\s*"?next\b"?/i.exec(header('link') ?? '')?.[1];
  return next === undefined ? undefined : URL.parse(next, url.href)?.href;
}

/** An answer that no server of this protocol gives. */
const malformed = (url: URL, text: string): ProtocolRefusal =>
  new ProtocolRefusal(`the answer of ${url.origin}${url.pathname} ${text}`, { status: 0, code: null, retryAfterMs: null });
