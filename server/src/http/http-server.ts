import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { type Refusal, refusal } from '../kit/refusal.ts';
import { errorEnvelope } from './envelope.ts';
import { httpErrors } from './http-errors.ts';
import { DirectFront } from './direct/direct-front.ts';
import { HotDispatcher } from './hot-dispatcher.ts';
import type { RequestFront } from './request-front.ts';
import type { BareAnswer, Call, Operation } from './operation.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route takes its body as a stream. */
    streams?: boolean;
  }
}

import { splitUrl } from './write-answer.ts';

export interface HttpServerOptions {
  readonly operations: readonly Operation[];
  /** Operations that are answered before the framework; empty where hot routes are off. */
  readonly hotOperations: readonly Operation[];
  readonly front: RequestFront;
  readonly log: Logger;
  readonly bodyLimitBytes: number;
  /** What is answered 200 although it is not HTTP, by the beginning of the request line: a pixel never breaks a page. */
  readonly unreadable?: (requestLine: string) => BareAnswer | undefined;
}

/** A listening server and the way to stop it. */
export interface HttpServer {
  listen(host: string, port: number): Promise<{ address: string; port: number }>;
  /** Takes no new connections, lets calls in flight finish for `graceMs` at most. */
  close(graceMs: number): Promise<void>;
}

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'] as const;

/** Builds the server: Fastify for all operations, and one dispatcher before it for the hot ones. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { operations, hotOperations, front, log, bodyLimitBytes, unreadable = () => undefined } = options;
  const answerClientError = (error: NodeJS.ErrnoException, socket: Socket): void => refuseUnread(error, socket, unreadable);
  const hot = new HotDispatcher(hotOperations, front, bodyLimitBytes);
  let server: Server | undefined;
  let direct: DirectFront | undefined;
  const app = Fastify({
    bodyLimit: bodyLimitBytes,
    routerOptions: { maxParamLength: 16_384, ignoreTrailingSlash: false },
    rewriteUrl: (request) => normalisedUrl(request.url ?? '/'),
    frameworkErrors: (error, request, reply) => front.failFramework(request, reply, 'unknown', asRefusal(error, bodyLimitBytes)),
    genReqId: () => front.newRequestId(),
    serverFactory: (handler) => {
      // Operations that stream take longer than Node's limit for all of a request: `limitBodyTime` holds the others to it. Without it Node
      // would take the limit for heads to be 0 too, and a connection whose first bytes are late would be refused.
      server = createServer({ maxHeaderSize: mostHeadBytes, requestTimeout: 0, headersTimeout: longestHeadMs }, (request, response) => {
        if (front.turnAway(request, response) || hot.take(request, response)) return;
        handOver(request, response, handler);
      });
      if (hotOperations.length > 0)
        direct = new DirectFront(server, {
          operations: hotOperations,
          front,
          bodyLimitBytes,
          requestTimeoutMs: longestRequestMs,
          refuse: answerClientError,
        });
      return server;
    },
    clientErrorHandler: answerClientError,
  });
  routeAll(app, operations, front, answerClientError);
  app.setNotFoundHandler((request, reply) => {
    const { path } = splitUrl(request.raw.url ?? '');
    front.failFramework(request, reply, 'unknown', refusal(httpErrors.unknownService, { path: path.slice(0, 100) }));
  });
  app.setErrorHandler((error, request, reply) => {
    const template = request.routeOptions.url ?? 'unknown';
    front.failFramework(request, reply, template, asRefusal(error, request.routeOptions.bodyLimit));
  });
  return {
    async listen(host, port) {
      await app.ready();
      const listening = server;
      if (!listening) throw new Error('there is no server to listen with');
      await new Promise<void>((resolve, reject) => {
        listening.once('error', reject);
        listening.listen(port, host, () => resolve());
      });
      const address = listening.address();
      if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
      log.info({ host: address.address, port: address.port }, 'listening');
      return { address: address.address, port: address.port };
    },
    close: (graceMs) => closeServer(server, direct, app, graceMs),
  };
}

type RefuseUnread = (error: NodeJS.ErrnoException, socket: Socket) => void;

/** Those that take their body as a stream stand apart from those whose body is read first. */
function routeAll(app: FastifyInstance, operations: readonly Operation[], front: RequestFront, refuse: RefuseUnread): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.routeOptions.config.streams !== true) limitBodyTime(request.raw, refuse);
    done();
  });
  readAnyBody(app);
  const streaming = operations.filter(({ streams }) => streams === true);
  const usual = operations.filter(({ streams }) => streams !== true);
  registerOperations(app, usual, front);
  void app.register(async (apart) => {
    apart.removeAllContentTypeParsers();
    apart.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
    registerOperations(apart, streaming, front);
  });
}

/** A head must be there after this time: Node's own limit. */
const longestHeadMs = 60_000;
/** A request must be there whole after this time. */
const longestRequestMs = 300_000;

function limitBodyTime(request: IncomingMessage, refuse: RefuseUnread): void {
  if (request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined) return;
  const late = (): void => {
    refuse(Object.assign(new Error('the body did not come in time'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), request.socket);
    request.socket.destroySoon();
  };
  const timer = setTimeout(late, longestRequestMs);
  timer.unref();
  const stop = (): void => clearTimeout(timer);
  request.once('end', stop);
  request.once('close', stop);
}

async function closeServer(
  server: Server | undefined,
  direct: DirectFront | undefined,
  app: FastifyInstance,
  graceMs: number,
): Promise<void> {
  if (server?.listening) {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    direct?.closeIdle();
    const timer = setTimeout(() => {
      server.closeAllConnections();
      direct?.closeAll();
    }, graceMs);
    await closed;
    clearTimeout(timer);
  }
  await app.close();
}

/** The framework reads bodies by their content type; ours are read whatever it says, so it is shown one type only. */
function handOver(
  request: IncomingMessage,
  response: ServerResponse,
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): void {
  request.headers['content-type'] = 'application/octet-stream';
  handler(request, response);
}

function readAnyBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

function registerOperations(app: FastifyInstance, operations: readonly Operation[], front: RequestFront): void {
  const taken = new Map<string, Set<string>>();
  for (const operation of operations) {
    for (const url of operation.paths) {
      const known = taken.get(url) ?? new Set();
      taken.set(url, known.add(operation.method));
      app.route({
        method: operation.method,
        url,
        ...(operation.bodyLimitBytes === undefined ? {} : { bodyLimit: operation.bodyLimitBytes }),
        ...(operation.streams ? { config: { streams: true } } : {}),
        onRequest: (request, reply, done) => {
          front.beginFramework(request, reply, operation);
          done();
        },
        handler: (request, reply) => answerOperation(request, reply, operation, front),
      });
    }
  }
  for (const [url, known] of taken) {
    const allowed = [...known].sort().join(', ');
    for (const method of methods) {
      if (known.has(method)) continue;
      app.route({
        method,
        url,
        handler: (request, reply) => {
          void reply.header('allow', allowed);
          front.failFramework(request, reply, url, refusal(httpErrors.unknownMethod, { method, allowed }));
          return reply;
        },
      });
    }
  }
}

async function answerOperation(
  request: FastifyRequest,
  reply: FastifyReply,
  operation: Operation,
  front: RequestFront,
): Promise<FastifyReply> {
  const open = front.openCall(request, operation);
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const stream = operation.streams ? { stream: request.raw } : {};
  const call = { ...open, path: request.params as Record<string, string | undefined>, body, ...stream } as Call;
  const answer = await operation.handle(call);
  front.sendFramework(request, reply, operation, call.warnings, call.parameters, answer);
  return reply;
}

/** Host, version prefixes and trailing slashes change nothing (API Best Practices; platform.md section 1). */
export function normalisedUrl(url: string): string {
  const { path, query } = splitUrl(url.replace(/^https?:\/\/[^/?#]+/i, ''));
  const withoutVersion = path.replace(/^\/(?:current|v1\.\d+)(?=\/)/, '');
  const trimmed = withoutVersion.replace(/\/+$/, '') || '/';
  return query === '' ? trimmed : `${trimmed}?${query}`;
}

/** The framework's own errors in our words. */
function asRefusal(error: unknown, bodyLimitBytes: number): unknown {
  const code = (error as { code?: string }).code;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return refusal(httpErrors.tooLarge, { limit: bodyLimitBytes }, { cause: error });
  if (code?.startsWith('FST_ERR_CTP'))
    return refusal(httpErrors.badRequest, { fault: 'its body is not as long as its headers say' }, { cause: error });
  if (code === 'FST_ERR_BAD_URL')
    return refusal(httpErrors.badRequest, { fault: 'its path is not valid percent-encoding' }, { cause: error });
  return error;
}

/** Pixels take queries of 64 KB, and the cookies of a site come with them. */
const mostHeadBytes = 98_304;
const mostLineCharacters = 64;

function refuseUnread(error: NodeJS.ErrnoException, socket: Socket, unreadable: (requestLine: string) => BareAnswer | undefined): void {
  if (!socket.writable || error.code === 'ECONNRESET') return;
  const { rawPacket: packet } = error as { readonly rawPacket?: unknown };
  const answer = Buffer.isBuffer(packet) ? unreadable(packet.toString('latin1', 0, mostLineCharacters)) : undefined;
  if (answer === undefined) {
    socket.end(clientErrorAnswer(error.code));
    return;
  }
  const headers = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = Buffer.byteLength(answer.body);
  socket.write(`HTTP/1.1 200 OK\r\n${headers.join('')}content-length: ${length}\r\nconnection: close\r\n\r\n`);
  socket.end(answer.body);
}

/** What is sent where not even the request line could be read. */
function clientErrorAnswer(code: string | undefined): string {
  const large = code === 'HPE_HEADER_OVERFLOW';
  const refused: Refusal = large ? refusal(httpErrors.headersTooLarge) : refusal(httpErrors.badRequest, { fault: 'it is not HTTP' });
  const body = errorEnvelope(refused);
  const reason = large ? '431 Request Header Fields Too Large' : '400 Bad Request';
  return `HTTP/1.1 ${reason}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`;
}
