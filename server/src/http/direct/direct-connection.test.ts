import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exchange } from '../../../test/raw-http.ts';
import { createParts, type DirectFixture, startFixture } from './direct.fixture.ts';
import { DirectFront } from './direct-front.ts';

const get = (query = '', lines = ''): string => `GET /tell${query} HTTP/1.1\r\nHost: a\r\nAuthorization: yes\r\n${lines}\r\n`;
const post = (body: string): string =>
  `POST /echo HTTP/1.1\r\nHost: a\r\nAuthorization: yes\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const statuses = (text: string): string[] => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1] ?? '');

async function started(): Promise<DirectFixture> {
  const fixture = await startFixture(true);
  onTestFinished(() => fixture.stop());
  return fixture;
}

interface Client {
  readonly socket: Socket;
  readonly received: () => string;
  readonly closed: Promise<unknown>;
  /** Resolves when so many answers have begun. */
  readonly answers: (count: number) => Promise<void>;
}

async function open(port: number): Promise<Client> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => undefined);
  socket.on('end', () => socket.end());
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  onTestFinished(() => {
    socket.destroy();
  });
  const received = (): string => Buffer.concat(chunks).toString('latin1');
  return {
    socket,
    received,
    closed,
    async answers(count) {
      while (statuses(received()).length < count) {
        if (socket.destroyed) throw new Error(`closed after ${received()}`);
        await sleep(2);
      }
    },
  };
}

describe('one connection', () => {
  it('answers pipelined calls one behind the other, in order, those that take long among them', async () => {
    const fixture = await started();
    const client = await open(fixture.port);
    client.socket.write(get('?size=2') + get('?wait') + post('later') + get('?size=3'));
    await client.answers(1);
    await sleep(20);
    expect(statuses(client.received())).toHaveLength(1);
    fixture.release();
    await client.answers(4);
    expect([...client.received().matchAll(/content-length: (\d+)/g)].map((match) => match[1])).toEqual(['4', '2', expect.any(String), '6']);
  });

  it('reads a head and a body byte by byte', async () => {
    const { port } = await started();
    const client = await open(port);
    for (const byte of post('hello')) {
      client.socket.write(byte);
      await sleep(0);
    }
    await client.answers(1);
    expect(client.received()).toContain('"body":"hello"');
  });

  it('does not read a client that does not read, and answers it whole when it does', async () => {
    const { port } = await started();
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.pause();
    const calls = 3000;
    const size = 5000;
    // One buffer: what this side holds back takes no memory.
    const request = Buffer.from(get(`?size=${size}`, `X: ${'x'.repeat(8000)}\r\n`));
    for (let call = 0; call < calls; call++) socket.write(request);
    const before = process.memoryUsage().rss;
    await sleep(300);
    // More than both sides' kernels hold: it waits here, where it comes from.
    expect(socket.writableLength).toBeGreaterThan(0);
    expect(process.memoryUsage().rss - before).toBeLessThan(30_000_000);
    const whole = new Promise<void>((resolve) => {
      let length = 0;
      socket.on('data', (chunk) => {
        length += chunk.length;
        if (length > calls * size * 2) resolve();
      });
    });
    socket.resume();
    await whole;
    socket.destroy();
  });

  it('keeps the bytes of an answer for a client that reads late, whatever is answered to others meanwhile', async () => {
    const { port, url } = await started();
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.pause();
    const size = 60_000;
    // More than both sides' kernels hold.
    const letters = [...'abcdefghijklmnopqrstuvwxyz'.repeat(10)];
    const calls = letters.map((letter) => get(`?written=${letter}&size=${size}`));
    socket.write(`${calls.join('')}${get('', 'Connection: close\r\n')}`);
    for (let call = 0; call < 20; call++) {
      await sleep(5);
      await exchange(url, `${get('?written=0&size=1000')}${get(`?written=1&size=${size}`)}`.repeat(3));
    }
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.resume();
    await once(socket, 'close');
    const said = [
      ...Buffer.concat(chunks)
        .toString('latin1')
        .matchAll(/"said":"(\w+)"/g),
    ].map((match) => match[1] ?? '');
    expect(said.map((text) => text[0])).toEqual(letters);
    for (const text of said) expect(text === (text[0] ?? '').repeat(size)).toBe(true);
  });

  it('sends a head that is longer than the room before the body', async () => {
    const { url } = await started();
    for (const length of [100, 200, 300, 400, 5000]) {
      const text = await exchange(url, get(`?written=%C3%A9&header=${length}`));
      expect(text).toMatch(new RegExp(`^HTTP/1.1 200 OK\r\n[^]*x-long: h{${length}}\r\n[^]*"said":"é"`));
    }
  });

  it.each([
    ['in a head', get().slice(0, 30)],
    ['in a body', post('hello').slice(0, -2)],
    ['while it is answered', get('?wait')],
    ['with answers unread', get('?size=1000000').repeat(5)],
  ])('outlives a client that resets it %s', async (_when, text) => {
    const fixture = await started();
    const client = await open(fixture.port);
    client.socket.write(text);
    await sleep(20);
    client.socket.resetAndDestroy();
    await client.closed;
    fixture.release();
    await sleep(20);
    expect(statuses(await exchange(fixture.url, get()))).toEqual(['200']);
  });

  it.each([
    ['in a head', get().slice(0, 30), ['400']],
    ['in a body', post('hello').slice(0, -2), ['400']],
    ['behind a call', get('?size=3'), ['200']],
    ['behind calls', get().repeat(3), ['200', '200', '200']],
    ['before a call', '', []],
  ])('ends where the client sends no more %s', async (_where, text, expected) => {
    const { port } = await started();
    const client = await open(port);
    client.socket.end(text);
    await client.closed;
    expect(statuses(client.received())).toEqual(expected);
  });
});

describe('when the server stops', () => {
  it('idle connections end at once, calls in flight are finished and end theirs', async () => {
    const fixture = await startFixture(true);
    const [idle, fresh, busy] = [await open(fixture.port), await open(fixture.port), await open(fixture.port)];
    idle.socket.write(get());
    await idle.answers(1);
    busy.socket.write(get('?wait'));
    await sleep(20);
    const stopped = fixture.stop();
    await Promise.all([idle.closed, fresh.closed]);
    expect(busy.received()).toBe('');
    fixture.release();
    await busy.closed;
    expect(busy.received()).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\nConnection: close\r\n/);
    await stopped;
  });

  it('a call that comes behind one in flight is turned away as node:http does it', async () => {
    const fixture = await startFixture(true);
    const client = await open(fixture.port);
    client.socket.write(get());
    await client.answers(1);
    fixture.front.stop();
    client.socket.write(get());
    await client.closed;
    expect(statuses(client.received())).toEqual(['200', '503']);
    await fixture.stop();
  });

  it('what does not end by itself is cut when the grace is over', async () => {
    const fixture = await startFixture(true);
    const client = await open(fixture.port);
    client.socket.write(post('hello').slice(0, -1));
    await sleep(20);
    const stopping = fixture.stop();
    await client.closed;
    await stopping;
    expect(client.received()).toBe('');
  });
});

describe('time', () => {
  interface Times {
    readonly keepAliveMs?: number;
    readonly headersMs?: number;
    readonly requestMs?: number;
  }

  async function timed({ keepAliveMs = 60_000, headersMs = 60_000, requestMs = 60_000 }: Times): Promise<number> {
    const { operations, front } = createParts();
    const server: Server = createServer((_request, response) => response.end('node:http'));
    server.keepAliveTimeout = keepAliveMs;
    server.keepAliveTimeoutBuffer = 0;
    server.headersTimeout = headersMs;
    server.requestTimeout = requestMs;
    const direct = new DirectFront(server, { operations, front, bodyLimitBytes: 1000, refuse: (_error, socket) => socket.end('too slow') });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
      direct.closeAll();
    });
    return (server.address() as AddressInfo).port;
  }

  it.concurrent('ends an idle connection behind its keep-alive, and not before', async () => {
    const client = await open(await timed({ keepAliveMs: 2000 }));
    client.socket.write(get());
    await client.answers(1);
    const answeredAt = performance.now();
    expect(client.received()).toContain('Keep-Alive: timeout=2\r\n');
    await client.closed;
    expect(performance.now() - answeredAt).toBeGreaterThan(1900);
  });

  it.concurrent('refuses a connection on which nothing comes', async () => {
    const client = await open(await timed({ headersMs: 1000 }));
    await once(client.socket, 'end');
    expect(client.received()).toBe('too slow');
  });

  it.concurrent('refuses a body that takes too long', async () => {
    const client = await open(await timed({ requestMs: 1000 }));
    client.socket.write(post('hello').slice(0, -1));
    await once(client.socket, 'end');
    expect(client.received()).toBe('too slow');
  });

  it.concurrent('gives a head that takes long to node:http, which has its own times', async () => {
    const client = await open(await timed({}));
    client.socket.write(get().slice(0, -5));
    await sleep(3500);
    client.socket.write(get().slice(-5));
    await client.answers(1);
    expect(client.received()).toMatch(/node:http$/);
  });
});
