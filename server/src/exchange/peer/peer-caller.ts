import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { PeerAnswer } from './peer-answer.ts';
import { MalformedAnswer, readJson } from './peer-answers.ts';
import { authorizationOf, checkAuth, type PeerAuth, shownText } from './peer-auth.ts';
import { type CallName, detailsOf, PeerFault } from './peer-faults.ts';
import type { PeerBody, PeerHttp } from './peer-http.ts';
import { readRetryAfterMs, retrying, type WaitParts } from './retrying.ts';

/** An endpoint as it is called: the URL that it registered, and its connection values. */
export interface EndpointAddress {
  readonly url: string;
  readonly auth: PeerAuth;
}

/** A request to a path of an endpoint. */
export interface PathCall extends CallName {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** What stands for the template's braces, in order; not encoded yet. */
  readonly ids: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  readonly kind: 'metadata' | 'data';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: PeerBody;
  /** Statuses that are read although they are no success. */
  readonly alsoTaken?: readonly number[];
}

const metadataBytes = 16 * 1024 * 1024;
const excerptCharacters = 300;
const inflate = promisify(gunzip);

/** Calls paths of one endpoint, with its credentials, and turns every answer that is no success into a PeerFault. */
export class PeerCaller {
  readonly #http: PeerHttp;
  readonly #address: EndpointAddress;
  readonly #wait: WaitParts;

  constructor(http: PeerHttp, address: EndpointAddress, wait: WaitParts) {
    this.#http = http;
    this.#address = address;
    this.#wait = wait;
  }

  /** With five retries (exchange.md section 2.7). Each attempt reads its answer with `use` anew. */
  async call<T>(call: PathCall, signal: AbortSignal, use: (answer: PeerAnswer) => Promise<T>): Promise<T> {
    return this.callUrl(this.urlOf(call), call, signal, use);
  }

  /** The same, to a URL that the endpoint named itself. */
  async callUrl<T>(url: URL, call: PathCall, signal: AbortSignal, use: (answer: PeerAnswer) => Promise<T>): Promise<T> {
    const { auth } = this.#address;
    const wrong = checkAuth(auth);
    if (wrong !== null) throw new PeerFault('PEER_REFUSED', `The connection values cannot be sent: ${wrong}`, detailsOf(call));
    const request = { ...call, url, headers: call.headers ?? {}, authorization: authorizationOf(auth), body: call.body ?? null, signal };
    const attempt = (): Promise<T> =>
      this.#http.call(request, async (answer) => {
        const isTaken = (answer.status >= 200 && answer.status < 300) || call.alsoTaken?.includes(answer.status);
        if (!isTaken) throw await this.#refusal(call, answer);
        return use(answer);
      });
    return retrying(attempt, this.#wait, signal);
  }

  /** Retry-After of an answer, as milliseconds from now. */
  retryAfterMs(answer: PeerAnswer): number | undefined {
    return readRetryAfterMs(answer.header('retry-after'), this.#wait.nowMs());
  }

  /** A JSON answer, read by `read`, which throws MalformedAnswer and is told how many bytes of text it was. */
  async json<T>(call: CallName, answer: PeerAnswer, read: (value: unknown, bytes: number) => T): Promise<T> {
    const bytes = await this.#unpacked(call, answer, await answer.bytes(metadataBytes));
    try {
      return read(readJson(bytes), bytes.length);
    } catch (error) {
      if (!(error instanceof MalformedAnswer)) throw error;
      throw this.malformed(call, answer, error.message);
    }
  }

  malformed(call: CallName, answer: PeerAnswer, reason: string): PeerFault {
    return new PeerFault(
      'PEER_MALFORMED',
      `The endpoint's answer cannot be read: ${reason}`,
      detailsOf(call, { status: answer.status, reason }),
    );
  }

  /** The URL of a path below the registered one, whose own query stays. */
  urlOf(call: PathCall): URL {
    const url = URL.parse(this.#address.url);
    if (url === null) throw new PeerFault('ADDRESS_REFUSED', 'The URL cannot be read', detailsOf(call));
    const ids = call.ids.values();
    const path = call.path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(ids.next().value ?? ''));
    url.pathname = url.pathname.replace(/\/+$/, '') + path;
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
    url.hash = '';
    return url;
  }

  /** The endpoint's words as they may be shown. */
  shown(text: string, mostCharacters: number): string {
    return shownText(text, this.#address.auth, mostCharacters);
  }

  /** We ask for answers as they are; gzip comes all the same from some, and is unpacked up to the same limit. */
  async #unpacked(call: CallName, answer: PeerAnswer, bytes: Uint8Array): Promise<Uint8Array> {
    const encoding = (answer.header('content-encoding') ?? 'identity').trim().toLowerCase();
    if (encoding === 'identity' || encoding === '') return bytes;
    if (encoding !== 'gzip' && encoding !== 'x-gzip') throw this.malformed(call, answer, 'its Content-Encoding is not gzip');
    try {
      return await inflate(bytes, { maxOutputLength: metadataBytes });
    } catch (error) {
      if (error instanceof RangeError) {
        throw new PeerFault('TOO_LARGE', `The endpoint sends more than ${metadataBytes} bytes`, detailsOf(call, { status: answer.status }));
      }
      throw this.malformed(call, answer, 'it is not gzip');
    }
  }

  async #refusal(call: PathCall, answer: PeerAnswer): Promise<PeerFault> {
    const { status } = answer;
    const text = new TextDecoder().decode(await answer.excerpt());
    const details = detailsOf(call, { status, excerpt: text === '' ? null : this.shown(text, excerptCharacters) });
    if (status === 408 || status === 429 || status >= 500) {
      const retry = { again: true, retryAfterMs: this.retryAfterMs(answer) };
      if (status === 408) return new PeerFault('PEER_TIMEOUT', 'The endpoint gave up waiting (status 408)', details, retry);
      return new PeerFault('PEER_ERROR', `The endpoint is out of order or busy (status ${status})`, details, retry);
    }
    if (status === 404 && call.path.startsWith('/v1/segments/{segmentId}')) {
      return new PeerFault('SEGMENT_NOT_FOUND', 'The endpoint does not know this segment any more', details);
    }
    if (status < 400)
      return new PeerFault('PEER_MALFORMED', `The endpoint answered with status ${status}, which has no meaning here`, details);
    const hint = status === 401 || status === 403 ? '; check its connection values' : '';
    return new PeerFault('PEER_REFUSED', `The endpoint refused the request (status ${status})${hint}`, details);
  }
}
