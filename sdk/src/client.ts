import { answerOf, isFields } from './answers.ts';
import { BatchOperations } from './batch-operations.ts';
import { bodyBytes, queryText } from './call-options.ts';
import type { CallOptions, RequestOptions } from './call-options.ts';
import { errorOf, FoyerError } from './foyer-error.ts';
import { listOperations } from './generated/operations.ts';
import type { ListedObjects, ListQueries } from './generated/operations.ts';
import { signJwt } from './jwt.ts';
import type { KeyCredentials } from './jwt.ts';
import { NoAnswerError } from './no-answer-error.ts';
import { keyedBody } from './operation-entry.ts';
import type { OperationEntry } from './operation-entry.ts';
import { readPages } from './read-pages.ts';
import { retryDelayMs } from './retry-delay.ts';
import type { Backoff } from './retry-delay.ts';
import { SilenceLimit } from './silence-limit.ts';
import { TokenKeeper, untilAborted } from './token-keeper.ts';

export { FoyerError } from './foyer-error.ts';
export { NoAnswerError } from './no-answer-error.ts';
export type { CallOptions, KeyCredentials, RequestOptions };

export interface PasswordCredentials {
  readonly username: string;
  readonly password: string;
}

export type Credentials = PasswordCredentials | KeyCredentials;

export interface FoyerClientOptions {
  /** `http://host:port`, with or without a path before the routes. */
  readonly baseUrl: string;
  /** Goes bare into Authorization. */
  readonly token?: string | undefined;
  /** Who logs in where there is no token, and again, once for each call, where it is refused as unknown or ended. */
  readonly credentials?: Credentials | undefined;
  /** Milliseconds until a call is given up, with all its repeats. Default: two minutes. */
  readonly timeoutMs?: number;
  /** How often a call may be repeated. Default: 3. */
  readonly retries?: number;
  /** The wait before the first repeat, doubled with each further one. Default: 200 ms. */
  readonly backoffMs?: number;
}

const defaultTimeoutMs = 120_000;
const defaultRetries = 3;
const defaultBackoffMs = 200;

/** A thin client: one method for each operation of the server, named by it. It keeps no state but the address and the token. */
export class FoyerClient extends BatchOperations {
  readonly baseUrl: string;
  readonly #options: FoyerClientOptions;
  readonly #tokens: TokenKeeper;
  readonly #backoff: Backoff;

  constructor(options: FoyerClientOptions) {
    super();
    this.baseUrl = options.baseUrl.replace(/\/+$/, '');
    this.#options = options;
    this.#backoff = { firstMs: options.backoffMs ?? defaultBackoffMs, random: Math.random };
    const { credentials } = options;
    this.#tokens = new TokenKeeper(options.token, credentials === undefined ? undefined : () => this.#logInWith(credentials));
  }

  /** The same server, called by somebody else. */
  withToken(token: string): FoyerClient {
    const { credentials: _credentials, ...others } = this.#options;
    return new FoyerClient({ ...others, token });
  }

  /** Every object of a list, page after page; each is there once, whatever is made or deleted meanwhile (see readPages). */
  each<Name extends keyof ListedObjects>(
    name: Name,
    query?: ListQueries[Name],
    options: CallOptions = {},
  ): AsyncGenerator<ListedObjects[Name], void, undefined> {
    const operation = listOperations[name];
    const readPage = async (page: object): Promise<ListedObjects[Name][]> => {
      const answer = await this.run<Record<string, ListedObjects[Name][]>>(operation, undefined, page, options);
      return answer[operation.many] ?? [];
    };
    return readPages(readPage, { ...query });
  }

  /**
   * One attempt: the bare HTTP answer, whatever its status. Throws NoAnswerError where none came. Where a signal is given, its end
   * throws the signal's reason.
   */
  async send(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
    const signal = this.#signalOf(options);
    const token = await this.#tokenFor(options, signal);
    return await this.#caught(this.#fetch(method, path, options, signal, token), signal, options);
  }

  /**
   * The parsed `response` of a call, repeated where that is safe (see retryDelayMs). The type is what the caller expects of the protocol;
   * it is not checked here. Throws FoyerError where the server refuses, NoAnswerError where it does not answer.
   */
  async request<Answer>(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const signal = this.#signalOf(options);
    const attempt = (token: string | undefined) => this.#attempt(method, path, options, signal, token);
    return (await this.#repeated(method, options, signal, attempt)) as Answer;
  }

  /** See BatchOperations. */
  protected override async *readPieces(method: string, path: string, options: RequestOptions): AsyncGenerator<Uint8Array, void, undefined> {
    const silence = new SilenceLimit(this.#timeoutMsOf(options));
    const signal = options.signal === undefined ? silence.signal : AbortSignal.any([silence.signal, options.signal]);
    const attempt = (token: string | undefined) => this.#begin(method, path, options, signal, token);
    const reader = await silence.during(this.#repeated(method, options, signal, attempt));
    try {
      for (;;) {
        const { done, value } = await this.#caught(silence.during(reader.read()), signal, options);
        if (done) return;
        yield value;
      }
    } finally {
      // A body that is read to its end, or broke, has nothing left to cancel.
      await reader.cancel().catch(() => undefined);
    }
  }

  /** An attempt's own end, with a login and repeats where they help. */
  async #repeated<Answer>(
    method: string,
    options: RequestOptions,
    signal: AbortSignal,
    attemptWith: (token: string | undefined) => Promise<Answer>,
  ): Promise<Answer> {
    const { retries = this.#options.retries ?? defaultRetries, idempotencyKey } = options;
    const repeatable = options.repeatable ?? idempotencyKey !== undefined;
    const endMs = performance.now() + this.#timeoutMsOf(options);
    let renewed = false;
    for (let attempt = 0; ;) {
      const token = await this.#tokenFor(options, signal);
      try {
        return await this.#caught(attemptWith(token), signal, options);
      } catch (error) {
        if (!renewed && token !== undefined && this.#tokens.canLogIn && isStaleToken(error)) {
          renewed = true;
          this.#tokens.drop(token);
          continue;
        }
        const waitMs = attempt < retries ? retryDelayMs(error, { method, attempt, repeatable }, this.#backoff) : undefined;
        if (waitMs === undefined || performance.now() + waitMs >= endMs) throw error;
        await this.#caught(untilAborted(new Promise((resolve) => setTimeout(resolve, waitMs)), signal), signal, options);
        attempt += 1;
      }
    }
  }

  protected override async run<Answer>(operation: OperationEntry, body: unknown, query: object, options: CallOptions): Promise<Answer> {
    const content = body === undefined ? {} : { body: keyedBody(operation, body) };
    const request: RequestOptions = { ...options, ...content, query: { ...query }, anonymous: operation.open };
    return answerOf(operation, await this.request(operation.method, operation.path, request)) as Answer;
  }

  async #tokenFor(options: RequestOptions, signal: AbortSignal): Promise<string | undefined> {
    return options.anonymous === true ? undefined : await this.#caught(this.#tokens.current(signal), signal, options);
  }

  async #logInWith(credentials: Credentials): Promise<string> {
    if ('password' in credentials) return (await this.logIn({ username: credentials.username, password: credentials.password })).token;
    const body = await signJwt(credentials, Date.now());
    return (await this.request<{ token: string }>('POST', '/v2/auth/jwt', { body, anonymous: true })).token;
  }

  async #attempt(method: string, path: string, options: RequestOptions, signal: AbortSignal, token: string | undefined): Promise<unknown> {
    const answer = await this.#fetch(method, path, options, signal, token);
    const text = await answer.text();
    const parsed = parsedJson(text);
    // An instant call without a valid entry is answered bare (ingest.md 3.1).
    const body = isFields(parsed) ? (isFields(parsed['response']) ? parsed['response'] : parsed) : undefined;
    if (!answer.ok || body?.['status'] === 'error') throw errorOf(answer.status, answer.headers, body);
    if (body !== undefined) return body;
    const type = answer.headers.get('content-type') ?? '';
    if (type === '' || type.includes('json')) throw errorOf(answer.status, answer.headers, undefined);
    return text;
  }

  /** An answer that is no refusal, to be read as it comes. */
  async #begin(method: string, path: string, options: RequestOptions, signal: AbortSignal, token: string | undefined) {
    const answer = await this.#fetch(method, path, options, signal, token);
    if (answer.ok && answer.body !== null) return answer.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    const parsed = parsedJson(await answer.text());
    const body = isFields(parsed) ? parsed['response'] : undefined;
    throw errorOf(answer.status, answer.headers, isFields(body) ? body : undefined);
  }

  async #fetch(method: string, path: string, options: RequestOptions, signal: AbortSignal, token: string | undefined): Promise<Response> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (token !== undefined) headers['authorization'] = token;
    if (options.idempotencyKey !== undefined) headers['idempotency-key'] = options.idempotencyKey;
    const init: RequestInit = { method, headers, redirect: 'manual', signal };
    if (options.body !== undefined) {
      headers['content-type'] = 'application/json';
      init.body = bodyBytes(options.body);
    }
    return await fetch(this.baseUrl + path + queryText(options.query), init);
  }

  /** What fetch and waiting throw, as errors of this client. */
  async #caught<Result>(work: Promise<Result>, signal: AbortSignal, options: RequestOptions): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof FoyerError || error instanceof NoAnswerError) throw error;
      if (options.signal?.aborted === true) throw options.signal.reason;
      if (signal.aborted) throw new NoAnswerError(this.baseUrl, signal.reason);
      throw error instanceof TypeError ? new NoAnswerError(this.baseUrl, error) : error;
    }
  }

  #timeoutMsOf(options: RequestOptions): number {
    return options.timeoutMs ?? this.#options.timeoutMs ?? defaultTimeoutMs;
  }

  #signalOf(options: RequestOptions): AbortSignal {
    const timeout = AbortSignal.timeout(this.#timeoutMsOf(options));
    return options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
  }
}

const isStaleToken = (error: unknown): boolean => error instanceof FoyerError && error.status === 401 && error.errorId === 'NOAUTH';

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
