import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { FoyerClient } from './client.ts';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close().closeAllConnections();
});

interface Seen {
  readonly request: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** Hands out token-1, token-2, …, and takes those alone that `good` names. */
async function loggingIn(good: (token: string | undefined) => boolean): Promise<{ baseUrl: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  let logins = 0;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += String(piece);
    const { authorization } = request.headers;
    seen.push({ request: `${request.method} ${request.url}`, authorization, body });
    const login = request.url === '/auth' || request.url === '/v2/auth/jwt';
    if (!login && !good(authorization)) {
      response.writeHead(401).end('{"response":{"status":"error","error_id":"NOAUTH","error":"log in"}}');
      return;
    }
    if (login) logins += 1;
    const fields = login ? { token: `token-${logins}` } : { count: 0, start_element: 0, num_elements: 100, segments: [] };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ response: { status: 'OK', ...fields } }));
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const credentials = { username: 'anna', password: 'Secret-12345' };
const requests = (seen: readonly Seen[]): string[] => seen.map(({ request, authorization }) => `${request} ${authorization ?? '-'}`);

it('logs in before the first call, and keeps the token', async () => {
  const { baseUrl, seen } = await loggingIn((token) => token === 'token-1');
  const client = new FoyerClient({ baseUrl, credentials });
  await client.listSegments();
  await client.listSegments();
  expect(requests(seen)).toEqual(['POST /auth -', 'GET /segment token-1', 'GET /segment token-1']);
  expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ auth: credentials });
});

it('logs in anew where the token is refused, and sends the call again, a POST too', async () => {
  const { baseUrl, seen } = await loggingIn((token) => token === 'token-1');
  const client = new FoyerClient({ baseUrl, credentials, token: 'ended' });
  await client.createSegment({ short_name: 'a' });
  expect(requests(seen)).toEqual(['POST /segment ended', 'POST /auth -', 'POST /segment token-1']);
});

it('logs in once for many calls at the same time', async () => {
  const { baseUrl, seen } = await loggingIn((token) => token === 'token-1');
  const client = new FoyerClient({ baseUrl, credentials, token: 'ended' });
  await Promise.all(Array.from({ length: 5 }, () => client.listSegments()));
  expect(seen.filter(({ request }) => request === 'POST /auth')).toHaveLength(1);
});

it('gives up where the new token is refused too', async () => {
  const { baseUrl, seen } = await loggingIn(() => false);
  await expect(new FoyerClient({ baseUrl, credentials }).listSegments()).rejects.toMatchObject({ status: 401, errorId: 'NOAUTH' });
  expect(seen.filter(({ request }) => request === 'POST /auth')).toHaveLength(2);
});

it('does not log in where nobody gave it credentials', async () => {
  const { baseUrl, seen } = await loggingIn(() => false);
  await expect(new FoyerClient({ baseUrl, token: 't' }).listSegments()).rejects.toMatchObject({ errorId: 'NOAUTH' });
  const other = new FoyerClient({ baseUrl, credentials }).withToken('u');
  await expect(other.listSegments()).rejects.toMatchObject({ errorId: 'NOAUTH' });
  expect(requests(seen)).toEqual(['GET /segment t', 'GET /segment u']);
});

it('logs in with a signed token of a registered key, sent raw', async () => {
  const { baseUrl, seen } = await loggingIn((token) => token === 'token-1');
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  await new FoyerClient({ baseUrl, credentials: { username: 'anna', keyName: 'laptop', privateKey } }).listSegments();
  expect(requests(seen)).toEqual(['POST /v2/auth/jwt -', 'GET /segment token-1']);
  expect(seen[0]?.body).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
});
