import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { members, type PlatformServer, StandingClock, startPlatform } from '../../../../test/platform-server.ts';
import { S3Server } from '../../../../test/s3-server.ts';
import type { ShownJob } from '../../../../test/batch-client.ts';

const keys = { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret' };
const scanS = 60;
vi.setConfig({ testTimeout: 120_000 });
let store: S3Server;
let platform: PlatformServer;
let segment = 0;
beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', keys.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', keys.secretAccessKey);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  store = await S3Server.start({ ...keys, bucket: 'drops' });
  const settings = { drop: 's3://drops/foyer', dropEndpoint: store.url, dropScanS: scanS };
  platform = await startPlatform({ settings, clock: new StandingClock(Date.now()) });
  segment = Number((await platform.call('POST /segment', { json: { segment: {} } })).at('id'));
});
afterAll(async () => {
  await platform.stop();
  await store.stop();
  vi.unstubAllEnvs();
});

const submitted = `foyer/${members.provider}/submitted`;
const drop = (name: string, content: string): void => void store.put(`${submitted}/${name}`, content, platform.clock.nowMs() - 120_000);
const lastScan = () =>
  platform.server.catalog.read
    .selectFrom('task')
    .select(['state', 'created_on'])
    .where('kind', '=', 'scan-drop-folder')
    .orderBy('id', 'desc')
    .executeTakeFirst();
const jobs = async (): Promise<ShownJob[]> =>
  (await platform.call('GET /batch-segment?kind=drop')).at('batch_segment_upload_job') as ShownJob[];

it('loads objects and moves them, and an object that is replaced while its job runs is loaded in both versions', async () => {
  let replaced = false;
  store.onRequest = (what) => {
    if (replaced || !what.startsWith('GET') || !what.endsWith('/list.txt')) return;
    replaced = true;
    setImmediate(() => drop('list.txt', `2;${segment}:60\n3;${segment}:60\n`));
  };
  drop('list.txt', `1;${segment}:60\n`);
  drop('wrong.zip', 'PK\u0003\u0004 no text');
  drop('.hidden', 'waits');
  for (let phases: unknown[] = []; phases.length < 3;) {
    platform.clock.forward(scanS * 1000);
    // The clock must not run on while a scan is slow: sessions would end.
    await expect.poll(lastScan).toEqual({ state: 'done', created_on: platform.clock.nowMs() });
    await expect.poll(async () => (await jobs()).every(({ phase }) => phase === 'completed' || phase === 'error')).toBe(true);
    phases = (await jobs()).map(({ phase }) => phase);
  }
  await expect.poll(() => [...store.objects.keys()].filter((key) => key.startsWith(submitted))).toEqual([`${submitted}/.hidden`]);
  const ended = (await jobs()).toSorted((a, b) => Number(a.num_valid) - Number(b.num_valid));
  expect(ended.map(({ file_name, phase, num_valid }) => [file_name, phase, num_valid])).toEqual([
    ['wrong.zip', 'error', 0],
    ['list.txt', 'completed', 1],
    ['list.txt', 'completed', 2],
  ]);
  const [wrong, first, second] = ended;
  const contentAt = (key: string): string | undefined => store.objects.get(`foyer/${members.provider}/${key}`)?.body.toString();
  expect(contentAt(`failed/wrong.zip-${wrong?.job_id}`)).toBeDefined();
  expect(contentAt(`done/list.txt-${first?.job_id}`)).toBe(`1;${segment}:60\n`);
  expect(contentAt(`done/list.txt-${second?.job_id}`)).toBe(`2;${segment}:60\n3;${segment}:60\n`);
});

it('tells administrators in the task what the store said', async () => {
  await store.stop();
  platform.clock.forward(scanS * 1000);
  const errors = async () => (await platform.call('GET /task?kind=scan-drop-folder&sort=id.desc', { as: 'admin' })).at('tasks.0.error');
  await expect.poll(errors).toMatch(/^s3:\/\/drops\/foyer cannot be read: .*ECONNREFUSED/);
});
