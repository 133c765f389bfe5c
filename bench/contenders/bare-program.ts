/**
 * The ceiling: node:http alone. It does with the bytes what any server on it must do and nothing else: a POST's body is read whole
 * and goes through JSON.parse, then the answer's bytes are sent with the same headers. Asked again, it tells the longest delay of its
 * event loop since the last time, as Foyer's /metrics does.
 */
import { Buffer } from 'node:buffer';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { SampleAnswer } from './contender.ts';

/** What a body was parsed to, kept so that parsing is not optimised away. */
let lastParsed: unknown;

function serve({ contentType, headers = {}, body, binary }: SampleAnswer): void {
  const encoding = binary ? 'latin1' : 'utf8';
  const bytes = Buffer.byteLength(body, encoding);
  const send = (response: ServerResponse): void => {
    response.writeHead(200, { ...headers, 'content-type': contentType, 'content-length': bytes });
    response.end(body, encoding);
  };
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      send(response);
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [first] = chunks;
      const whole = chunks.length === 1 && first ? first : Buffer.concat(chunks);
      lastParsed = JSON.parse(whole.toString('utf8'));
      send(response);
    });
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

/** As in server/src/http/event-loop-delay.ts. */
const resolutionMs = 2;
const delays = monitorEventLoopDelay({ resolution: resolutionMs });

process.on('disconnect', () => process.exit(lastParsed === null ? 1 : 0));
process.once('message', (answer: SampleAnswer) => {
  serve(answer);
  delays.enable();
  process.on('message', () => {
    process.send?.(Math.max(0, delays.max / 1e6 - resolutionMs));
    delays.reset();
  });
});
