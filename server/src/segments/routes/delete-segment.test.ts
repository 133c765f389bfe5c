import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { members, startPlatform, type AccountName, type PlatformServer } from '../../../test/platform-server.ts';

let platform: PlatformServer;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const make = async (segment: object = {}): Promise<number> =>
  Number((await platform.call('POST /segment', { json: { segment } })).at('id'));
const remove = (path: string, as: AccountName = 'provider') => platform.call(`DELETE /segment${path}`, { as });
const isThere = async (id: number): Promise<boolean> => (await platform.call(`GET /segment?id=${id}`)).status === 200;

describe('200', () => {
  it('deletes one and tells how many', async () => {
    const id = await make();
    const answer = await remove(`?id=${id}`);
    expect([answer.status, answer.at('count')]).toEqual([200, 1]);
    expect(await isThere(id)).toBe(false);
  });
  it.each([
    ['by path', (id: number) => `/${id}`],
    ['by member and path', (id: number) => `/${members.provider}/${id}`],
    ['by code', () => '?code=GONE'],
    ['an id that is there twice', (id: number) => `?id=${id},${id}`],
  ])('%s', async (_what, path) => {
    const id = await make({ code: 'gone' });
    expect((await remove(path(id))).at('count')).toBe(1);
    expect(await isThere(id)).toBe(false);
  });
  it('deletes a list', async () => {
    const ids = [await make({ code: 'l1' }), await make({ code: 'l2' }), await make()];
    expect((await remove(`?id=${ids.join()}`)).at('count')).toBe(3);
    await make({ code: 'l1' });
    await make({ code: 'l2' });
    expect((await remove('?code=L1,l2')).at('count')).toBe(2);
  });
  it('frees its code and its children', async () => {
    const id = await make({ code: 'free' });
    const child = await make({ parent_segment_id: id });
    await remove(`?id=${id}`);
    expect((await platform.call(`GET /segment?id=${child}`)).at('segment.parent_segment_id')).toBeNull();
    expect(await make({ code: 'FREE' })).toBeGreaterThan(child);
  });
  it('ends its memberships at once', async () => {
    const id = await make();
    const body = { rt_segment: [{ user_id: '99', seg_block: [{ seg_id: id, value: 1, expiration: 0 }] }] };
    await platform.call('POST /rt-segment', { json: body });
    expect((await platform.call('GET /user-segments?uid=99')).at('memberships.0.segment_id')).toBe(id);
    await remove(`?id=${id}`);
    expect((await platform.call('GET /user-segments?uid=99')).at('memberships')).toEqual([]);
    const sweep = () => platform.call('GET /task?kind=sweep-segment&sort=id.desc&num_elements=1');
    await expect
      .poll(async () => (await sweep()).at('tasks.0'))
      .toMatchObject({ state: 'done', subject: { type: 'segment', id }, attempts: 1 });
    expect(platform.server.profiles.stats().memberships).toBe(0);
  });
  it('leaves sharing lists, which tells of itself in the audit trail', async () => {
    const [id, other] = [await make(), await make()];
    const segments = [{ id }, { id: other }];
    const made = await platform.call('POST /member-data-sharing', {
      json: { member_data_sharing: { buyer_member_id: members.buyer, segment_exposure: 'list', segments } },
    });
    const record = made.at('id');
    const last = (await platform.audit()).at(-1)?.id ?? 0;
    await remove(`?id=${id}`);
    expect((await platform.call(`GET /member-data-sharing?id=${String(record)}`)).at('member_data_sharing.segments')).toEqual([
      { id: other, name: null },
    ]);
    const events = await platform.audit(last);
    expect(events.map((event) => [event.object_type, event.operation])).toEqual([
      ['member_data_sharing', 'deleteSegment'],
      ['segment', 'deleteSegment'],
    ]);
    expect([events[0]?.before, events[0]?.after]).toEqual([`{"segments":[${id},${other}]}`, `{"segments":[${other}]}`]);
    expect(events[1]?.after).toBeNull();
    expect((await platform.call(`GET /segment?id=${id}`, { as: 'buyer' })).status).toBe(404);
  });
  it('by an administrator for any member', async () => expect((await remove(`?id=${await make()}`, 'admin')).status).toBe(200));
});

describe('400 SYNTAX', () => {
  it.each(['', `/${10}`, '?id=', '?id=abc', '?id=1&code=x', '?impact=true&id=1'])('%s', async (path) => {
    expect((await remove(path)).at('error_id')).toBe('SYNTAX');
  });
});

describe('403 UNAUTH', () => {
  it('a shared segment', async () => {
    const id = await make();
    await platform.call('POST /member-data-sharing', {
      json: { member_data_sharing: { buyer_member_id: members.bidder, segment_exposure: 'all' } },
    });
    expect((await remove(`?id=${id}`, 'bidder')).at('error_id')).toBe('UNAUTH');
    expect(await isThere(id)).toBe(true);
  });
  it('another member in path or query, and a viewer', async () => {
    const id = await make();
    for (const path of [`/${members.stranger}/${id}`, `?id=${id}&member_id=${members.stranger}`])
      expect((await remove(path)).at('error_id')).toBe('UNAUTH');
    expect((await remove(`?id=${id}`, 'viewer')).at('error_id')).toBe('UNAUTH');
    expect(await isThere(id)).toBe(true);
  });
});

describe('404, and none is deleted', () => {
  it('one unknown in a list', async () => {
    const id = await make({ code: 'stays' });
    for (const path of [`?id=${id},999999`, '?code=stays,nosuch']) expect((await remove(path)).at('error_code')).toBe('NOT_FOUND');
    expect(await isThere(id)).toBe(true);
  });
  it('another’s segment', async () => expect((await remove(`?id=${await make()}`, 'stranger')).status).toBe(404));
  it('a segment that is not the member’s whom the administrator names', async () => {
    expect((await remove(`/${members.stranger}/${await make()}`, 'admin')).status).toBe(404);
  });
});

it('a delete and a change of the same segment at once leave it deleted, whichever comes first', async () => {
  const id = await make();
  const [gone, changed] = await Promise.all([
    remove(`?id=${id}`),
    platform.call(`PUT /segment?id=${id}`, { json: { segment: { short_name: 'x' } } }),
  ]);
  expect(gone.status).toBe(200);
  expect([200, 404]).toContain(changed.status);
  expect(await isThere(id)).toBe(false);
});
