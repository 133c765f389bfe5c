import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { call, importText, logIn, pick } from '../api.ts';
import { startServer, temporaryFolder } from '../running-server.ts';
import type { RunningServer } from '../running-server.ts';
import { accounts, segmentIds, smallImport } from '../small-import.ts';

let server: RunningServer;
let token = '';
const folder = temporaryFolder('stop');
const start = (): Promise<RunningServer> => startServer({ data: folder.path, args: ['--empty'], env: { FOYER_RT_RATE_LIMIT: '0' } });

beforeEach(async () => {
  server = await start();
  await importText(server.url, server.operatorToken, smallImport());
  token = await logIn(server.url, accounts.provider.username, accounts.provider.password);
});
afterEach(async () => {
  await server.kill();
});
afterAll(() => folder.remove());

const bodyFor = (user: string): string =>
  JSON.stringify({ rt_segment: [{ user_id: user, seg_block: [{ seg_id: segmentIds[0], value: 7, expiration: 0 }] }] });

/** Opens a connection and sends the head of a POST /rt-segment with half of its body. */
async function sendHalf(body: string): Promise<Socket> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(socket, 'connect');
  const head = `POST /rt-segment HTTP/1.1\r\nHost: x\r\nAuthorization: ${token}\r\nContent-Length: ${body.length}\r\n\r\n`;
  socket.write(head + body.slice(0, body.length / 2));
  await sleep(100);
  return socket;
}

test('SIGTERM under load: every call that is answered OK is kept, no call gets another answer than 503, exit 0 within 10 s', async () => {
  const acknowledged: string[] = [];
  const answers = new Set<number>();
  const caller = async (number: number): Promise<void> => {
    for (let i = 0; ; i++) {
      const user = `${number + 1}0000${i}`;
      const answer = await call(server.url, '/rt-segment', { token, body: bodyFor(user) }).catch(() => undefined);
      if (!answer) return;
      answers.add(answer.status);
      if (answer.status === 200) acknowledged.push(user);
      else return;
    }
  };
  const callers = Array.from({ length: 8 }, (_, number) => caller(number));
  await sleep(500);
  const began = Date.now();
  expect(await server.stop()).toEqual({ code: 0, signal: null });
  expect(Date.now() - began).toBeLessThan(10_000);
  await Promise.all(callers);
  expect([...answers].filter((status) => status !== 200 && status !== 503)).toEqual([]);
  expect(acknowledged.length).toBeGreaterThan(50);

  server = await start();
  const again = await logIn(server.url, accounts.provider.username, accounts.provider.password);
  const missing: string[] = [];
  for (const user of acknowledged) {
    const answer = await call(server.url, `/user-segments?uid=${user}`, { token: again });
    if (pick(answer.json, 'response.memberships.0.value') !== 7) missing.push(user);
  }
  expect(missing).toEqual([]);
});

test('a call whose body is still arriving at SIGTERM is answered', async () => {
  const body = bodyFor('4711');
  const socket = await sendHalf(body);
  const answered = once(socket, 'data') as Promise<[Buffer]>;
  server.signal('SIGTERM');
  await sleep(200);
  socket.write(body.slice(body.length / 2));
  const [answer] = await answered;
  expect(answer.toString('utf8')).toMatch(/^HTTP\/1\.1 200 [\s\S]*"users_in_request":1/);
  expect(await server.exited).toEqual({ code: 0, signal: null });
});

test('a client that never finishes its call does not hold the stop for more than 10 s', async () => {
  const socket = await sendHalf(bodyFor('4712'));
  socket.on('error', () => undefined);
  const idle = connect(Number(new URL(server.url).port), '127.0.0.1');
  idle.on('error', () => undefined);
  await once(idle, 'connect');
  const began = Date.now();
  expect(await server.stop()).toEqual({ code: 0, signal: null });
  expect(Date.now() - began).toBeLessThan(10_000);
  socket.destroy();
  idle.destroy();
});
