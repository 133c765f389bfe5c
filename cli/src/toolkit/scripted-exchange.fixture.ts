import { createHash } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface SeenCall {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  /** Unpacked where it was packed. */
  readonly body: string;
  /** What Content-Digest should say of the bytes on the wire. */
  readonly digest: string;
}

export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: string | Uint8Array;
  /** So many bytes of the body are sent; when `seen` resolves the connection breaks. */
  readonly breakAfter?: { readonly bytes: number; readonly seen: () => Promise<unknown> };
}

/** A server that answers as a test tells it, and keeps what it was asked. */
export class ScriptedExchange {
  readonly calls: SeenCall[] = [];
  readonly #server = http.createServer((request, response) => void this.#answer(request, response));
  /** What is answered; undefined is a 404. */
  script: (call: SeenCall) => ScriptedAnswer | undefined = () => undefined;

  constructor() {
    // As a proxy that lets nobody through.
    this.#server.on('connect', ({ method = '', url: path = '', headers }: http.IncomingMessage, socket) => {
      this.calls.push({ method, path, headers, body: '', digest: '' });
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** METHOD PATH of all calls since the last time. */
  takeCalls(): string[] {
    return this.calls.splice(0).map(({ method, path }) => `${method} ${path}`);
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const bytes = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
    const call: SeenCall = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString(),
      digest: `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`,
    };
    this.calls.push(call);
    const {
      status = 200,
      headers = {},
      json,
      body,
      breakAfter,
    } = this.script(call) ?? { status: 404, json: { code: 'NOT_FOUND', message: 'no such thing' } };
    const sent = json === undefined ? Buffer.from(body ?? '') : Buffer.from(typeof json === 'string' ? json : JSON.stringify(json));
    response.writeHead(status, { 'content-length': sent.length, ...headers });
    if (breakAfter === undefined) response.end(sent);
    else {
      response.write(sent.subarray(0, breakAfter.bytes));
      await breakAfter.seen();
      response.destroy();
    }
  }
}
