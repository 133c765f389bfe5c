import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FoyerClient } from '@foyer/sdk/client.ts';
import { FoyerError } from '@foyer/sdk/foyer-error.ts';
import { NoAnswerError } from '@foyer/sdk/no-answer-error.ts';
import { afterEach, expect, it } from 'vitest';
import { loadMemberships, retryDelayMs } from './load-memberships.ts';

type Answer = { status: number; headers?: Record<string, string>; body: unknown } | 'hang up';

let server: Server | undefined;

afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

/** A server that plays the given answers one after the other, the last one for ever. */
async function playing(answers: Answer[]): Promise<{ client: FoyerClient; calls: string[] }> {
  const calls: string[] = [];
  server = createServer(async (request, response) => {
    let text = '';
    for await (const piece of request) text += String(piece);
    const answer = answers[Math.min(calls.length, answers.length - 1)];
    calls.push(text);
    if (answer === undefined || answer === 'hang up') request.socket.destroy();
    else response.writeHead(answer.status, answer.headers).end(JSON.stringify(answer.body));
  });
  const listening = server;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  return { client: new FoyerClient({ baseUrl: `http://127.0.0.1:${port}`, token: 't' }), calls };
}

const taken = (users: number, segments: number): Answer => ({
  status: 200,
  body: { response: { status: 'OK', message: { users_in_request: users, segments_in_request: segments }, warnings: [] } },
});
const limited: Answer = {
  status: 429,
  headers: { 'retry-after': '0' },
  body: { response: { status: 'error', error_id: 'SYSTEM', error_code: 'RATE_EXCEEDED', error: 'slow down' } },
};
const body = { text: '{"rt_segment":[]}', users: 2, memberships: 3 };
const options = { onProgress: () => undefined };

it('sends every body once and adds up what was taken', async () => {
  const { client, calls } = await playing([taken(2, 3)]);
  const seen: number[] = [];
  const result = await loadMemberships(
    client,
    Array.from({ length: 10 }, () => body),
    { onProgress: ({ users }) => seen.push(users) },
  );
  expect(result).toEqual({ calls: 10, users: 20, memberships: 30, retries: 0 });
  expect(calls).toHaveLength(10);
  expect(seen.at(-1)).toBe(20);
});

it('sends a body again after 429 and after a broken connection', async () => {
  const { client, calls } = await playing([limited, 'hang up', taken(2, 3)]);
  expect(await loadMemberships(client, [body], options)).toMatchObject({ calls: 1, retries: 2 });
  expect(calls).toHaveLength(3);
});

it('ends at any other refusal, with the text of the server', async () => {
  const full: Answer = {
    status: 503,
    body: { response: { status: 'error', error_id: 'SYSTEM', error_code: 'FULL', error: 'memory is full' } },
  };
  const { client, calls } = await playing([full]);
  await expect(loadMemberships(client, [body], options)).rejects.toThrow('memory is full');
  expect(calls).toHaveLength(1);
});

it('ends where the service took less than was sent', async () => {
  const { client } = await playing([taken(2, 2)]);
  await expect(loadMemberships(client, [body], options)).rejects.toThrow('took 2 of 2 users and 2 of 3 memberships');
});

it('ends at once when it is stopped', async () => {
  const { client } = await playing([limited]);
  const stop = new AbortController();
  const load = loadMemberships(client, [body], { ...options, signal: stop.signal });
  stop.abort();
  await expect(load).rejects.toMatchObject({ name: 'AbortError' });
});

it('waits longer each time, and at least as long as the server asks', () => {
  const refusal = (status: number, retryAfterS: number | null) =>
    new FoyerError({ status, errorId: null, errorCode: null, message: '', retryAfterS });
  expect(retryDelayMs(new NoAnswerError('http://x', 'gone'), 0)).toBe(200);
  expect(retryDelayMs(new NoAnswerError('http://x', 'gone'), 3)).toBe(1600);
  expect(retryDelayMs(refusal(429, 2), 0)).toBe(2000);
  expect(retryDelayMs(refusal(429, null), 0)).toBe(1000);
  expect(retryDelayMs(refusal(500, null), 0)).toBeUndefined();
  expect(retryDelayMs(new TypeError('bug'), 0)).toBeUndefined();
});
