import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { EndpointClient } from './endpoint-client.ts';
import { clientOf, failureOf, json, never, rows, startScript, textOf } from './peer-client.fixture.ts';
import { PeerHttp } from './peer-http.ts';
import { shortLimits, startPeer } from './peer-server.fixture.ts';
import { WaitLog } from './wait-log.fixture.ts';

describe('segments', () => {
  test('a list comes over all its pages, with the last of several of one id', async () => {
    await using peer = await startScript(
      json([{ id: '1', name: 'old' }, { id: 2 }], 200, { link: '</base/v1/segments?cursor=b>; rel="next"' }),
      json([{ id: '1', name: 'new' }], 200, { link: '<?limit=1>; rel="prev", <?cursor=c>; title="x"; rel=next' }),
      json([]),
    );
    const segments = await clientOf(peer).listSegments(never);
    expect(segments.map(({ id, name }) => [id, name])).toEqual([
      ['1', 'new'],
      ['2', '2'],
    ]);
    expect(peer.received.map(({ path }) => path)).toEqual([
      '/base/v1/segments',
      '/base/v1/segments?cursor=b',
      '/base/v1/segments?cursor=c',
    ]);
    expect(peer.received.every(({ headers }) => headers.authorization === 'Bearer secret-key-1')).toBe(true);
  });

  test('a next page on another origin is not asked for', async () => {
    await using other = await startScript(json([]));
    await using peer = await startScript(json([], 200, { link: `<${other.url('/v1/segments')}>; rel="next"` }));
    expect((await failureOf(clientOf(peer).listSegments(never))).code).toBe('PEER_MALFORMED');
    expect(other.received).toEqual([]);
  });

  test('a list that was redirected to another origin takes no credentials there with its next page', async () => {
    await using other = await startScript(json([], 200, { link: '</more>; rel="next"' }));
    await using peer = await startScript((response) => response.writeHead(302, { location: other.url('/list') }).end());
    expect((await failureOf(clientOf(peer).listSegments(never))).code).toBe('PEER_MALFORMED');
    expect(other.received.map(({ path, headers }) => [path, headers.authorization])).toEqual([['/list', undefined]]);
  });

  test('a list without end is given up', async () => {
    await using peer = await startScript(json([{ id: '1' }], 200, { link: '<?again>; rel="next"' }));
    expect((await failureOf(clientOf(peer).listSegments(never))).code).toBe('TOO_LARGE');
    expect(peer.received.length).toBe(1001);
  });

  test.each(['a/b', '../x', 'é ?#&%', '8000000000000001153', '%2e%2e'])('the id %j arrives as it is', async (id) => {
    await using peer = await startScript(json({ id }));
    expect((await clientOf(peer).readSegment(id, never)).id).toBe(id);
    expect(decodeURIComponent(peer.received[0]?.path.slice('/base/v1/segments/'.length) ?? '')).toBe(id);
    expect(peer.received[0]?.path.split('/').length).toBe(5);
  });

  test.each(['', '.', '..', '\ud800'])('the id %j, which no path can hold, is not asked for', async (id) => {
    await using peer = await startScript(json({ id: '1' }));
    expect((await failureOf(clientOf(peer).readSegment(id, never))).code).toBe('SEGMENT_NOT_FOUND');
    expect(peer.received).toEqual([]);
  });

  test('the query of a registered URL stays', async () => {
    await using peer = await startScript(json([]));
    const endpoint = { url: peer.url('/x?tenant=5'), auth: { type: 'NONE' } as const };
    await new EndpointClient(new PeerHttp({ allowPrivate: true }), endpoint, new WaitLog()).listSegments(never);
    expect(peer.received.map(({ path, headers }) => [path, headers.authorization])).toEqual([['/x/v1/segments?tenant=5', undefined]]);
  });

  test('gzip that nobody asked for is unpacked, but not beyond what metadata may have', async () => {
    const bomb = gzipSync(`[${' '.repeat(17 * 1024 * 1024)}]`);
    await using peer = await startScript(
      (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('[{"id":1}]')),
      (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
      (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip'),
      (response) => response.writeHead(200, { 'content-encoding': 'br' }).end('?'),
      (response) => response.writeHead(200).end(`[${' '.repeat(17 * 1024 * 1024)}]`),
    );
    const client = clientOf(peer);
    expect(await client.listSegments(never)).toHaveLength(1);
    const codes = [];
    for (let left = 4; left > 0; left -= 1) codes.push((await failureOf(client.listSegments(never))).code);
    expect(codes).toEqual(['TOO_LARGE', 'PEER_MALFORMED', 'PEER_MALFORMED', 'TOO_LARGE']);
  });

  test.each(['<html>', '{}', '[{"name":"x"}]', ''])('the answer %j is malformed, and not asked for again', async (text) => {
    await using peer = await startScript(json(text));
    expect((await failureOf(clientOf(peer).listSegments(never))).code).toBe('PEER_MALFORMED');
    expect(peer.received.length).toBe(1);
  });

  test('a new one is made by name, and its id comes back', async () => {
    await using peer = await startScript(json({ id: 8000000000000001 }, 201));
    const made = await clientOf(peer).createSegment(
      { name: 'Gold', description: null, identifiers: [{ name: 'email', type: 'email' }], attributes: [] },
      'key-1',
      never,
    );
    expect(made).toBe('8000000000000001');
    expect(peer.received[0]).toMatchObject({
      method: 'POST',
      path: '/base/v1/segments',
      headers: { 'content-type': 'application/json;charset=utf-8', 'idempotency-key': 'key-1' },
    });
    expect(JSON.parse(peer.received[0]?.text ?? '')).toEqual({
      name: 'Gold',
      description: null,
      identifiers: [{ name: 'email', type: 'email' }],
      attributes: [],
    });
  });
});

describe('what goes wrong', () => {
  test('408, 429, 5xx are tried five times more, with the waits that the endpoint asks for', async () => {
    await using peer = await startScript(
      json('', 503, { 'retry-after': '1' }),
      json('', 429),
      json('', 408, { 'retry-after': 'Mon, 02 Mar 2026 10:00:41 GMT' }),
      json('', 500),
      json([]),
    );
    const wait = new WaitLog();
    expect(await clientOf(peer, wait).listSegments(never)).toEqual([]);
    expect(wait.slept).toEqual([1000, 10_000, 30_000, 40_000]);
  });

  test.each([
    [408, 'PEER_TIMEOUT'],
    [429, 'PEER_ERROR'],
    [500, 'PEER_ERROR'],
    [503, 'PEER_ERROR'],
    [599, 'PEER_ERROR'],
  ])('status %i six times is %s', async (status, code) => {
    await using peer = await startScript(json('busy', status));
    const fault = await failureOf(clientOf(peer).readSegment('1', never));
    expect([fault.code, fault.details]).toEqual([
      code,
      { method: 'GET', path: '/v1/segments/{segmentId}', status, excerpt: 'busy', reason: null },
    ]);
    expect(peer.received.length).toBe(6);
  });

  test.each([
    [400, 'PEER_REFUSED'],
    [401, 'PEER_REFUSED'],
    [403, 'PEER_REFUSED'],
    [404, 'SEGMENT_NOT_FOUND'],
    [422, 'PEER_REFUSED'],
    [304, 'PEER_MALFORMED'],
  ])('status %i is %s at once', async (status, code) => {
    await using peer = await startScript(json('', status));
    expect((await failureOf(clientOf(peer).readSegment('1', never))).code).toBe(code);
    expect(peer.received.length).toBe(1);
  });

  test('404 on a list or a job is a refusal, on the data of a segment it means that the segment is gone', async () => {
    await using peer = await startScript(json('', 404));
    const client = clientOf(peer);
    const codes = [
      client.listSegments(never),
      client.readJob('1', never),
      client.readSegmentData('1', 10, textOf, never),
      client.sendData('1', 'REMOVE', rows('a'), 'k', never),
    ];
    expect((await Promise.all(codes.map(failureOf))).map(({ code }) => code)).toEqual([
      'PEER_REFUSED',
      'PEER_REFUSED',
      'SEGMENT_NOT_FOUND',
      'SEGMENT_NOT_FOUND',
    ]);
  });

  test('a silent endpoint is given up after six attempts', async () => {
    await using peer = await startPeer(() => undefined);
    const http = new PeerHttp({ allowPrivate: true }, undefined, { ...shortLimits, metadataMs: 100 });
    const client = new EndpointClient(http, { url: peer.url(), auth: { type: 'NONE' } }, new WaitLog());
    const fault = await failureOf(client.listSegments(never));
    expect([fault.code, fault.message, peer.received.length]).toEqual(['PEER_TIMEOUT', 'The endpoint did not answer within 0.1 s', 6]);
  });

  test('no fault holds the credentials, however the endpoint repeats them', async () => {
    await using peer = await startPeer((request, response) =>
      response.writeHead(403).end(`no entry for ${request.headers.authorization} at ${request.path}`),
    );
    const fault = await failureOf(clientOf(peer).readSegment('1', never));
    expect(fault.details.excerpt).toBe('no entry for Bearer *** at /base/v1/segments/1');
    expect(JSON.stringify([fault, fault.message, fault.stack, fault.cause])).not.toContain('secret-key-1');
  });

  test('an error whose text never ends is told all the same', async () => {
    await using peer = await startPeer((_request, response) => response.writeHead(400).write('x'.repeat(5000)));
    const fault = await failureOf(clientOf(peer).readSegment('1', never));
    expect([fault.code, fault.details.excerpt?.length]).toEqual(['PEER_REFUSED', 301]);
  });

  test('credentials that no header can carry are never sent', async () => {
    await using peer = await startScript(json([]));
    const endpoint = { url: peer.url(), auth: { type: 'APIKEY', apiKey: 'a\r\nb' } as const };
    const fault = await failureOf(new EndpointClient(new PeerHttp({ allowPrivate: true }), endpoint, new WaitLog()).listSegments(never));
    expect([fault.code, peer.received.length]).toEqual(['PEER_REFUSED', 0]);
  });
});
