import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Refusal, refusal } from '../kit/refusal.ts';
import { httpErrors } from './http-errors.ts';
import type { AccountOperation, Answer, Call } from './operation.ts';

/** What a hot call is answered with by the shared front: admission, envelope, logs, counts are the same as in the framework. */
export interface HotFront {
  /** Admits the request and makes the call; throws a Refusal. */
  begin(request: IncomingMessage, path: string, query: string, operation: AccountOperation): HotCall;
  /** Sends the answer of a call, or of a failure, at the end of this turn of the event loop. */
  send(hot: HotCall, response: ServerResponse, answer: Answer): void;
  fail(hot: HotCall | undefined, response: ServerResponse, operation: AccountOperation, error: unknown): void;
}

export interface HotCall {
  readonly call: Omit<Call, 'body'>;
  readonly headers: Readonly<Record<string, string>>;
  readonly startedAt: number;
  readonly operation: AccountOperation;
}

/**
 * Answers hot operations straight from node:http, before the framework, which costs 15 to 35% of a small request.
 * Only a main address in its plain form is taken; prefixes, trailing slashes and other methods go on to the framework, where
 * the same operation stands as its slow twin.
 */
export class HotDispatcher {
  readonly #operations = new Map<string, AccountOperation>();
  readonly #front: HotFront;
  readonly #bodyLimitBytes: number;

  constructor(operations: readonly AccountOperation[], front: HotFront, bodyLimitBytes: number) {
    for (const operation of operations) this.#operations.set(`${operation.method} ${operation.paths[0]}`, operation);
    this.#front = front;
    this.#bodyLimitBytes = bodyLimitBytes;
  }

  /** Takes the request, or answers false where it is none of the hot ones. */
  take(request: IncomingMessage, response: ServerResponse): boolean {
    const url = request.url ?? '';
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const operation = this.#operations.get(`${request.method} ${path}`);
    if (!operation) return false;
    void this.#answer(request, response, operation, path, mark < 0 ? '' : url.slice(mark + 1));
    return true;
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    operation: AccountOperation,
    path: string,
    query: string,
  ): Promise<void> {
    let hot: HotCall | undefined;
    try {
      hot = this.#front.begin(request, path, query, operation);
      const body = operation.method === 'GET' ? nothing : await readBody(request, operation.bodyLimitBytes ?? this.#bodyLimitBytes);
      const answered = operation.handle({ ...hot.call, body });
      this.#front.send(hot, response, answered instanceof Promise ? await answered : answered);
    } catch (error) {
      this.#front.fail(hot, response, operation, error);
    }
  }
}

const nothing = Buffer.alloc(0);

/** The whole body. Refuses it as soon as its length is known to be over the limit. */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const tooLarge = (): Refusal => refusal(httpErrors.tooLarge, { limit: limitBytes });
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
