import { Buffer } from 'node:buffer';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { PeerData, PeerRows, ShareAction, StartedJob } from './endpoint-client.ts';
import { type Answer, clientOf, failureOf, json, never, rows, startScript, textOf } from './peer-client.fixture.ts';
import { startPeer } from './peer-server.fixture.ts';
import { WaitLog } from './wait-log.fixture.ts';

const data =
  (text: string | Buffer, headers: Record<string, string> = {}, status = 200): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'text/csv', ...headers }).end(text);
const broken: Answer = (response) => {
  response.writeHead(200, { 'content-length': 100 });
  response.write('uid\r\n1', () => setTimeout(() => response.socket?.resetAndDestroy(), 20));
};
const job = (status: string, rest: object = {}) => ({ jobId: 'a1', status, jobData: [], errorDetails: null, ...rest });
const started = (status: StartedJob['job']['status'], retryAfterMs?: number): StartedJob => ({
  job: { jobId: 'a1', status, jobData: [], errorDetails: null },
  retryAfterMs,
});

describe('reading data', () => {
  test('what is ready comes as it is, gzip included', async () => {
    const take = async (given: PeerData): Promise<unknown> => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of given.body) chunks.push(chunk);
      return [
        given.contentEncoding,
        given.contentEncoding === 'gzip' ? gunzipSync(Buffer.concat(chunks)).toString() : Buffer.concat(chunks).toString(),
      ];
    };
    await using peer = await startScript(data('uid\r\n1\r\n'), data(gzipSync('uid\r\n2\r\n'), { 'content-encoding': 'gzip' }));
    const client = clientOf(peer);
    expect(await client.readSegmentData('31', 100, take, never)).toEqual({ kind: 'data', taken: ['identity', 'uid\r\n1\r\n'] });
    expect(await client.readJobData('x/9', 'd1', 100, take, never)).toEqual(['gzip', 'uid\r\n2\r\n']);
    expect(peer.received.map(({ path, headers }) => [path, headers['accept-encoding']])).toEqual([
      ['/base/v1/segments/31/data', 'gzip'],
      ['/base/v1/jobs/x%2F9/data/d1', 'gzip'],
    ]);
  });

  test.each([204, 202])('status %i says that none is ready', async (status) => {
    await using peer = await startScript((response) => response.writeHead(status).end());
    expect(await clientOf(peer).readSegmentData('31', 100, textOf, never)).toEqual({ kind: 'not-ready' });
  });

  test('a connection that breaks in the middle begins everything anew', async () => {
    await using peer = await startScript(broken, broken, data('uid\r\n1\r\n'));
    const wait = new WaitLog();
    let taken = 0;
    const reading = clientOf(peer, wait).readSegmentData(
      '31',
      1000,
      (given) => {
        taken += 1;
        return textOf(given);
      },
      never,
    );
    expect(await reading).toEqual({ kind: 'data', taken: 'uid\r\n1\r\n' });
    expect([taken, wait.slept]).toEqual([3, [5000, 10_000]]);
  });

  test('one that always breaks is an error after six attempts, whatever its taker made of it', async () => {
    await using peer = await startScript(broken);
    const reading = clientOf(peer).readJobData(
      'a1',
      'd1',
      1000,
      (given) =>
        textOf(given).catch(() => {
          throw new Error('half a row');
        }),
      never,
    );
    expect((await failureOf(reading)).code).toBe('PEER_ERROR');
    expect(peer.received.length).toBe(6);
  });

  test('what its taker throws ends the call', async () => {
    await using peer = await startScript(data('no CSV'));
    const own = new Error('INVALID_CSV');
    await expect(clientOf(peer).readSegmentData('31', 100, () => Promise.reject(own), never)).rejects.toBe(own);
    expect(peer.received.length).toBe(1);
  });

  test('more than the caller allows, another encoding, or a part alone are refused at once', async () => {
    await using peer = await startScript(data('x'.repeat(101)), data('x', { 'content-encoding': 'br' }), data('x', {}, 206));
    const client = clientOf(peer);
    const codes = [];
    for (let left = 3; left > 0; left -= 1) codes.push((await failureOf(client.readSegmentData('31', 100, textOf, never))).code);
    expect([codes, peer.received.length]).toEqual([['TOO_LARGE', 'PEER_MALFORMED', 'PEER_MALFORMED'], 3]);
  });
});

describe('jobs', () => {
  const wanted = { exchangeJobId: 77002, columns: ['phone'] };

  test.each([
    [{ id: '31', idIsNumber: false }, '"31"'],
    [{ id: '8000000000000001153', idIsNumber: true }, '8000000000000001153'],
  ])('one is asked for with the id in the form of its owner: %j', async (segment, written) => {
    await using peer = await startScript(json(job('QUEUED'), 202, { 'retry-after': '1' }));
    expect(await clientOf(peer).createJob(segment, wanted, 'key-1', never)).toEqual(started('QUEUED', 1000));
    expect(peer.received[0]).toMatchObject({ method: 'POST', path: '/base/v1/jobs', headers: { 'idempotency-key': 'key-1' } });
    expect(peer.received[0]?.text).toBe(
      `{"jobCategory":"SEGMENT_EXPORT","segmentId":${written},"exchangeJobId":77002,"columns":["phone"]}`,
    );
  });

  test.each(['{}', '{"jobId":null}', 'queued', ''])('the answer %j names no job', async (text) => {
    await using peer = await startScript(json(text, 202));
    expect((await failureOf(clientOf(peer).createJob({ id: '31', idIsNumber: false }, wanted, 'key-1', never))).code).toBe(
      'PEER_MALFORMED',
    );
  });

  test('it is polled after 15, 30, 60 s and 5 minutes, or when the endpoint says', async () => {
    const complete = job('COMPLETE', { jobData: [{ jobDataId: 'd1', rows: 2 }] });
    const running = json(job('RUNNING'));
    await using peer = await startScript(
      running,
      running,
      running,
      running,
      json(job('RUNNING'), 200, { 'retry-after': '2' }),
      json(complete),
    );
    const wait = new WaitLog();
    const done = await clientOf(peer, wait).pollJob(started('QUEUED'), 86_400_000, never);
    expect(done.jobData).toEqual([{ jobDataId: 'd1', rows: 2, bytes: null, sha256: null }]);
    expect(wait.slept).toEqual([15_000, 30_000, 60_000, 300_000, 300_000, 2000]);
    expect(peer.received.every(({ method, path }) => method === 'GET' && path === '/base/v1/jobs/a1')).toBe(true);
  });

  test('one that asked for a time is polled then, and one that is done is not polled', async () => {
    await using peer = await startScript(json(job('COMPLETE')));
    const wait = new WaitLog();
    await clientOf(peer, wait).pollJob(started('QUEUED', 1000), 86_400_000, never);
    await clientOf(peer, wait).pollJob(started('COMPLETE'), 86_400_000, never);
    expect([wait.slept, peer.received.length]).toEqual([[1000], 1]);
  });

  test('a poll that fails for a moment is made again', async () => {
    await using peer = await startScript(json('', 503, { 'retry-after': '3' }), json(job('COMPLETE')));
    const wait = new WaitLog();
    await clientOf(peer, wait).pollJob(started('RUNNING'), 86_400_000, never);
    expect(wait.slept).toEqual([15_000, 3000]);
  });

  test('one that failed fails with the endpoint’s text, without our credentials', async () => {
    await using peer = await startScript(json(job('FAILED', { errorDetails: 'The disk of secret-key-1 is full' })), json(job('FAILED')));
    const client = clientOf(peer);
    const faults = [
      await failureOf(client.pollJob(started('RUNNING'), 86_400_000, never)),
      await failureOf(client.pollJob(started('RUNNING'), 86_400_000, never)),
    ];
    expect(faults.map(({ code, message }) => [code, message])).toEqual([
      ['PEER_FAILED', 'The endpoint says: The disk of *** is full'],
      ['PEER_FAILED', 'The endpoint says that its job failed'],
    ]);
  });

  test('one that never ends is given up, and one whose caller is canceled is polled no more', async () => {
    await using peer = await startScript(json(job('RUNNING')));
    const fault = await failureOf(clientOf(peer).pollJob(started('RUNNING'), 3_600_000, never));
    expect([fault.code, fault.message]).toEqual(['PEER_TIMEOUT', "The endpoint's job did not end within 1 h"]);
    const asked = peer.received.length;
    const controller = new AbortController();
    const reason = new Error('canceled');
    const wait = new WaitLog(() => controller.abort(reason));
    await expect(clientOf(peer, wait).pollJob(started('RUNNING'), 3_600_000, controller.signal)).rejects.toBe(reason);
    expect(peer.received.length).toBe(asked);
  });
});

describe('delivering data', () => {
  const file = 'email,level\r\na@example.com,1\r\n';

  test.each([
    ['ADD', 'POST'],
    ['REPLACE', 'PUT'],
    ['REMOVE', 'DELETE'],
  ] as const)('%s is a %s with CSV', async (action, method) => {
    await using peer = await startScript(json('{}'), json(job('QUEUED'), 202, { 'retry-after': '1' }), json('', 204), json('{}', 202));
    const send = (segmentId: string) => clientOf(peer).sendData(segmentId, action, rows(file), 'key-1', never);
    expect(await send('s/7')).toEqual({ kind: 'done' });
    expect(await send('s-7')).toEqual({ kind: 'job', ...started('QUEUED', 1000) });
    expect(await send('s-7')).toEqual({ kind: 'done' });
    expect((await failureOf(send('s-7'))).code).toBe('PEER_MALFORMED');
    const headers = {
      'content-type': 'text/csv; charset=utf-8',
      'content-length': String(file.length),
      'idempotency-key': 'key-1',
      authorization: 'Bearer secret-key-1',
    };
    expect(peer.received[0]).toMatchObject({ method, path: '/base/v1/segments/s%2F7/data', text: file, headers });
  });

  test('each attempt sends everything anew, under the same key', async () => {
    await using peer = await startScript(json('', 503), (response) => response.socket?.resetAndDestroy(), json('{}'));
    let opened = 0;
    const streamed: PeerRows = {
      bytes: null,
      async *open() {
        opened += 1;
        for (const line of file.split(/(?<=\n)/)) yield Buffer.from(line);
      },
    };
    const wait = new WaitLog();
    expect(await clientOf(peer, wait).sendData('s-7', 'ADD', streamed, 'key-1', never)).toEqual({ kind: 'done' });
    expect([opened, wait.slept]).toEqual([3, [5000, 10_000]]);
    expect(peer.received.map(({ text, headers }) => [text, headers['idempotency-key']])).toEqual(
      Array.from({ length: 3 }, () => [file, 'key-1']),
    );
  });

  test('what is wrong with our own rows ends the call, and is not the endpoint’s fault', async () => {
    await using peer = await startScript(json('{}'));
    const own = new Error('the file is gone');
    const gone: PeerRows = {
      bytes: null,
      async *open() {
        yield Buffer.from(file);
        throw own;
      },
    };
    await expect(clientOf(peer).sendData('s-7', 'ADD', gone, 'key-1', never)).rejects.toBe(own);
    expect(peer.received).toEqual([]);
  });

  test.each([405, 501])('a DELETE that does not get through (%i) goes out in the other form, as a request of its own', async (status) => {
    await using peer = await startPeer((request, response) => response.writeHead(request.method === 'DELETE' ? status : 200).end());
    expect(await clientOf(peer).sendData('s-7', 'REMOVE', rows(file), 'key-1', never)).toEqual({ kind: 'done' });
    expect(peer.received.map(({ method, path, text, headers }) => [method, path, text, headers['idempotency-key']])).toEqual([
      ['DELETE', '/base/v1/segments/s-7/data', file, 'key-1'],
      ['POST', '/base/v1/segments/s-7/data?action=REMOVE', file, 'key-1.post'],
    ]);
  });

  test.each([
    ['REMOVE', 400],
    ['REMOVE', 403],
    ['ADD', 405],
    ['REPLACE', 405],
  ] as readonly [ShareAction, number][])('%s that is refused with %i is not tried in another form', async (action, status) => {
    await using peer = await startScript(json('', status));
    expect((await failureOf(clientOf(peer).sendData('s-7', action, rows(file), 'key-1', never))).code).toBe('PEER_REFUSED');
    expect(peer.received.length).toBe(1);
  });

  test('no redirect takes a delivery elsewhere', async () => {
    await using peer = await startScript((response) => response.writeHead(307, { location: '/elsewhere' }).end());
    expect((await failureOf(clientOf(peer).sendData('s-7', 'ADD', rows(file), 'key-1', never))).code).toBe('PEER_REDIRECT');
    expect(peer.received.length).toBe(1);
  });

  test('a canceled delivery sends nothing more', async () => {
    await using peer = await startScript(json('', 503, { 'retry-after': '3' }));
    const controller = new AbortController();
    const reason = new Error('canceled');
    const wait = new WaitLog(() => controller.abort(reason));
    await expect(clientOf(peer, wait).sendData('s-7', 'ADD', rows(file), 'key-1', controller.signal)).rejects.toBe(reason);
    expect([peer.received.length, wait.slept]).toEqual([1, [3000]]);
  });
});
