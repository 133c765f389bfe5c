import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { FoyerClient } from './client.ts';
import { NoAnswerError } from './no-answer-error.ts';
import { answer, cut, RawServer, refusedFor } from './raw-server.fixture.ts';
import type { Reaction } from './raw-server.fixture.ts';

const servers: RawServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.stop();
});

async function playing(...reactions: Reaction[]): Promise<{ client: FoyerClient; seen: string[] }> {
  const server = await RawServer.start(...reactions);
  servers.push(server);
  return { client: new FoyerClient({ baseUrl: server.url, token: 't', backoffMs: 1, timeoutMs: 5000 }), seen: server.seen };
}

const done = answer(200, { status: 'OK', id: '7', count: 1, segment: { id: 7 } });
const halfAnAnswer: Reaction = { bytes: 'HTTP/1.1 200 X\r\ncontent-length: 500\r\n\r\n{"response":', cut: true };
const bad = answer(400, { status: 'error', error_id: 'SYNTAX', error: 'no' });

describe('a call whose connection breaks', () => {
  it.each([
    ['GET', '/segment'],
    ['PUT', '/segment?id=7'],
    ['DELETE', '/segment?id=7'],
  ])('%s is sent again, at most three times more', async (method, path) => {
    const once = await playing(cut, done);
    await once.client.request(method, path);
    expect(once.seen).toEqual([`${method} ${path}`, `${method} ${path}`]);
    const never = await playing(cut);
    await expect(never.client.request(method, path)).rejects.toBeInstanceOf(NoAnswerError);
    expect(never.seen).toHaveLength(4);
  });

  it('is sent again where it broke within the answer', async () => {
    const { client, seen } = await playing(halfAnAnswer, done);
    await client.listSegments();
    expect(seen).toHaveLength(2);
  });

  it('is not sent again as a POST: the server may have done it', async () => {
    for (const reaction of [cut, halfAnAnswer]) {
      const { client, seen } = await playing(reaction, done);
      await expect(client.createSegment({ short_name: 'a' })).rejects.toMatchObject({ name: 'NoAnswerError', neverSent: false });
      expect(seen).toEqual(['POST /segment']);
    }
  });

  it('is sent again as a POST that the caller calls repeatable', async () => {
    const { client, seen } = await playing(cut, done);
    await client.addUsers({ rt_segment: [] }, {}, { repeatable: true });
    expect(seen).toHaveLength(2);
  });

  it('is not sent again where no repeats are wanted', async () => {
    const { client, seen } = await playing(cut, done);
    await expect(client.listSegments({}, { retries: 0 })).rejects.toBeInstanceOf(NoAnswerError);
    expect(seen).toHaveLength(1);
  });
});

describe('a server that is not there', () => {
  it('is tried again, also with a POST, for nothing was sent', async () => {
    const port = await freePort();
    const client = new FoyerClient({ baseUrl: `http://127.0.0.1:${port}`, backoffMs: 100, timeoutMs: 5000 });
    const call = client.createSegment({ short_name: 'a' });
    const late = createServer((socket) => {
      socket.on('data', () => typeof done === 'object' && socket.end(done.bytes));
    });
    setTimeout(() => late.listen(port, '127.0.0.1'), 30);
    try {
      expect(await call).toMatchObject({ id: 7 });
    } finally {
      late.close();
    }
  });

  it('is told, with what happened', async () => {
    const port = await freePort();
    const client = new FoyerClient({ baseUrl: `http://127.0.0.1:${port}`, backoffMs: 1 });
    await expect(client.createSegment({})).rejects.toMatchObject({ name: 'NoAnswerError', neverSent: true });
  });
});

describe('a refusal', () => {
  it('with 429 is waited out as long as Retry-After says, whatever the method', async () => {
    const { client, seen } = await playing(refusedFor(1), done);
    const began = performance.now();
    expect(await client.createSegment({})).toMatchObject({ id: 7 });
    expect(performance.now() - began).toBeGreaterThan(950);
    expect(seen).toHaveLength(2);
  });

  it('with 429 is thrown at once where the wait would outlast the call', async () => {
    const { client, seen } = await playing(refusedFor(300));
    const began = performance.now();
    await expect(client.listSegments()).rejects.toMatchObject({ status: 429, retryAfterS: 300, errorCode: 'RATE_EXCEEDED' });
    expect(performance.now() - began).toBeLessThan(1000);
    expect(seen).toHaveLength(1);
  });

  it('with 429 again and again is thrown in the end', async () => {
    const { client, seen } = await playing(refusedFor(0));
    await expect(client.listSegments()).rejects.toMatchObject({ status: 429 });
    expect(seen).toHaveLength(4);
  });

  it('of another kind is never sent again', async () => {
    const { client, seen } = await playing(bad, done);
    await expect(client.listSegments()).rejects.toMatchObject({ status: 400, errorId: 'SYNTAX', message: 'no' });
    expect(seen).toHaveLength(1);
  });
});

describe('an end from outside', () => {
  it('comes after the time of the whole call, repeats included', async () => {
    const { client } = await playing('silence');
    const began = performance.now();
    await expect(client.listSegments({}, { timeoutMs: 100 })).rejects.toBeInstanceOf(NoAnswerError);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('by a signal throws its reason, in a call and in a wait', async () => {
    for (const reaction of ['silence', refusedFor(2)] as const) {
      const { client, seen } = await playing(reaction);
      const stop = new AbortController();
      const call = client.listSegments({}, { signal: stop.signal });
      await expect.poll(() => seen).toHaveLength(1);
      stop.abort(new Error('enough'));
      await expect(call).rejects.toThrow('enough');
      expect(seen).toHaveLength(1);
    }
  });

  it('that came before the call sends nothing', async () => {
    const { client, seen } = await playing(done);
    await expect(client.listSegments({}, { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
    expect(seen).toEqual([]);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
