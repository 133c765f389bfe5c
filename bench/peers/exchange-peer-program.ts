/** A pull producer and a push consumer in one process of their own, for the bench of jobs of the exchange. Talks by IPC. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { ExchangePeerAnswer, ExchangePeerQuestion } from './exchange-peer-messages.ts';

const rowsPerPart = 1_000_000;
const pieceCharacters = 65_536;

let rows = 0;
let delivered = 0;
let requests = 0;

/** One part of the audience. Three rows of ten have the identifier of an earlier one. */
function* partText(part: number): Generator<string> {
  let text = 'homeemail,tier,joined\n';
  const end = Math.min(rows, (part + 1) * rowsPerPart);
  for (let row = part * rowsPerPart; row < end; row++) {
    const person = row % 10 < 3 ? Math.floor(row / 10) * 7 : row;
    text += `User${person}@example.com,Gold,2021-03-09\n`;
    if (text.length < pieceCharacters) continue;
    yield text;
    text = '';
  }
  yield text;
}

const newline = 10;

async function countRows(request: IncomingMessage): Promise<number> {
  let lines = 0;
  for await (const piece of request as AsyncIterable<Buffer>) for (const byte of piece) if (byte === newline) lines += 1;
  // The header is none.
  return lines - 1;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const json = (status: number, value: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  const { method = '', url = '' } = request;
  const part = /^\/v1\/jobs\/made\/data\/(\d+)$/.exec(url)?.[1];
  if (part !== undefined) {
    response.writeHead(200, { 'content-type': 'text/csv; charset=utf-8' });
    Readable.from(partText(Number(part))).pipe(response);
  } else if (method === 'GET' && url === '/v1/segments') json(200, [segment]);
  else if (method === 'GET' && url.endsWith('/data')) response.writeHead(204).end();
  else if (method === 'GET') json(200, segment);
  else if (url === '/v1/jobs') {
    await countRows(request);
    const parts = Array.from({ length: Math.ceil(rows / rowsPerPart) }, (_, index) => ({ jobDataId: String(index) }));
    json(202, { jobId: 'made', status: 'COMPLETE', jobData: parts });
  } else {
    requests += 1;
    delivered += await countRows(request);
    json(200, {});
  }
}

const segment = {
  id: 'all',
  name: 'All',
  description: null,
  identifiers: [{ name: 'homeemail', type: 'email' }],
  attributes: [
    { name: 'tier', type: 'string' },
    { name: 'joined', type: 'date' },
  ],
};

const server = createServer((request, response) => void answer(request, response));
process.on('message', (question: ExchangePeerQuestion) => {
  if (question.kind === 'begin') {
    rows = question.rows;
    delivered = 0;
    requests = 0;
  }
  const { port } = server.address() as AddressInfo;
  process.send?.({ url: `http://127.0.0.1:${port}`, delivered, requests } satisfies ExchangePeerAnswer);
});
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1');
