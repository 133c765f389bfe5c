import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { HotFront } from '../hot-calls.ts';
import type { Operation } from '../operation.ts';
import { DirectConnection, type DirectShared } from './direct-connection.ts';
import { HeadReader } from './request-head.ts';

export interface DirectOptions {
  readonly operations: readonly Operation[];
  readonly front: HotFront;
  readonly bodyLimitBytes: number;
  /** A request must be there whole after this time. Default: the server's own. */
  readonly requestTimeoutMs?: number;
  /** What happens to a request that breaks off or takes too long: the server's own `clientError` listener. */
  readonly refuse: (error: NodeJS.ErrnoException, socket: Socket) => void;
}

const checkIntervalMs = 1000;

/**
 * Takes connections before node:http does and keeps them as long as only plain hot calls come on them. Both belong to the same
 * server: its limits, its timeouts, its `close`, which waits for all of them.
 */
export class DirectFront {
  readonly #connections = new Set<DirectConnection>();
  #seconds = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param server not listening yet, with node:http's own listener for connections and no other */
  constructor(server: Server, { operations, front, bodyLimitBytes, requestTimeoutMs, refuse }: DirectOptions) {
    const [own, ...more] = server.listeners('connection');
    if (!own || more.length > 0) throw new Error('the server has listeners for connections that are not known here');
    server.removeAllListeners('connection');
    const shared: DirectShared = {
      reader: new HeadReader(operations, bodyLimitBytes),
      front,
      limits: {
        keepAliveS: Math.floor(server.keepAliveTimeout / 1000),
        idleS: (server.keepAliveTimeout + server.keepAliveTimeoutBuffer) / 1000,
        headS: server.headersTimeout / 1000,
        requestS: (requestTimeoutMs ?? server.requestTimeout) / 1000,
      },
      handOver: (socket) => Reflect.apply(own, server, [socket]) as void,
      refuse,
      left: (connection) => this.#connections.delete(connection),
      nowS: () => this.#seconds,
    };
    server.on('connection', (socket: Socket) => this.#connections.add(new DirectConnection(socket, shared)));
    server.on('listening', () => this.#startChecking());
    server.on('close', () => clearInterval(this.#timer));
  }

  /** Ends connections on which nothing is under way; to be called when the server closes. */
  closeIdle(): void {
    for (const connection of this.#connections) if (connection.idle) connection.destroy();
  }

  closeAll(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  #startChecking(): void {
    this.#timer = setInterval(() => {
      this.#seconds += 1;
      for (const connection of this.#connections) connection.checkTime(this.#seconds);
    }, checkIntervalMs);
    this.#timer.unref();
  }
}
