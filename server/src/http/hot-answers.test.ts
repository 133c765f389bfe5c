import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatform, type PlatformServer } from '../../test/platform-server.ts';
import { exchange } from '../../test/raw-http.ts';

/** Hot answers are sent at the end of the turn; on the wire nothing may tell, beside the framework that sends at once. */
describe.each([true, false])('with hot routes %s', (hotRoutes) => {
  let platform: PlatformServer;
  beforeAll(async () => {
    platform = await startPlatform({ settings: { hotRoutes } });
  });
  afterAll(() => platform.stop());

  const head = (uid: string, more = '', method = 'GET'): string =>
    `${method} /user-segments?uid=${uid} HTTP/1.1\r\nHost: a\r\nAuthorization: ${platform.tokens.provider}\r\n${more}\r\n`;
  const users = (text: string): (string | undefined)[] => [...text.matchAll(/"user_id":"(\d+)"/g)].map((match) => match[1]);
  const statuses = (text: string): string[] => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1] ?? '');

  it('answers calls that were sent at once in their order, refusals among them', async () => {
    const text = await exchange(platform.url, `${head('1')}${head('no-id')}${head('3')}${head('4', 'Connection: close\r\n')}`);
    expect(statuses(text)).toEqual(['200', '400', '200', '200']);
    expect(users(text)).toEqual(['1', '3', '4']);
  });

  it('closes the connection behind the answer where that was asked, and keeps it otherwise', async () => {
    const closing = await exchange(platform.url, head('1', 'Connection: close\r\n'));
    expect(closing).toMatch(/^HTTP\/1\.1 200 OK\r\ncontent-type: application\/json; charset=utf-8\r\ncontent-length: \d+\r\n/);
    expect(closing).toMatch(/\r\nConnection: close\r\n/i);
    expect(await exchange(platform.url, head('1'))).toMatch(/\r\nConnection: keep-alive\r\n/i);
    expect(await exchange(platform.url, head('1').replace('HTTP/1.1', 'HTTP/1.0'))).toMatch(/\r\nConnection: close\r\n/i);
  });

  it('answers HEAD without a body', async () => {
    const text = await exchange(platform.url, head('1', '', 'HEAD'));
    expect(text.endsWith('\r\n\r\n')).toBe(true);
  });

  it('answers a reader that reads late, whole, and outlives one that has gone', async () => {
    const calls = 2000;
    const gone = connect(Number(new URL(platform.url).port), '127.0.0.1');
    await once(gone, 'connect');
    gone.write(head('1').repeat(100));
    await sleep(5);
    gone.destroy();
    const socket = connect(Number(new URL(platform.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.pause();
    socket.write(head('7').repeat(calls - 1) + head('8', 'Connection: close\r\n'));
    await sleep(200);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.resume();
    await once(socket, 'close');
    const told = users(Buffer.concat(chunks).toString());
    expect(told).toHaveLength(calls);
    expect(told.at(-1)).toBe('8');
  });

  it('counts each call once, whatever the other side does', async () => {
    const counted = async (): Promise<number> => {
      const text = await (await fetch(`${platform.url}/metrics`)).text();
      const lines = text.split('\n').filter((line) => line.startsWith('foyer_http_requests_total{route="/user-segments",method="GET"'));
      return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    };
    const before = await counted();
    await exchange(platform.url, head('1') + head('no-id') + head('2', 'Connection: close\r\n'));
    expect(await counted()).toBe(before + 3);
  });
});
