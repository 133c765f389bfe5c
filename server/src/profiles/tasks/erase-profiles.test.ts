import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { members, type PlatformServer, startPlatform } from '../../../test/platform-server.ts';
import { postgresUrl } from '../../../test/temporary-catalog.ts';
import { external, user } from '../profile-fixtures.ts';

const dayMs = 24 * 3600_000;
let platform: PlatformServer;
beforeAll(async () => {
  platform = await startPlatform({ embedded: true, settings: { eraseDays: 10 } });
});
afterAll(() => platform.stop());

/** The tasks of the clock's day are done. */
async function tasksDone(): Promise<void> {
  const asked = platform.server.catalog.read
    .selectFrom('task')
    .select('kind')
    .where('kind', 'in', ['snapshot', 'expire-records'])
    .where('state', '=', 'done')
    .where('created_on', '>=', Math.floor(platform.clock.nowMs() / dayMs) * dayMs);
  while ((await asked.execute()).length < 2) await wait(50);
}

/** The files of the data directory that hold a text. */
async function filesWith(text: string): Promise<string[]> {
  const entries = await readdir(platform.path, { recursive: true, withFileTypes: true });
  const paths = entries.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  const contents = await Promise.all(paths.map(async (path) => [path, await readFile(path)] as const));
  return contents.filter(([, bytes]) => bytes.includes(text)).map(([path]) => path);
}

it('leaves nothing of a forgotten user in any file within FOYER_ERASE_DAYS, and of an opt-out only the mark', async () => {
  const { profiles } = platform.server;
  await tasksDone();
  const config = { batch_segment_upload_config: { use_external_uids: true } };
  await platform.call(`PUT /batch-segment-config?member_id=${members.provider}`, { as: 'admin', json: config });
  const segment = Number((await platform.call('POST /segment', { json: { segment: { short_name: 'Erased', state: 'active' } } })).at('id'));
  const pairs = ['gone-for-good', 'marked-for-good'].map((id, at) => ({
    user_id: String(at + 1),
    identifier: { domain: 'external', id },
  }));
  await platform.call('POST /identity-link', { json: { identity_links: pairs } });
  const users = pairs.map(({ identifier }) => ({ user_id: identifier.id, seg_block: [{ seg_id: segment }] }));
  await platform.call('POST /rt-segment', { json: { rt_segment: users } });
  expect((await platform.call('GET /rt-segment-processed?agg=true')).at('report.num_valid_adds')).toBe(2);
  await profiles.forget(user(1), { optOut: false });
  await profiles.forget(user(2), { optOut: true });
  platform.clock.forward(8 * dayMs);
  await tasksDone();
  const before = (await filesWith('gone-for-good')).join();
  expect(before).toMatch(/profiles/);
  // The statistics' logs are in the database, where there is one.
  expect(before).toMatch(postgresUrl() === undefined ? /catalog/ : /profiles/);
  platform.clock.forward(dayMs + 1000);
  await tasksDone();
  expect(await filesWith('gone-for-good')).toEqual([]);
  expect(await profiles.get(external('marked-for-good', members.provider))).toMatchObject({ optedOut: true, memberships: [] });
  expect(await profiles.links(user(2))).toEqual([]);
  expect((await filesWith('marked-for-good')).filter((path) => !path.includes('profiles'))).toEqual([]);
});
