import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { FoyerClient } from './client.ts';

let server: Server | undefined;

afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

async function listening(handler: (request: IncomingMessage, response: ServerResponse, body: string) => void): Promise<string> {
  const started = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += String(piece);
    handler(request, response, body);
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

it('sends the token bare, the query encoded and the body as JSON', async () => {
  const baseUrl = await listening((request, response, body) => {
    const { authorization } = request.headers;
    response.end(JSON.stringify({ response: { status: 'OK', seen: { url: request.url, authorization, body } } }));
  });
  const client = new FoyerClient({ baseUrl: `${baseUrl}/` }).withToken('t');
  const { seen } = await client.request<{ seen: unknown }>('POST', '/segment', { query: { a: 'ä&b', none: undefined }, body: { x: 1 } });
  expect(seen).toEqual({ url: '/segment?a=%C3%A4%26b', authorization: 't', body: '{"x":1}' });
});

it('throws what the server says where it refuses', async () => {
  const baseUrl = await listening((_request, response) => {
    response.writeHead(429, { 'retry-after': '7' });
    response.end('{"response":{"status":"error","error_id":"SYSTEM","error_code":"RATE_EXCEEDED","error":"too many"}}');
  });
  await expect(new FoyerClient({ baseUrl, retries: 0 }).request('GET', '/x')).rejects.toMatchObject({
    status: 429,
    errorId: 'SYSTEM',
    errorCode: 'RATE_EXCEEDED',
    message: 'too many',
    retryAfterS: 7,
  });
});

it('throws with the status where the answer is no JSON', async () => {
  const baseUrl = await listening((_request, response) => response.writeHead(502).end('<html>'));
  await expect(new FoyerClient({ baseUrl }).request('GET', '/x')).rejects.toMatchObject({ status: 502, errorId: null });
});

it('takes the bare answer of an instant call without a valid entry', async () => {
  const bare = { status: 'OK', message: { users_in_request: 0, segments_in_request: 0 }, warnings: [] };
  const baseUrl = await listening((_request, response) => response.end(JSON.stringify(bare)));
  expect(await new FoyerClient({ baseUrl }).addUsers({ rt_segment: [] })).toEqual(bare);
});

it('says who did not answer, and why', async () => {
  const client = new FoyerClient({ baseUrl: 'http://127.0.0.1:1' });
  await expect(client.request('GET', '/x')).rejects.toThrow(/^no answer from http:\/\/127\.0\.0\.1:1: .*(ECONNREFUSED|bad port)/);
});

it('gives up after its time', async () => {
  const baseUrl = await listening(() => undefined);
  await expect(new FoyerClient({ baseUrl, timeoutMs: 50 }).request('GET', '/x')).rejects.toThrow(`no answer from ${baseUrl}`);
});
