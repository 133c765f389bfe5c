/** HTTP below fetch: bytes as they are, and bodies that are sent while the answer may come already. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

async function open(base: string): Promise<{ readonly socket: Socket; readonly received: () => string }> {
  const socket = connect(Number(new URL(base).port), '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  // A server may close a connection that breaks the rules while we still send.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return { socket, received: () => Buffer.concat(chunks).toString('utf8') };
}

/** Sends the bytes and returns what came until the server closed or was silent for `silentMs` after its answer. */
export async function exchange(base: string, bytes: string | Buffer, silentMs = 60): Promise<string> {
  const { socket, received } = await open(base);
  socket.write(bytes);
  const closed = once(socket, 'close').then(() => 'closed');
  for (let waited = 0, length = 0; waited < 3000; waited += silentMs) {
    if ((await Promise.race([closed, sleep(silentMs)])) === 'closed') break;
    if (length > 0 && received().length === length) break;
    length = received().length;
  }
  socket.destroy();
  return received();
}

export interface Upload {
  /** What came back. */
  readonly answer: string;
  /** Bytes of the body that had been sent when the answer began. */
  readonly sentBytes: number;
}

/** Streams a body of `totalBytes` and stops as soon as an answer comes. `head`: request line and headers without the last blank line. */
export async function uploadUntilAnswered(base: string, head: string, totalBytes: number, chunked: boolean): Promise<Upload> {
  const { socket, received } = await open(base);
  const framing = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${totalBytes}`;
  socket.write(`${head}\r\n${framing}\r\n\r\n`);
  const block = Buffer.alloc(65_536, 'a');
  const piece = chunked ? Buffer.concat([Buffer.from('10000\r\n'), block, Buffer.from('\r\n')]) : block;
  let sentBytes = 0;
  while (sentBytes < totalBytes && received() === '' && !socket.destroyed) {
    const more = socket.write(piece);
    sentBytes += block.length;
    // The other side needs its turn to answer; a full buffer says that it reads no further.
    await (more ? sleep(1) : Promise.race([once(socket, 'drain'), once(socket, 'data'), once(socket, 'close'), sleep(2000)]));
  }
  for (let waited = 0; received() === '' && waited < 3000; waited += 20) await sleep(20);
  await sleep(50);
  socket.destroy();
  return { answer: received(), sentBytes };
}

/** Status and body of a raw answer; status 0 where there is none. */
export function readAnswer(text: string): { readonly status: number; readonly body: string } {
  const at = text.indexOf('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0), body: at < 0 ? '' : text.slice(at + 4) };
}
