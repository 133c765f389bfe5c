import { describe, expect, test } from 'vitest';
import type { ResolveHost } from './checked-addresses.ts';
import { PeerFault } from './peer-faults.ts';
import { PeerHttp } from './peer-http.ts';
import { callTo, startPeer } from './peer-server.fixture.ts';

const rule = { allowPrivate: true };
const http = new PeerHttp(rule);
const codeOf = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    (value) => ({ value }),
    (error: unknown) => (error instanceof PeerFault ? [error.code, error.again] : error),
  );
const textOf = async (answer: { bytes(limit: number): Promise<Buffer> }): Promise<string> => (await answer.bytes(1000)).toString('utf8');

/** Redirects `/3` to `/2` and so on, and answers at `/0`. */
const startChain = (status = 302) =>
  startPeer((request, response) => {
    const left = Number(request.path.slice(1));
    if (left === 0) response.end('here');
    else response.writeHead(status, { location: `/${left - 1}` }).end('elsewhere');
  });

describe('redirects', () => {
  test.each([301, 302, 303, 307, 308])('GET follows up to three of status %i, with its credentials on the same origin', async (status) => {
    await using peer = await startChain(status);
    expect(await http.call(callTo(peer.url('/3'), { authorization: 'Bearer k' }), textOf)).toBe('here');
    expect(peer.received.map(({ path, headers }) => [path, headers.authorization])).toEqual(
      ['/3', '/2', '/1', '/0'].map((path) => [path, 'Bearer k']),
    );
  });

  test('a fourth is refused, and not tried again', async () => {
    await using peer = await startChain();
    expect(await codeOf(http.call(callTo(peer.url('/4')), textOf))).toEqual(['PEER_REDIRECT', false]);
    expect(peer.received.length).toBe(4);
  });

  test.each(['POST', 'PUT', 'DELETE'] as const)('%s follows none', async (method) => {
    await using peer = await startChain(307);
    expect(await codeOf(http.call(callTo(peer.url('/1'), { method }), textOf))).toEqual(['PEER_REDIRECT', false]);
    expect(peer.received.length).toBe(1);
  });

  test('another origin gets no credentials, nor does the first one when it is come back to', async () => {
    await using other = await startPeer((request, response) =>
      response.writeHead(302, { location: `${request.headers['x-back'] as string}/end` }).end(),
    );
    await using peer = await startPeer((request, response) => {
      if (request.path === '/end') response.end('here');
      else response.writeHead(302, { location: other.url('/x') }).end();
    });
    const call = callTo(peer.url('/begin'), { authorization: 'Bearer k', headers: { 'x-back': peer.url() } });
    expect(await http.call(call, async (answer) => [answer.url.href, await textOf(answer)])).toEqual([peer.url('/end'), 'here']);
    expect(peer.received.map(({ headers }) => headers.authorization)).toEqual(['Bearer k', undefined]);
    expect(other.received.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  test.each([undefined, 'http://[', 'http://'])('one that leads nowhere (%s) is refused', async (location) => {
    await using peer = await startPeer((_request, response) => response.writeHead(302, location === undefined ? {} : { location }).end());
    expect(await codeOf(http.call(callTo(peer.url()), textOf))).toEqual(['PEER_REDIRECT', false]);
  });

  test.each([
    'http://169.254.169.254/latest/meta-data',
    'http://2852039166/',
    'http://[::ffff:a9fe:a9fe]/',
    'file:///etc/passwd',
    'http://user:secret@127.0.0.1/',
  ])('to %s it is not followed', async (location) => {
    await using peer = await startPeer((_request, response) => response.writeHead(302, { location }).end());
    expect(await codeOf(http.call(callTo(peer.url()), textOf))).toEqual(['ADDRESS_REFUSED', false]);
  });
});

describe('names', () => {
  const answers = (...rounds: readonly (readonly string[])[]): ResolveHost =>
    (() => {
      let round = 0;
      return async () => {
        const addresses = rounds[Math.min(round, rounds.length - 1)] ?? [];
        round += 1;
        return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      };
    })();
  const publicOnly = { allowPrivate: false };

  test.each([['127.0.0.1'], ['10.0.0.1'], ['::1'], ['fd00::1'], ['169.254.169.254'], ['::ffff:127.0.0.1'], ['fe80::1%eth0']])(
    'a name that leads to %s is not called',
    async (address) => {
      expect(await codeOf(new PeerHttp(publicOnly, answers([address])).call(callTo('https://peer.example/'), textOf))).toEqual([
        'ADDRESS_REFUSED',
        false,
      ]);
    },
  );

  test('a name that leads to a public and to a private address is not called', async () => {
    const both = new PeerHttp(publicOnly, answers(['8.8.8.8', '10.0.0.1']));
    expect(await codeOf(both.call(callTo('https://peer.example/'), textOf))).toEqual(['ADDRESS_REFUSED', false]);
  });

  test('a name is asked for once a call: the second answer, which leads elsewhere, is for nobody', async () => {
    await using peer = await startPeer((request, response) => response.end(request.headers.host));
    const rebinding = new PeerHttp(rule, answers(['127.0.0.1'], ['169.254.169.254']));
    const url = `http://peer.example:${peer.port}/`;
    expect(await rebinding.call(callTo(url), textOf)).toBe(`peer.example:${peer.port}`);
    expect(await codeOf(rebinding.call(callTo(url), textOf))).toEqual(['ADDRESS_REFUSED', false]);
    expect(peer.connections.opened).toBe(1);
  });

  test('a name that is public first and private when a redirect comes back to it is not called again', async () => {
    await using peer = await startPeer((_request, response) => response.writeHead(302, { location: '/again' }).end());
    const rebinding = new PeerHttp(rule, answers(['127.0.0.1'], ['169.254.169.254']));
    expect(await codeOf(rebinding.call(callTo(`http://peer.example:${peer.port}/`), textOf))).toEqual(['ADDRESS_REFUSED', false]);
    expect(peer.received.map(({ path }) => path)).toEqual(['/']);
  });

  test('of several addresses one that answers is enough', async () => {
    await using peer = await startPeer((_request, response) => response.end('here'));
    const several = new PeerHttp(rule, answers(['::1', '127.0.0.1']));
    expect(await several.call(callTo(`http://peer.example:${peer.port}/`), textOf)).toBe('here');
  });

  test.each(['localhost', 'LOCALHOST'])('without the option %s is not called, however the system resolves it', async (name) => {
    expect(await codeOf(new PeerHttp(publicOnly).call(callTo(`https://${name}/`), textOf))).toEqual(['ADDRESS_REFUSED', false]);
  });

  test('a name that nobody knows is an error of the network', async () => {
    const unknown = new PeerHttp(rule, () => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })));
    expect(await codeOf(unknown.call(callTo('https://peer.example/'), textOf))).toEqual(['PEER_ERROR', true]);
  });
});
