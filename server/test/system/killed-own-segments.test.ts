/** Jobs of the exchange between files and a member's own segments, whose server is killed while they run. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { call, pick } from '../api.ts';
import { pullDestination, pushSource, type ReadyEndpoint } from '../exchange-client.ts';
import { segmentIds } from '../small-import.ts';
import { ExchangeScene, firstUser, rowsOf } from './exchange-scene.ts';

// Each start of the server counts, and there are many.
vi.setConfig({ testTimeout: 600_000 });
const scene = new ExchangeScene('killed-own-segments');
let source: ReadyEndpoint;
let reader: ReadyEndpoint;
let own: ReadyEndpoint;
beforeAll(async () => {
  await scene.begin();
  source = await scene.endpoint('Store CRM', pushSource);
  reader = await scene.endpoint('Warehouse', pullDestination);
  own = await scene.builtIn();
});
afterAll(() => scene.end());

const many = process.env['FOYER_TEST_FULL'] ? 1_500_000 : 200_000;
const text = rowsOf(0, many);
const [added = 0, replaced = 0] = segmentIds;
const mapping = {
  identityMapping: { sourceIdentifiers: ['uid'], destinationIdentifier: 'user_id' },
  attributeMappings: { score: 'value' },
};

/** Value by user, as good rows leave it: the last one wins. */
const held = new Map<string, number>();
let good = 0;
for (const line of text.split('\r\n').slice(1, -1)) {
  const [, user = '', , score = ''] = line.split(',');
  if (score === 'much') continue;
  good += 1;
  held.set(user, Number(score));
}
const counts = {
  status: 'COMPLETE',
  rowsReceived: many,
  rowsRejected: many - good,
  rowsMerged: good - held.size,
  rowsSent: held.size,
  rowsUnknown: 0,
  error: null,
};

/** The value of a membership; undefined: none. */
async function valueOf(user: number | string, segment: number): Promise<unknown> {
  const answer = await call(scene.server.url, `/user-segments?uid=${user}`, { token: scene.token });
  const memberships = pick(answer.json, 'response.memberships') as unknown as { segment_id: number; value: number }[];
  return memberships.find(({ segment_id: id }) => id === segment)?.value;
}
async function sizeOf(segment: number): Promise<unknown> {
  const answer = await scene.ask(`GET /v1/audiences/${own.id}/${segment}`);
  return pick(answer.json, 'count');
}

/** Begins a share of the rows into a segment and kills the server while the rows are written, each time a little later. */
async function deliver(
  segment: number,
  shareAction: string,
  rows: string,
  whileSending: () => Promise<void> = async () => {},
): Promise<number> {
  const attributeMappings = shareAction === 'REMOVE' ? {} : mapping.attributeMappings;
  const destination = { endpointId: own.id, segmentId: String(segment) };
  const job = await scene.share(source, own, { ...mapping, attributeMappings, destination, shareAction });
  await scene.reaches(job, 'WAITING_TO_RECIEVE_DATA');
  await scene.upload(source, job, rows);
  for (const waitMs of [0, 100, 300]) {
    const { status } = await scene.reaches(job, 'SENDING_DATA', 'COMPLETE');
    if (status === 'COMPLETE') break;
    await whileSending();
    await sleep(waitMs);
    await scene.killAndStart();
  }
  await scene.reaches(job, 'COMPLETE');
  return job;
}

test('ADD: each row counts once and stands once', async () => {
  const job = await deliver(added, 'ADD', text);
  expect(await scene.job(job)).toMatchObject(counts);
  expect(await sizeOf(added)).toBe(held.size);
  for (let i = 0; i < many; i += 7919) expect(await valueOf(firstUser + i, added), `user ${i}`).toBe(held.get(String(firstUser + i)));
  expect((await scene.rejects(job)).trimEnd().split('\r\n')).toHaveLength(1 + many - good);
  expect(scene.onDisk(job)).toEqual(['in_1', 'out', `out/${job}_1.csv`, 'rejects']);
});

test('an own segment as a source: killed while its rows are collected, the files have each of them once', async () => {
  const job = await scene.share(own, reader, {
    source: { endpointId: own.id, segmentId: String(added) },
    identityMapping: { sourceIdentifiers: ['user_id'], destinationIdentifier: 'uid' },
    attributeMappings: { value: 'score' },
  });
  for (let kill = 0; kill < 2; kill++) {
    await scene.untilOnDisk(job, /^in_1$/);
    await scene.killAndStart();
  }
  expect(await scene.reaches(job, 'READY_FOR_DOWNLOAD')).toMatchObject({ rowsReceived: held.size, rowsRejected: 0, rowsUnknown: 0 });
  expect(await scene.delivered(reader, job)).toEqual([...held].map(([user, value]) => `${user},${value}`).sort());
});

test('REPLACE: the old audience is there until the new one is, whole', async () => {
  const before = [1, 2, 3].map((i) => firstUser - i);
  await call(scene.server.url, '/rt-segment', {
    token: scene.token,
    json: { rt_segment: before.map((user) => ({ user_id: String(user), seg_block: [{ seg_id: replaced, value: 9, expiration: 0 }] })) },
  });
  const job = await deliver(replaced, 'REPLACE', text, async () => {
    const [old = 0] = before;
    // Never neither of them, and never both: whoever is asked for second cannot have changed back.
    expect([await valueOf(old, replaced), await valueOf(firstUser, replaced)]).not.toEqual([undefined, undefined]);
    expect([await valueOf(firstUser, replaced), await valueOf(old, replaced)]).not.toEqual([0, 9]);
  });
  expect(await scene.job(job)).toMatchObject(counts);
  expect(await sizeOf(replaced)).toBe(held.size);
  for (const user of before) expect(await valueOf(user, replaced)).toBeUndefined();
});

test('REMOVE: nobody stays, and nobody else goes', async () => {
  const job = await deliver(added, 'REMOVE', rowsOf(0, many / 2));
  const left = [...held.keys()].filter((user) => Number(user) >= firstUser + many / 2).length;
  expect(await scene.job(job)).toMatchObject({ status: 'COMPLETE', rowsRejected: 0, rowsUnknown: 0 });
  // Scores are not looked at: also those of bad ones are removed.
  expect(await sizeOf(added)).toBe(left);
});
