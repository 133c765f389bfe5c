import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import type { CallLimits, PeerCall } from './peer-http.ts';

/** A request as a peer of the tests received it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** An HTTP server on loopback that plays another company's endpoint, until it is disposed of. */
export class PeerServer implements AsyncDisposable {
  readonly received: Received[] = [];
  readonly connections = { opened: 0, open: 0 };
  readonly #server: Server & { closeAllConnections(): void };

  /** @param answer called when the whole request has come */
  constructor(answer: (request: Received, response: ServerResponse) => void) {
    const listener: RequestListener = (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('error', () => undefined);
      request.on('end', () => {
        const received = {
          method: request.method ?? '',
          path: request.url ?? '',
          headers: request.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        };
        this.received.push(received);
        answer(received, response);
      });
    };
    this.#server = createServer(listener);
    this.#server.on('connection', (socket) => {
      this.connections.opened += 1;
      this.connections.open += 1;
      socket.on('close', () => (this.connections.open -= 1));
    });
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(path = ''): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

export const startPeer = (answer: (request: Received, response: ServerResponse) => void): Promise<PeerServer> =>
  new PeerServer(answer).start();

/** Limits that let a silent peer end a test soon. */
export const shortLimits: CallLimits = { connectMs: 300, metadataMs: 300, dataIdleMs: 300 };

/** A call of tests: a GET for metadata, unless told otherwise. */
export const callTo = (url: string, rest: Partial<PeerCall> = {}): PeerCall => ({
  method: 'GET',
  path: '/v1/test',
  url: new URL(url),
  kind: 'metadata',
  headers: {},
  authorization: null,
  body: null,
  signal: new AbortController().signal,
  ...rest,
});
