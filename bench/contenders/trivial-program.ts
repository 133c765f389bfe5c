/** A server that knows no HTTP beyond content-length and does no work: what is reached against it is the generator's own limit. */
import { Buffer } from 'node:buffer';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { SampleAnswer } from './contender.ts';

function attend(socket: Socket, answer: Buffer): void {
  let left = 0;
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    if (left === 0) left = lengthOf(chunk);
    left -= chunk.length;
    if (left === 0) socket.write(answer);
  });
}

/** Bytes of the request that begins here. Heads of ours come in one piece. */
function lengthOf(chunk: Buffer): number {
  const head = chunk.toString('latin1', 0, Math.min(chunk.length, 1024));
  const headEnd = head.indexOf('\r\n\r\n');
  const body = /\r\ncontent-length: (\d+)/.exec(head)?.[1] ?? '0';
  return headEnd + 4 + Number(body);
}

process.on('disconnect', () => process.exit(0));
process.once('message', ({ contentType, headers = {}, body, binary }: SampleAnswer) => {
  const encoding = binary ? 'latin1' : 'utf8';
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 200 OK\r\n${more.join('')}content-type: ${contentType}\r\ncontent-length: ${Buffer.byteLength(body, encoding)}\r\n\r\n`;
  const answer = Buffer.concat([Buffer.from(head), Buffer.from(body, encoding)]);
  const server = createServer((socket) => attend(socket, answer));
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
});
