import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { type Refusal, refusal } from '../kit/refusal.ts';
import { answerHotCall, type HotCall, type HotFront, hotOperationsByAddress, type HotReply, type HotSent } from './hot-calls.ts';
import { httpErrors } from './http-errors.ts';
import type { Operation } from './operation.ts';
import { splitUrl, writeAnswer } from './write-answer.ts';

/**
 * Answers hot operations straight from node:http, before the framework, which costs 15 to 35% of a small request: what is on a
 * connection that was handed over (direct/), whatever the reason. Only a main address in its plain form is taken; prefixes, trailing
 * slashes and other methods go on to the framework, where the same operation stands as its slow twin.
 */
export class HotDispatcher {
  readonly #operations: ReadonlyMap<string, Operation>;
  readonly #front: HotFront;
  readonly #bodyLimitBytes: number;

  constructor(operations: readonly Operation[], front: HotFront, bodyLimitBytes: number) {
    this.#operations = hotOperationsByAddress(operations);
    this.#front = front;
    this.#bodyLimitBytes = bodyLimitBytes;
  }

  /** Takes the request, or answers false where it is none of the hot ones. */
  take(request: IncomingMessage, response: ServerResponse): boolean {
    const { path, query } = splitUrl(request.url ?? '');
    const operation = this.#operations.get(`${request.method} ${path}`);
    if (!operation) return false;
    void this.#answer(request, new ResponseReply(response), operation, path, query);
    return true;
  }

  async #answer(request: IncomingMessage, reply: HotReply, operation: Operation, path: string, query: string): Promise<void> {
    let hot: HotCall | undefined;
    let body: Buffer;
    try {
      const { headers, socket } = request;
      const encrypted = (socket as TLSSocket).encrypted === true;
      hot = this.#front.begin(
        { method: operation.method, path, query, headers, peerAddress: socket.remoteAddress ?? '', encrypted },
        operation,
      );
      body = operation.method === 'GET' ? nothing : await readBody(request, operation.bodyLimitBytes ?? this.#bodyLimitBytes);
    } catch (error) {
      this.#front.fail(hot, reply, operation, error);
      return;
    }
    answerHotCall(this.#front, hot, reply, body);
  }
}

/** node:http's response as a place for a hot answer. */
class ResponseReply implements HotReply {
  readonly #response: ServerResponse;
  constructor(response: ServerResponse) {
    this.#response = response;
  }

  send(sent: HotSent, close: boolean): void {
    if (this.#response.headersSent) return;
    writeAnswer(this.#response, close ? { ...sent, headers: { ...sent.headers, connection: 'close' } } : sent);
  }
}

const nothing = Buffer.alloc(0);

/** The whole body. Refuses it as soon as its length is known to be over the limit. */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  // Closed as the framework does, instead of reading what is not wanted.
  const tooLarge = (): Refusal => refusal(httpErrors.tooLarge, { limit: limitBytes }, { headers: { connection: 'close' } });
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] | undefined = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      if (!chunks) return;
      length += chunk.length;
      if (length > limitBytes) {
        chunks = undefined;
        reject(tooLarge());
      } else chunks.push(chunk);
    });
    request.on('end', () => {
      if (!chunks) return;
      const [first] = chunks;
      resolve(chunks.length === 1 && first ? first : Buffer.concat(chunks, length));
    });
    request.on('error', reject);
  });
}
