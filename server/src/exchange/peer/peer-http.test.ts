import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { EnvHttpProxyAgent, getGlobalDispatcher, setGlobalDispatcher } from 'undici';
import { describe, expect, test } from 'vitest';
import { version } from '../../http/envelope.ts';
import type { PeerAnswer } from './peer-answer.ts';
import { PeerFault } from './peer-faults.ts';
import { type PeerBody, PeerHttp } from './peer-http.ts';
import { callTo, shortLimits, startPeer } from './peer-server.fixture.ts';

const http = new PeerHttp({ allowPrivate: true });
const hasty = new PeerHttp({ allowPrivate: true }, undefined, shortLimits);
const textOf = async (answer: PeerAnswer): Promise<string> => (await answer.bytes(1_000_000)).toString('utf8');
const faultOf = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    (value) => ({ value }),
    (error: unknown) => (error instanceof PeerFault ? { code: error.code, again: error.again, reason: error.details.reason } : error),
  );
const bodyOf = (chunks: readonly string[], bytes: number | null): PeerBody => ({
  contentType: 'text/csv',
  bytes,
  async *open() {
    for (const chunk of chunks) yield Buffer.from(chunk);
  },
});

describe('what is sent', () => {
  test('a request names us, carries what it was given, and has its connection closed', async () => {
    await using peer = await startPeer((_request, response) => response.writeHead(201, { 'x-a': ['1', '2'] }).end('made'));
    const call = callTo(peer.url('/v1/a%2Fb?x=1'), {
      method: 'POST',
      authorization: 'Bearer k',
      headers: { 'x-b': 'c' },
      body: bodyOf(['a,b\r\n', '1,2\r\n'], 10),
    });
    const answer = await http.call(call, async (given) => [given.status, given.header('x-a'), await textOf(given)]);
    expect(answer).toEqual([201, '1, 2', 'made']);
    const [request] = peer.received;
    expect(request).toMatchObject({ method: 'POST', path: '/v1/a%2Fb?x=1', text: 'a,b\r\n1,2\r\n' });
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer k',
      'x-b': 'c',
      'user-agent': `foyer/${version}`,
      'content-type': 'text/csv',
      'content-length': '10',
      connection: 'close',
    });
    await expect.poll(() => peer.connections.open).toBe(0);
  });

  test.each(['POST', 'PUT', 'DELETE'] as const)('the body of %s arrives, chunked where its length is not known', async (method) => {
    await using peer = await startPeer((_request, response) => response.end());
    await http.call(callTo(peer.url(), { method, kind: 'data', body: bodyOf(['a', 'b'], null) }), textOf);
    expect(peer.received[0]).toMatchObject({ method, text: 'ab', headers: { 'transfer-encoding': 'chunked' } });
    await http.call(callTo(peer.url(), { method, kind: 'data', body: bodyOf(['a', 'b'], 2) }), textOf);
    expect(peer.received[1]).toMatchObject({ method, text: 'ab', headers: { 'content-length': '2' } });
  });

  test('a proxy of the process is not used', async () => {
    await using proxy = await startPeer((_request, response) => response.end('proxy'));
    await using peer = await startPeer((_request, response) => response.end('peer'));
    const usual = getGlobalDispatcher();
    setGlobalDispatcher(new EnvHttpProxyAgent({ httpProxy: proxy.url(), httpsProxy: proxy.url(), noProxy: '' }));
    try {
      expect(await http.call(callTo(peer.url()), textOf)).toBe('peer');
    } finally {
      setGlobalDispatcher(usual);
    }
    expect(proxy.connections.opened).toBe(0);
  });

  test('an error of our own content is thrown as it is', async () => {
    await using peer = await startPeer((_request, response) => response.end());
    const own = new Error('the disk is gone');
    const body: PeerBody = {
      contentType: 'text/csv',
      bytes: null,
      async *open() {
        yield Buffer.from('a');
        throw own;
      },
    };
    await expect(http.call(callTo(peer.url(), { method: 'POST', body }), textOf)).rejects.toBe(own);
  });

  test('a peer that answers before it has read everything is understood', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    let pulled = 0;
    const body: PeerBody = {
      contentType: 'text/csv',
      bytes: null,
      async *open() {
        for (; pulled < 10_000; pulled += 1) yield Buffer.alloc(65_536, 'x');
      },
    };
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const answer = await http.call(callTo(url, { method: 'POST', kind: 'data', body }), async (given) => [
      given.status,
      await textOf(given),
    ]);
    expect(answer).toEqual([413, 'big']);
    expect(pulled).toBeLessThan(10_000);
    server.close();
  });
});

describe('what comes back', () => {
  test('a compressed body is handed out as it came', async () => {
    await using peer = await startPeer((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('a,b')),
    );
    const answer = await http.call(callTo(peer.url()), async (given) => [given.header('content-encoding'), await given.bytes(1000)]);
    expect(answer).toEqual(['gzip', gzipSync('a,b')]);
  });

  test('a body beyond its limit is refused by its length, before a byte is read', async () => {
    await using peer = await startPeer((_request, response) => response.writeHead(200, { 'content-length': 11 }).write('x'));
    expect(await faultOf(http.call(callTo(peer.url()), (answer) => answer.bytes(10)))).toEqual({
      code: 'TOO_LARGE',
      again: false,
      reason: null,
    });
  });

  test('a body without a length ends at its limit, whatever else the peer would send', async () => {
    await using peer = await startPeer((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    let seen = 0;
    const reading = http.call(callTo(peer.url(), { kind: 'data' }), async (answer) => {
      for await (const chunk of answer.body(1_000_000)) seen += chunk.length;
    });
    expect(await faultOf(reading)).toEqual({ code: 'TOO_LARGE', again: false, reason: null });
    expect(seen).toBeLessThanOrEqual(1_000_000);
    await expect.poll(() => peer.connections.open).toBe(0);
  });

  test('a body of exactly its limit is whole', async () => {
    await using peer = await startPeer((_request, response) => response.end('0123456789'));
    expect(await http.call(callTo(peer.url()), async (answer) => (await answer.bytes(10)).toString())).toBe('0123456789');
  });

  test.each(['Content-Length: 100', 'Transfer-Encoding: chunked'])(
    'a connection that is reset in the middle of a body is an error (%s)',
    async (framing) => {
      await using peer = await startPeer((_request, response) => {
        response.socket?.write(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n5\r\nhello\r\n`, () =>
          setTimeout(() => response.socket?.resetAndDestroy(), 20),
        );
      });
      const reading = http.call(callTo(peer.url(), { kind: 'data' }), async (answer) => {
        // Whatever a reader makes of its early end, the connection's error is what is told.
        await answer.bytes(1000).catch(() => {
          throw new Error('no row is whole');
        });
      });
      expect(await faultOf(reading)).toMatchObject({ code: 'PEER_ERROR', again: true });
    },
  );

  test('an error of the reader is thrown as it is, and the connection closed', async () => {
    await using peer = await startPeer((_request, response) => response.write('x'));
    const own = new Error('not a CSV');
    await expect(http.call(callTo(peer.url()), () => Promise.reject(own))).rejects.toBe(own);
    await expect.poll(() => peer.connections.open).toBe(0);
  });

  test('what is no HTTP, and a port where nobody listens, are errors of the network', async () => {
    const server = createServer((socket) => socket.resume().end('SSH-2.0-OpenSSH\r\n')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    expect(await faultOf(http.call(callTo(url), textOf))).toMatchObject({ code: 'PEER_ERROR', again: true });
    server.close();
    await once(server, 'close');
    expect(await faultOf(http.call(callTo(url), textOf))).toEqual({ code: 'PEER_ERROR', again: true, reason: 'ECONNREFUSED' });
  });
});

describe('time', () => {
  const timeout = (reason: string) => ({ code: 'PEER_TIMEOUT', again: true, reason });

  test('a peer that says nothing is given up', async () => {
    await using peer = await startPeer(() => undefined);
    expect(await faultOf(hasty.call(callTo(peer.url()), textOf))).toEqual(timeout('no answer'));
    expect(await faultOf(hasty.call(callTo(peer.url(), { kind: 'data' }), textOf))).toEqual(timeout('no answer'));
    await expect.poll(() => peer.connections.open).toBe(0);
  });

  test('a trickle is too slow for metadata, and goes on for data', async () => {
    const calm = new PeerHttp({ allowPrivate: true }, undefined, { connectMs: 5000, metadataMs: 1000, dataIdleMs: 10_000 });
    await using peer = await startPeer((_request, response) => {
      let left = 6;
      const timer = setInterval(() => ((left -= 1) === 0 ? (clearInterval(timer), response.end('.')) : response.write('.')), 250);
      response.on('close', () => clearInterval(timer));
    });
    expect(await faultOf(calm.call(callTo(peer.url()), textOf))).toEqual(timeout('no answer'));
    expect(await calm.call(callTo(peer.url(), { kind: 'data' }), textOf)).toBe('......');
  });

  test('data that stops in the middle is given up; a slow reader of ours is not the peer’s fault', async () => {
    await using silent = await startPeer((_request, response) => response.write('a,b'));
    expect(await faultOf(hasty.call(callTo(silent.url(), { kind: 'data' }), textOf))).toEqual(timeout('no answer'));
    let finish: () => void = () => undefined;
    await using peer = await startPeer((_request, response) => {
      response.write('a');
      finish = () => response.end('b');
    });
    const slowly = hasty.call(callTo(peer.url(), { kind: 'data' }), async (answer) => {
      let text = '';
      for await (const chunk of answer.body(100)) {
        text += Buffer.from(chunk).toString();
        await sleep(2 * shortLimits.dataIdleMs);
        finish();
      }
      return text;
    });
    expect(await slowly).toBe('ab');
  });

  test('a peer that takes no more of a delivery is given up; a slow source of ours is not its fault', async () => {
    const server = createServer((socket) => socket.pause().on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endless: PeerBody = {
      contentType: 'text/csv',
      bytes: null,
      async *open() {
        for (;;) yield Buffer.alloc(65_536);
      },
    };
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    expect(await faultOf(hasty.call(callTo(url, { method: 'PUT', kind: 'data', body: endless }), textOf))).toEqual(timeout('no answer'));
    server.close();
    await using peer = await startPeer((_request, response) => response.end('ok'));
    const slow: PeerBody = {
      contentType: 'text/csv',
      bytes: null,
      async *open() {
        yield Buffer.from('a');
        await sleep(2 * shortLimits.dataIdleMs);
        yield Buffer.from('b');
      },
    };
    expect(await hasty.call(callTo(peer.url(), { method: 'PUT', kind: 'data', body: slow }), textOf)).toBe('ok');
    expect(peer.received[0]?.text).toBe('ab');
  });

  test('a connection that does not come about, and a name that nobody answers for, are given up', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const patient = { ...shortLimits, metadataMs: 20_000 };
    const rule = { allowPrivate: true };
    const url = `https://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
    expect(await faultOf(new PeerHttp(rule, undefined, patient).call(callTo(url), textOf))).toEqual(timeout('no connection'));
    silent.close();
    const unanswered = new PeerHttp(rule, () => new Promise(() => undefined), patient);
    expect(await faultOf(unanswered.call(callTo('https://peer.example/'), textOf))).toEqual(timeout('DNS'));
  });

  test('its caller can end it before it begins, while nothing comes, in the middle of a body, and while a name is asked for', async () => {
    const reason = new Error('canceled');
    let abort: () => void = () => undefined;
    const endedBy = (caller: PeerHttp, url: string): Promise<unknown> => {
      const controller = new AbortController();
      abort = () => controller.abort(reason);
      return caller.call(callTo(url, { kind: 'data', signal: controller.signal }), textOf).catch((error: unknown) => error);
    };
    await using silent = await startPeer(() => abort());
    expect(await endedBy(http, silent.url())).toBe(reason);
    await using broken = await startPeer((_request, response) => response.write('x', () => setTimeout(abort, 20)));
    expect(await endedBy(http, broken.url())).toBe(reason);
    const hanging = new PeerHttp({ allowPrivate: true }, () => {
      setImmediate(abort);
      return new Promise(() => undefined);
    });
    expect(await endedBy(hanging, 'http://peer.example/')).toBe(reason);
    await expect(http.call(callTo(silent.url(), { signal: AbortSignal.abort(reason) }), textOf)).rejects.toBe(reason);
    expect(silent.received.length).toBe(1);
    await expect.poll(() => silent.connections.open + broken.connections.open).toBe(0);
  });
});
