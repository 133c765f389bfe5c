import type { Buffer } from 'node:buffer';
import type { Readable } from 'node:stream';
import type { Static, TSchema } from 'typebox';
import type { Admit, RequestFacts } from '../../http/caller.ts';
import type { Answer, Method, OpenCall, OpenOperation, ParameterDoc } from '../../http/operation.ts';
import { asMemberId } from '../../kit/ids.ts';
import { type Refusal, refusal, refusalOf } from '../../kit/refusal.ts';
import type { CatalogChange, ChangeContext } from '../../storage/sql/catalog-change.ts';
import { provideBuiltInEndpoint } from '../endpoints/built-in-endpoint.ts';
import { exchangeErrors } from '../exchange-errors.ts';
import type { ExchangeParts } from '../exchange-parts.ts';
import { hashOfJson, parseExactly, writeExactly } from './exact-json.ts';
import { callerName, type ExchangeAccess, type ExchangeCaller, requireAccess } from './exchange-caller.ts';
import { callerOfKey } from './exchange-keys.ts';
import { firstAnswer, keepAnswer, readIdempotencyKey, type RepeatableCall } from './idempotency.ts';
import { readExchangeBody } from './read-exchange-body.ts';

/** What a route of the exchange answers: JSON without envelope, or nothing (204), or something of its own. */
export type Reply =
  | { readonly status: number; readonly json?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly answer: Answer };

/** One call of the exchange. */
export interface ExchangeCall<Body = undefined> {
  readonly caller: ExchangeCaller;
  /** For which member: the caller's own, or the one that the platform's admin names with `?memberId=`. */
  readonly memberId: number;
  readonly path: OpenCall['path'];
  readonly parameters: OpenCall['parameters'];
  readonly facts: RequestFacts;
  readonly body: Body;
  /** Of an operation that streams. */
  readonly stream: Readable | undefined;
  /** Changes the catalog; with an Idempotency-Key the reply is kept in the same transaction, so nothing is done twice. */
  change(work: (change: CatalogChange) => Promise<Reply>): Promise<Reply>;
}

export interface ExchangeOperation<Schema extends TSchema | undefined> {
  readonly id: string;
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly access: ExchangeAccess;
  readonly parameters?: readonly ParameterDoc[];
  /** Of a JSON body, where there is one. */
  readonly body?: Schema;
  /** A body may be left out: it is `{}` then. */
  readonly bodyOptional?: true;
  readonly answer?: TSchema;
  readonly streams?: true;
  readonly bodyLimitBytes?: number;
  /** POST routes of exchange-sharing.md take an Idempotency-Key. */
  readonly repeatable?: true;
  readonly handle: (call: ExchangeCall<Schema extends TSchema ? Static<Schema> : undefined>) => Promise<Reply>;
}

const memberParameter: ParameterDoc = { name: 'memberId', description: "The platform's administrators act for this member" };

/** Makes a route of the exchange: its callers, its bodies, its errors (exchange.md section 2.1, exchange-sharing.md section 1). */
export function exchangeOperation<Schema extends TSchema | undefined = undefined>(
  parts: ExchangeParts,
  operation: ExchangeOperation<Schema>,
): OpenOperation {
  const { id, method, path, summary, parameters = [], body, answer, streams, bodyLimitBytes } = operation;
  return {
    id,
    method,
    paths: [path],
    summary,
    access: 'anyone',
    keys: operation.access,
    wire: { body: 'bare', answer: 'bare' },
    parameters: [...parameters, memberParameter],
    ...(body === undefined ? {} : { body }),
    ...(answer === undefined ? {} : { answer }),
    ...(streams === undefined ? {} : { streams }),
    ...(bodyLimitBytes === undefined ? {} : { bodyLimitBytes }),
    writesRefusal,
    handle: (call) => answerCall(parts, operation, call),
  };
}

async function answerCall<Schema extends TSchema | undefined>(
  parts: ExchangeParts,
  operation: ExchangeOperation<Schema>,
  call: OpenCall,
): Promise<Answer> {
  const caller = await callerOf(parts, call);
  requireAccess(caller, operation.access);
  await provideBuiltInEndpoint(parts, caller.memberId);
  const body = operation.body === undefined ? undefined : readBody(operation.body, call.body, operation.bodyOptional === true);
  const repeatable = operation.repeatable ? repeatableOf(caller, call, body) : undefined;
  const run = () => answerOnce(parts, operation, call, caller, body, repeatable);
  if (!repeatable) return run();
  return parts.repeatedCalls.inTurn(`${repeatable.memberId} ${repeatable.key}`, async () => {
    const first = await firstAnswer(parts, repeatable);
    return first ? { status: first.status, headers: jsonHeaders, body: first.body } : run();
  });
}

function readBody(schema: TSchema, body: Buffer, optional: boolean): unknown {
  return readExchangeBody(schema, optional && body.length === 0 ? {} : parseExactly(body));
}

async function answerOnce<Schema extends TSchema | undefined>(
  parts: ExchangeParts,
  operation: ExchangeOperation<Schema>,
  call: OpenCall,
  caller: ExchangeCaller,
  body: unknown,
  repeatable: RepeatableCall | undefined,
): Promise<Answer> {
  let kept = false;
  const keep = async (change: CatalogChange, reply: Reply): Promise<void> => {
    if (!repeatable || kept || 'answer' in reply) return;
    kept = true;
    await keepAnswer(parts, change, repeatable, { status: reply.status, body: textOf(reply) });
  };
  const context = contextOf(caller, operation.id, call.requestId);
  const change: ExchangeCall['change'] = (work) =>
    parts.catalog.change(context, async (made) => {
      const reply = await work(made);
      await keep(made, reply);
      return reply;
    });
  const { path, parameters, facts, stream } = call;
  const reply = await operation.handle({
    caller,
    memberId: caller.memberId,
    path,
    parameters,
    facts,
    stream,
    change,
    body: body as Schema extends TSchema ? Static<Schema> : undefined,
  });
  if ('answer' in reply) return reply.answer;
  if (repeatable && !kept && reply.status < 400) await parts.catalog.change(context, (made) => keep(made, reply));
  const text = textOf(reply);
  return { status: reply.status, headers: text === '' ? (reply.headers ?? {}) : { ...jsonHeaders, ...reply.headers }, body: text };
}

const jsonHeaders = { 'content-type': 'application/json; charset=utf-8' };
const textOf = (reply: Exclude<Reply, { answer: Answer }>): string => (reply.json === undefined ? '' : writeExactly(reply.json));

function repeatableOf(caller: ExchangeCaller, { facts, body: raw }: OpenCall, body: unknown): RepeatableCall | undefined {
  const key = readIdempotencyKey(facts.headers['idempotency-key']);
  if (key === undefined) return undefined;
  const bodyHash = hashOfJson(body ?? (raw.length === 0 ? null : parseExactly(raw)));
  return { memberId: caller.memberId, key, route: `${facts.method} ${facts.path}`, bodyHash };
}

const rule = { writes: false, tokenInQuery: false, throttled: false };

/** A login token, the login cookie on GET, or a key. @throws Refusal exchange.noKey, exchange.unknownKey, access.* */
async function callerOf(parts: ExchangeParts, { facts, parameters }: OpenCall): Promise<ExchangeCaller> {
  const header = facts.headers.authorization;
  if (typeof header === 'string' && header !== '') {
    const key = header.replace(/^Bearer +/i, '').trim();
    const known = await callerOfKey(parts.catalog.read, key, parts.clock.nowMs());
    if (known) return known;
  } else if (facts.method !== 'GET') throw refusal(exchangeErrors.noKey);
  const { caller } = admitted(parts.admit, facts);
  const named = parameters.id('memberId');
  if (named !== undefined && caller.role !== 'admin' && named !== caller.memberId)
    throw refusal(exchangeErrors.scope, { fault: "memberId is for the platform's administrators" });
  const { accountId, username, role } = caller;
  const memberId = named === undefined ? caller.memberId : asMemberId(named);
  if (named !== undefined && !parts.view.current().member(memberId))
    throw refusal(exchangeErrors.notFound, { object: 'member', id: named });
  return { kind: 'account', memberId, role, accountId, username, accountMemberId: caller.memberId };
}

function admitted(admit: Admit, facts: RequestFacts): ReturnType<Admit> {
  try {
    return admit(facts, rule);
  } catch (error) {
    const name = refusalOf(error)?.kind.name;
    if (name === 'access.noToken') throw refusal(exchangeErrors.noKey, {}, { cause: error });
    if (name === 'access.unknownToken') throw refusal(exchangeErrors.unknownKey, {}, { cause: error });
    throw error;
  }
}

function contextOf(caller: ExchangeCaller, operation: string, requestId: string): ChangeContext {
  const account = caller.kind === 'account' ? caller : undefined;
  return {
    operation,
    requestId,
    accountId: account?.accountId ?? null,
    username: callerName(caller),
    accountMemberId: account?.accountMemberId ?? caller.memberId,
  };
}

/** `{code, message, details}`, also for refusals that are not the exchange's own. */
function writesRefusal(refused: Refusal): string {
  const own = refused.kind.name.startsWith('exchange.');
  const code = (own ? refused.kind.errorCode : null) ?? codeByStatus[refused.kind.status] ?? 'INTERNAL';
  return JSON.stringify({ code, message: refused.message, details: refused.details });
}

const codeByStatus: Readonly<Record<number, string>> = {
  400: 'INVALID_REQUEST',
  401: 'AUTH_INVALID',
  403: 'AUTH_SCOPE',
  404: 'NOT_FOUND',
  409: 'BAD_STATE',
  413: 'TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA',
  429: 'RATE_LIMITED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};
