import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What happens to a connection that has sent so many bytes. */
export interface Fault {
  readonly afterBytes: number;
  /** It ends, or what it sends is lost from then on. */
  readonly kind: 'cut' | 'lost';
}

/** A way to a server on which connections break: the faults meet those that send much, one after the other; the rest pass. */
export class FaultyNetwork {
  readonly url: string;
  readonly #server: Server;
  readonly #faults: Fault[];
  readonly #sockets = new Set<Socket>();
  readonly #met = Promise.withResolvers<void>();

  private constructor(server: Server, port: number, faults: readonly Fault[]) {
    this.#server = server;
    this.#faults = [...faults];
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (socket) => this.#pass(socket, connect(port, '127.0.0.1')));
  }

  static async start(target: string, ...faults: readonly Fault[]): Promise<FaultyNetwork> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FaultyNetwork(server, Number(new URL(target).port), faults);
  }

  /** When the first fault has come. */
  get met(): Promise<void> {
    return this.#met.promise;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #pass(from: Socket, to: Socket): void {
    let bytes = 0;
    let lost = false;
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => undefined).on('close', () => other.destroy());
    }
    to.pipe(from);
    from.on('data', (piece) => {
      if (lost) return;
      bytes += piece.length;
      const [fault] = this.#faults;
      if (fault === undefined || bytes < fault.afterBytes) {
        if (!to.write(piece)) {
          from.pause();
          to.once('drain', () => from.resume());
        }
        return;
      }
      this.#faults.shift();
      this.#met.resolve();
      if (fault.kind === 'cut') from.destroy();
      else lost = true;
    });
  }
}
