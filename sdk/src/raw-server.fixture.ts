import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** What a connection gets for a request: bytes, and whether it is cut off after them. `silence`: nothing, and it stays open. */
export type Reaction = { readonly bytes: string; readonly cut: boolean } | 'silence';

export const cut: Reaction = { bytes: '', cut: true };

/** A whole answer in HTTP, with one envelope field beside the status. */
export function answer(status: number, response: object, headers: Readonly<Record<string, string>> = {}): Reaction {
  const body = JSON.stringify({ response });
  const lines = Object.entries({
    'content-type': 'application/json',
    'content-length': String(body.length),
    connection: 'close',
    ...headers,
  });
  return { bytes: `HTTP/1.1 ${status} X\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`, cut: true };
}

export const refusedFor = (retryAfterS: number): Reaction =>
  answer(
    429,
    { status: 'error', error_id: 'SYSTEM', error_code: 'RATE_EXCEEDED', error: 'too many' },
    { 'retry-after': String(retryAfterS) },
  );

/** A server below HTTP: it reads a request to its end and reacts with the next of the reactions, the last one for ever. */
export class RawServer {
  readonly url: string;
  /** The request lines that came. */
  readonly seen: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, reactions: readonly Reaction[]) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (socket) => this.#serve(socket, reactions));
  }

  static async start(...reactions: readonly Reaction[]): Promise<RawServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new RawServer(server, reactions);
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(socket: Socket, reactions: readonly Reaction[]): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    let text = '';
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      if (!isWhole(text)) return;
      const reaction = reactions[Math.min(this.seen.length, reactions.length - 1)] ?? 'silence';
      this.seen.push(text.slice(0, text.indexOf(' HTTP/')));
      text = '';
      if (reaction === 'silence') return;
      if (reaction.bytes === '') socket.resetAndDestroy();
      else if (reaction.cut) socket.end(reaction.bytes);
      else socket.write(reaction.bytes);
    });
  }
}

/** All of the body is there that the head announces. */
function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const length = /content-length: (\d+)/i.exec(text)?.[1] ?? '0';
  return text.length - end - 4 >= Number(length);
}
