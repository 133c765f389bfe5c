import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'undici';
import { version } from '../../http/envelope.ts';
import { type AddressRule, checkUrl } from './address-rule.ts';
import { CallWatch } from './call-watch.ts';
import { checkAddresses, lookupAmong, type PeerAddress, resolveBySystem, type ResolveHost } from './checked-addresses.ts';
import { PeerAnswer } from './peer-answer.ts';
import { type CallName, detailsOf, PeerFault } from './peer-faults.ts';

/** Content of a request. Every attempt opens it anew. */
export interface PeerBody {
  readonly contentType: string;
  /** Its length where it is known, which then is held to; null: chunked. */
  readonly bytes: number | null;
  open(): AsyncIterable<Uint8Array>;
}

export interface PeerCall extends CallName {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  /** `metadata`: 60 s for all of it. `data`: 30 minutes without a sign of life. */
  readonly kind: 'metadata' | 'data';
  /** Without Authorization and User-Agent. */
  readonly headers: Readonly<Record<string, string>>;
  /** The value of Authorization; it stays on the URL's own origin. */
  readonly authorization: string | null;
  readonly body: PeerBody | null;
  readonly signal: AbortSignal;
}

/** Exchange.md section 2.7. */
export interface CallLimits {
  readonly connectMs: number;
  readonly metadataMs: number;
  readonly dataIdleMs: number;
}
const usualLimits: CallLimits = { connectMs: 10_000, metadataMs: 60_000, dataIdleMs: 30 * 60_000 };

const mostRedirects = 3;
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

type Hop<T> = { readonly value: T } | { readonly next: URL };
/** Where a call stands: what changes from redirect to redirect, and what was noticed on the way. */
interface Leg {
  readonly call: PeerCall;
  readonly watch: CallWatch;
  url: URL;
  authorization: string | null;
  /** The error of the body that we send, which is ours and not the peer's. */
  ownError?: { readonly error: unknown };
}

/**
 * HTTP to endpoints of other companies (docs/decisions/0039-outgoing-calls.md). Every hop resolves its host, checks all addresses, and
 * opens a connection of its own to one of them; nothing is kept, no proxy of the environment is used, and nothing is unpacked.
 */
export class PeerHttp {
  readonly #rule: AddressRule;
  readonly #resolve: ResolveHost;
  readonly #limits: CallLimits;

  constructor(rule: AddressRule, resolve: ResolveHost = resolveBySystem, limits: CallLimits = usualLimits) {
    this.#rule = rule;
    this.#resolve = resolve;
    this.#limits = limits;
  }

  /**
   * One attempt. `use` reads the answer, of whatever status; the connection is closed when it has returned.
   * @throws PeerFault for all that the network or the peer did wrong; the signal's reason when it is aborted; what `use` or the request's
   * body threw, as it is
   */
  async call<T>(call: PeerCall, use: (answer: PeerAnswer) => Promise<T>): Promise<T> {
    call.signal.throwIfAborted();
    const isData = call.kind === 'data';
    const watch = new CallWatch(isData ? this.#limits.dataIdleMs : this.#limits.metadataMs, isData ? 'idle' : 'whole', call.signal);
    const leg: Leg = { call, watch, url: call.url, authorization: call.authorization };
    try {
      for (let redirects = 0; ; redirects += 1) {
        const hop = await this.#hop(leg, use);
        if ('value' in hop) return hop.value;
        if (call.method !== 'GET') throw redirectFault(call, 'The endpoint redirects a request that may not be redirected');
        if (redirects === mostRedirects) throw redirectFault(call, `The endpoint redirects more than ${mostRedirects} times`);
        if (hop.next.origin !== leg.url.origin) leg.authorization = null;
        leg.url = hop.next;
      }
    } finally {
      watch.end();
    }
  }

  async #hop<T>(leg: Leg, use: (answer: PeerAnswer) => Promise<T>): Promise<Hop<T>> {
    const refused = checkUrl(leg.url, this.#rule);
    if (refused !== null) throw addressFault(leg.call, refused);
    const client = await this.#clientTo(leg.url, await this.#addressesOf(leg));
    try {
      return await this.#exchange(client, leg, use);
    } finally {
      await client.destroy();
    }
  }

  async #addressesOf(leg: Leg): Promise<readonly PeerAddress[]> {
    const resolved = checkAddresses(leg.url, this.#rule, this.#resolve);
    const timer = new AbortController();
    const late = sleep(this.#limits.connectMs, undefined, { signal: AbortSignal.any([timer.signal, leg.watch.signal]) });
    try {
      const checked = await Promise.race([resolved, late]);
      if (checked === undefined) throw timeoutFault(leg.call, 'DNS', this.#limits.connectMs);
      if ('addresses' in checked) return checked.addresses;
      throw addressFault(leg.call, 'The name leads to an address that this server may not call');
    } catch (error) {
      throw error instanceof PeerFault ? error : this.#told(leg, error);
    } finally {
      timer.abort();
      late.catch(() => undefined);
      resolved.catch(() => undefined);
    }
  }

  /**
   * A client for one request over one connection. HTTP/1.1 only: HTTP/2 has nothing to offer one request, and more that can go wrong.
   * undici is loaded by the first call: a server that calls nobody does without its 30 MB.
   */
  async #clientTo(url: URL, addresses: readonly PeerAddress[]): Promise<Client> {
    const undici = await import('undici');
    return new undici.Client(url.origin, {
      connect: {
        timeout: this.#limits.connectMs,
        lookup: lookupAmong(addresses),
        autoSelectFamily: true,
        maxCachedSessions: 0,
      },
      allowH2: false,
      pipelining: 0,
      // The watch keeps time, for all of the call and not for its parts.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  async #exchange<T>(client: Client, leg: Leg, use: (answer: PeerAnswer) => Promise<T>): Promise<Hop<T>> {
    const { call, url, watch } = leg;
    const raw = await client
      .request({
        method: call.method,
        path: url.pathname + url.search,
        headers: headersOf(leg),
        body: call.body && (watched(call.body, leg) as never),
        signal: watch.signal,
      })
      .catch((error: unknown) => {
        throw this.#told(leg, error);
      });
    watch.progress();
    if (redirectStatuses.has(raw.statusCode)) return { next: redirectTarget(call, url, raw.headers['location']) };
    const answer = new PeerAnswer(url, raw, watch, {
      broken: (error) => this.#told(leg, error),
      tooLarge: (limit) =>
        new PeerFault('TOO_LARGE', `The endpoint sends more than ${limit} bytes`, detailsOf(call, { status: raw.statusCode })),
    });
    try {
      return { value: await use(answer) };
    } catch (error) {
      throw answer.fault ?? error;
    }
  }

  /** An error of the network, as the caller is to see it. */
  #told(leg: Leg, error: unknown): unknown {
    const { call, watch } = leg;
    if (leg.ownError) return leg.ownError.error;
    if (call.signal.aborted) return call.signal.reason;
    if (watch.timedOut) return timeoutFault(call, 'no answer', watch.limitMs);
    const reason = reasonOf(error);
    if (reason === 'UND_ERR_CONNECT_TIMEOUT') return timeoutFault(call, 'no connection', this.#limits.connectMs);
    if (ourFaults.has(reason)) return error;
    return new PeerFault('PEER_ERROR', `The connection to the endpoint failed (${reason})`, detailsOf(call, { reason }), { again: true });
  }
}

/** What undici says about requests that were put wrongly: bugs, not faults of the peer. */
const ourFaults: ReadonlySet<string> = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH']);

function headersOf({ call, authorization }: Leg): Record<string, string> {
  const headers: Record<string, string> = { ...call.headers, 'user-agent': `foyer/${version}` };
  if (authorization !== null) headers['authorization'] = authorization;
  if (call.body) headers['content-type'] = call.body.contentType;
  if (call.body && call.body.bytes !== null) headers['content-length'] = String(call.body.bytes);
  return headers;
}

/** The content, so that the watch sees every piece that the peer takes, and not how long we take to make one. */
async function* watched(body: PeerBody, leg: Leg): AsyncGenerator<Uint8Array, void, undefined> {
  leg.watch.pause();
  try {
    for await (const chunk of body.open()) {
      leg.watch.progress();
      yield chunk;
      leg.watch.pause();
    }
  } catch (error) {
    leg.ownError = { error };
    throw error;
  } finally {
    leg.watch.progress();
  }
}

function redirectTarget(call: PeerCall, from: URL, location: string | string[] | undefined): URL {
  const target = typeof location === 'string' ? URL.parse(location, from.href) : null;
  if (target === null) throw redirectFault(call, 'The endpoint redirects without saying where to');
  return target;
}

/** The code of an error, or of what is behind it: `fetch`-like libraries and happy eyeballs wrap. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' && error.code !== '' ? error.code : error.name;
}

const addressFault = (call: CallName, text: string): PeerFault => new PeerFault('ADDRESS_REFUSED', text, detailsOf(call));
const redirectFault = (call: CallName, text: string): PeerFault => new PeerFault('PEER_REDIRECT', text, detailsOf(call));
const timeoutFault = (call: CallName, reason: string, limitMs: number): PeerFault =>
  new PeerFault('PEER_TIMEOUT', `The endpoint did not answer within ${limitMs / 1000} s`, detailsOf(call, { reason }), { again: true });
