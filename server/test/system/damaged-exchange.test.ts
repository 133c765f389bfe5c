/** Staged files of the exchange that are damaged, and a disk that takes no more: the job says so, and nothing wrong is delivered. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { call, pick } from '../api.ts';
import { pullDestination, pushSource, type ReadyEndpoint } from '../exchange-client.ts';
import { PushConsumer } from '../exchange-peers.ts';
import { segmentIds } from '../small-import.ts';
import { ExchangeScene, firstUser, rowsOf, type ShareJob } from './exchange-scene.ts';

// Each start of the server counts, and there are many.
vi.setConfig({ testTimeout: 600_000 });
const scene = new ExchangeScene('damaged-exchange');
let source: ReadyEndpoint;
let reader: ReadyEndpoint;
beforeAll(async () => {
  await scene.begin();
  source = await scene.endpoint('Store CRM', pushSource);
  reader = await scene.endpoint('Warehouse', pullDestination);
});
afterAll(() => scene.end());

const text = rowsOf(0, 20_000);
const [segment = 0] = segmentIds;
const sentence = /^A file that this server kept for the job is damaged or gone/;

/** Changes one bit in the middle of one of a job's files. */
function flipBit(job: number, file: string): void {
  const path = join(scene.folder(job), file);
  const bytes = readFileSync(path);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

async function waiting(destination: ReadyEndpoint, more: object = {}): Promise<number> {
  const job = await scene.share(source, destination, more);
  await scene.reaches(job, 'WAITING_TO_RECIEVE_DATA');
  return job;
}
const failed = (job: number): Promise<ShareJob> => scene.reaches(job, 'FAILED');
const isDamage = { error: { code: 'INTERNAL', message: expect.stringMatching(sentence) } };
const add = { identityMapping: { sourceIdentifiers: ['uid'], destinationIdentifier: 'user_id' }, attributeMappings: { score: 'value' } };

describe('a flipped bit', () => {
  test.each(['flipped', 'gone'])('in what the source sent (%s): nothing is delivered', async (what) => {
    const job = await waiting(reader);
    await scene.upload(source, job, text, '?final=false');
    if (what === 'gone') rmSync(join(scene.folder(job), 'in_1'));
    else flipBit(job, 'in_1');
    await scene.upload(source, job, rowsOf(20_000, 20_100));
    expect(await failed(job)).toMatchObject({ ...isDamage, rowsSent: 0 });
    expect(scene.onDisk(job).filter((name) => /out.+csv|work/.test(name))).toEqual([]);
  });

  test('in a file that a consumer downloads: the connection breaks, and the job has failed', async () => {
    const job = await waiting(reader);
    await scene.upload(source, job, text);
    await scene.reaches(job, 'READY_FOR_DOWNLOAD');
    flipBit(job, `out/${job}_1.csv`);
    await expect(scene.download(reader, job, `${job}_1.csv`)).rejects.toThrow('segmentDataFiles');
    expect(await failed(job)).toMatchObject(isDamage);
    expect((await scene.download(reader, job, `${job}_1.csv`)).status).toBe(409);
  });

  test('in a file that is sent: REPLACE leaves a consumer what it has', async () => {
    await using peer = await new PushConsumer().start();
    const destination = { enabled: true, destinationType: 'push', url: peer.url, shareActions: ['ADD', 'REPLACE'] };
    const consumer = await scene.endpoint('Ad Reach', { destination });
    const job = await waiting(consumer, { destination: { endpointId: consumer.id, segmentId: 's-7' }, shareAction: 'REPLACE' });
    const reached = Promise.withResolvers<void>();
    peer.before = () => {
      reached.resolve();
      return true;
    };
    await scene.upload(source, job, text);
    await reached.promise;
    peer.before = () => false;
    const first = peer.applied.length;
    await scene.killAndStart(async () => flipBit(job, `out/${job}_1.csv`));
    expect(await failed(job)).toMatchObject(isDamage);
    expect([peer.applied.length, peer.confused]).toEqual([first, []]);
  });

  test('in a file on its way into an own segment: REPLACE leaves the old audience', async () => {
    const old = firstUser - 1;
    const own = await scene.builtIn();
    const rt_segment = [{ user_id: String(old), seg_block: [{ seg_id: segment, value: 9, expiration: 0 }] }];
    await call(scene.server.url, '/rt-segment', { token: scene.token, json: { rt_segment } });
    const big = rowsOf(0, 150_000);
    const job = await waiting(own, { ...add, destination: { endpointId: own.id, segmentId: String(segment) }, shareAction: 'REPLACE' });
    await scene.upload(source, job, big);
    await scene.untilOnDisk(job, new RegExp(`^out.${job}_1.csv$`));
    await scene.reaches(job, 'SENDING_DATA');
    await scene.killAndStart(async () => flipBit(job, `out/${job}_1.csv`));
    expect(await failed(job)).toMatchObject(isDamage);
    const answer = await call(scene.server.url, `/user-segments?uid=${old}`, { token: scene.token });
    expect(pick(answer.json, 'response.memberships.0.value')).toBe(9);
    expect((await call(scene.server.url, `/user-segments?uid=${firstUser}`, { token: scene.token })).json).toMatchObject({
      response: { memberships: [] },
    });
  });
});

test('files that may not become longer: an upload is refused and keeps nothing, a job fails and says why, and later ones run', async () => {
  const job = await waiting(reader);
  const filled = await waiting(reader);
  await scene.upload(source, filled, text, '?final=false');
  await scene.server.stop();
  // The upload's text is longer than that, what the catalog writes is not.
  await scene.startAgain({ before: `ulimit -f ${(3 * 1_048_576) / 512}` });
  const refused = await scene.upload(source, job, rowsOf(0, 150_000));
  expect([refused.status, pick(refused.json, 'code')]).toEqual([503, 'UNAVAILABLE']);
  expect(scene.onDisk(job)).toEqual([]);
  // Each file fits, what is made of them does not.
  for (const at of [1, 2, 3, 4, 5, 6])
    await scene.upload(source, filled, rowsOf(at * 20_000, (at + 1) * 20_000), at === 6 ? '' : '?final=false');
  expect(await failed(filled)).toMatchObject({ rowsSent: 0, error: { code: 'UNAVAILABLE', message: expect.stringContaining('no room') } });
  await scene.server.stop();
  await scene.startAgain();
  expect((await scene.upload(source, job, text)).status).toBe(202);
  await scene.reaches(job, 'READY_FOR_DOWNLOAD');
});
