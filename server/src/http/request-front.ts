import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { type Refusal, refusal, refusalOf } from '../kit/refusal.ts';
import { AnswerBytes, LentBody } from './answer-bytes.ts';
import type { Admit, RequestFacts } from './caller.ts';
import { envelopeOf, errorEnvelope, writeEnvelope } from './envelope.ts';
import type { HotCall, HotFront, HotReply, HotRequest, HotSent } from './hot-calls.ts';
import { httpErrors } from './http-errors.ts';
import type { Answer, Call, OpenCall, Operation, StreamedAnswer } from './operation.ts';
import { Parameters, shortened } from './parameters.ts';
import type { RequestMetrics } from './request-metrics.ts';
import { TurnAnswers } from './turn-answers.ts';
import { splitUrl, writeAnswer } from './write-answer.ts';

export interface RequestFrontOptions {
  readonly admit: Admit;
  readonly log: Logger;
  readonly metrics: RequestMetrics;
  /** Of so many ordinary hot requests one is logged; 0: none. */
  readonly logSample: number;
  /** Hot calls that take longer are logged always. */
  readonly slowCallMs: number;
}

interface FrameworkCall {
  readonly open: Omit<OpenCall, 'path' | 'body'> & Partial<Pick<Call, 'caller'>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly operation: Operation;
  readonly startedAt: number;
}

/** What a hot call is answered with at the end of the turn. */
interface HotAnswer {
  readonly hot: HotCall | undefined;
  readonly operation: Operation;
  readonly requestId: string;
  readonly reply: HotReply;
  readonly sent: HotSent;
}

/**
 * The front that the framework and the hot dispatcher share: who is calling, request ids, envelopes, logs and counts.
 * Both sides must behave alike to the byte, so both end here.
 */
export class RequestFront implements HotFront {
  readonly #options: RequestFrontOptions;
  readonly #prefix = randomBytes(4).toString('hex');
  readonly #framework = new WeakMap<FastifyRequest, FrameworkCall>();
  readonly #bytes = new AnswerBytes();
  readonly #hotAnswers = new TurnAnswers<HotAnswer>(
    (answer, nowMs) => this.#sendHot(answer, nowMs),
    () => this.#bytes.reuse(),
  );
  #lastRequest = 0;
  #sampled = 0;
  #stopping = false;

  constructor(options: RequestFrontOptions) {
    this.#options = options;
  }

  newRequestId(): string {
    return `${this.#prefix}-${(++this.#lastRequest).toString(36)}`;
  }

  /** From now on new requests are answered 503 and connections are closed after their answer. */
  stop(): void {
    this.#stopping = true;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  turnAway(request: IncomingMessage, response: ServerResponse): boolean {
    if (!this.#stopping || probes.test(request.url ?? '')) return false;
    const refused = refusal(httpErrors.stopping);
    writeAnswer(response, {
      status: 503,
      headers: { 'content-type': jsonType, 'retry-after': '1', connection: 'close' },
      body: errorEnvelope(refused),
    });
    return true;
  }

  begin(request: HotRequest, operation: Operation): HotCall {
    const startedAt = performance.now();
    this.#hotAnswers.beforeWork(startedAt);
    const { method, path, headers: sent, peerAddress, encrypted } = request;
    const { query } = request;
    const parameters = parametersOf(operation, query);
    const facts = { method, path, query, headers: sent, peerAddress, encrypted, queryToken: queryTokenOf(parameters) };
    const call = { requestId: this.newRequestId(), facts, parameters, path: noPlaces, body: noBody, warnings: [] };
    if (operation.access === 'anyone') return { call, headers: noHeaders, startedAt, operation };
    const { caller, headers } = this.#options.admit(facts, operation.access);
    return { call: { ...call, caller }, headers, startedAt, operation };
  }

  send(hot: HotCall, reply: HotReply, answer: Answer): void {
    const { call, operation } = hot;
    if ('stream' in answer) throw new Error(`${operation.id} streams, so it cannot be a hot one`);
    const sent = sentOf(operation, answer, hot.headers, call.warnings, call.parameters, this.#bytes);
    this.#hotAnswers.add({ hot, operation, requestId: call.requestId, reply, sent });
  }

  fail(hot: HotCall | undefined, reply: HotReply, operation: Operation, error: unknown): void {
    const requestId = hot?.call.requestId ?? this.newRequestId();
    this.#hotAnswers.add({ hot, operation, requestId, reply, sent: this.#hotFailure(hot, requestId, operation, error) });
  }

  #hotFailure(hot: HotCall | undefined, requestId: string, operation: Operation, error: unknown): HotSent {
    const notes = { warnings: hot?.call.warnings ?? [], dbg: operation.dbg === true };
    return this.#failure(error, requestId, operation.paths[0] ?? '', hot?.headers ?? noHeaders, (refused) => errorEnvelope(refused, notes));
  }

  /** Writes a hot call's answer and counts it. Never throws. */
  #sendHot({ hot, operation, requestId, reply, sent }: HotAnswer, nowMs: number): void {
    let written = sent;
    try {
      reply.send(sent, this.#stopping);
    } catch (error) {
      written = this.#hotFailure(hot, requestId, operation, error);
      reply.send(written, this.#stopping);
    }
    this.#count(operation, requestId, written.status, hot ? nowMs - hot.startedAt : 0, true);
  }

  beginFramework(request: FastifyRequest, reply: FastifyReply, operation: Operation): void {
    const { path, query } = splitUrl(request.raw.url ?? '/');
    const parameters = parametersOf(operation, query);
    const startedAt = performance.now();
    const facts = factsOf(request.raw, path, query, parameters);
    const open = { requestId: request.id, facts, parameters, warnings: [] };
    // Set before admission, so that its refusals know the operation too.
    this.#framework.set(request, { open, headers: {}, operation, startedAt });
    if (operation.access === 'anyone') return;
    const { caller, headers } = this.#options.admit(facts, operation.access);
    this.#framework.set(request, { open: { ...open, caller }, headers, operation, startedAt });
    void reply.headers(headers);
  }

  openCall(request: FastifyRequest, operation: Operation): FrameworkCall['open'] {
    const call = this.#framework.get(request);
    if (!call) throw new Error(`${operation.id} was not begun`);
    return call.open;
  }

  sendFramework(
    request: FastifyRequest,
    reply: FastifyReply,
    operation: Operation,
    warnings: readonly string[],
    parameters: Parameters,
    answer: Answer,
  ): void {
    if ('stream' in answer) {
      void reply.code(answer.status).headers(answer.headers).send(answer.stream);
      this.#count(operation, request.id, answer.status, this.#elapsedMs(request), false);
      return;
    }
    const { status, headers, cookie, body } = sentOf(operation, answer, noHeaders, warnings, parameters, this.#bytes);
    void reply
      .code(status)
      .headers(cookie === undefined ? headers : { ...headers, 'set-cookie': cookie })
      .send(body instanceof LentBody ? body.copied() : body);
    this.#count(operation, request.id, status, this.#elapsedMs(request), false);
  }

  failFramework(request: FastifyRequest, reply: FastifyReply, template: string, error: unknown): void {
    const call = this.#framework.get(request);
    const notes = { warnings: call?.open.warnings ?? [], dbg: call?.operation.dbg === true };
    const write = call?.operation.writesRefusal ?? ((refused: Refusal) => errorEnvelope(refused, notes));
    const sent = this.#failure(error, request.id, template, {}, write);
    void reply.code(sent.status).headers(sent.headers).send(sent.body);
    const answered = call?.operation ?? { method: request.method, paths: [template], id: '' };
    this.#count(answered, request.id, sent.status, this.#elapsedMs(request), false);
  }

  /** The framework's own clock runs only where it logs. */
  #elapsedMs(request: FastifyRequest): number {
    const startedAt = this.#framework.get(request)?.startedAt;
    return startedAt === undefined ? 0 : performance.now() - startedAt;
  }

  #failure(
    error: unknown,
    requestId: string,
    template: string,
    headers: Readonly<Record<string, string>>,
    write: (refused: Refusal) => string,
  ): HotSent {
    const { log, metrics } = this.#options;
    const refused = refusalOf(error) ?? refusal(httpErrors.bug, { requestId }, { cause: error });
    metrics.refused(refused.kind.name);
    if (refused.kind.status >= 500) log.error({ requestId, route: template, err: refused.cause ?? refused }, 'the call failed');
    else if (refused.cause !== undefined)
      log.debug({ requestId, route: template, refusal: refused.kind.name, err: refused.cause }, 'refused');
    return {
      status: refused.kind.status,
      headers: { 'content-type': jsonType, ...headers, ...refused.headers },
      body: write(refused),
    };
  }

  #count(
    operation: { id: string; method: string; paths: readonly string[] },
    requestId: string,
    status: number,
    ms: number,
    hot: boolean,
  ): void {
    const { log, metrics, logSample, slowCallMs } = this.#options;
    const route = operation.paths[0] ?? 'unknown';
    metrics.answered(route, operation.method, status, ms / 1000);
    if (hot && status < 400 && ms < slowCallMs && (logSample === 0 || this.#sampled++ % logSample !== 0)) return;
    log.info({ requestId, method: operation.method, route, operation: operation.id, status, ms: Math.round(ms * 100) / 100 }, 'answered');
  }
}

/** What is asked whether the server lives and takes calls is answered to the end. */
const probes = /^\/(?:healthz|readyz)(?:\?|$)/;

const noPlaces: Call['path'] = {};
const noBody = Buffer.alloc(0);

const jsonType = 'application/json; charset=utf-8';
type Headers = Readonly<Record<string, string>>;
const noHeaders: Headers = {};
const jsonHeaders: Headers = { 'content-type': jsonType };

/** Later ones win, as in an object; nothing is copied where there is one alone. */
function joined(first: Headers, second: Headers, third: Headers = noHeaders): Headers {
  if (isEmpty(first)) return isEmpty(third) ? second : isEmpty(second) ? third : { ...second, ...third };
  return isEmpty(second) && isEmpty(third) ? first : { ...first, ...second, ...third };
}

const isEmpty = (headers: Headers): boolean => headers === noHeaders || Object.keys(headers).length === 0;

function sentOf(
  operation: Operation,
  answer: Exclude<Answer, StreamedAnswer>,
  admitted: Readonly<Record<string, string>>,
  warnings: readonly string[],
  parameters: Parameters,
  bytes: AnswerBytes,
): HotSent {
  if ('body' in answer) {
    const { status, headers, cookie, body, ascii = false } = answer;
    return { status, headers: joined(admitted, headers), cookie, body, ascii };
  }
  const unread = parameters.unread();
  const all =
    unread.length === 0 ? warnings : [...warnings, ...unread.map((name) => `The parameter ${shortened(name)} is unknown and was ignored`)];
  const notes = { warnings: all, dbg: operation.dbg === true };
  return {
    status: 200,
    headers: joined(jsonHeaders, admitted, answer.headers),
    body: 'writeFields' in answer ? writeEnvelope(bytes, answer, notes) : envelopeOf(answer, notes),
  };
}

const noParameters = new Parameters('');
const parametersOf = ({ rawQuery }: Operation, query: string): Parameters => (rawQuery ? noParameters : new Parameters(query));

function factsOf(request: IncomingMessage, path: string, query: string, parameters: Parameters): RequestFacts {
  return {
    method: request.method ?? 'GET',
    path,
    query,
    headers: request.headers,
    peerAddress: request.socket.remoteAddress ?? '',
    encrypted: (request.socket as TLSSocket).encrypted === true,
    queryToken: queryTokenOf(parameters),
  };
}

const queryTokenOf = (parameters: Parameters): string | undefined =>
  parameters.has('access_token') ? parameters.text('access_token') : undefined;
