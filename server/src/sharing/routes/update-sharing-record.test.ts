import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { advertisers, members, startPlatform, type PlatformCall, type PlatformServer } from '../../../test/platform-server.ts';

let platform: PlatformServer;
let [a, b, c, tied] = [0, 0, 0, 0];
let record = 0;
beforeAll(async () => {
  platform = await startPlatform();
  const make = async (segment: object): Promise<number> => Number((await platform.call('POST /segment', { json: { segment } })).at('id'));
  [a, b, c] = [await make({ short_name: 'A' }), await make({ short_name: 'B' }), await make({ short_name: 'C' })];
  tied = await make({ advertiser_id: advertisers.provider });
});
afterAll(() => platform.stop());
beforeEach(async () => {
  await enable(true);
  if (record) await platform.call(`DELETE /member-data-sharing?id=${record}`);
  const made = await platform.call('POST /member-data-sharing', {
    json: { member_data_sharing: { buyer_member_id: members.buyer, segment_exposure: 'list', segments: [{ id: a }, { id: b }] } },
  });
  record = Number(made.at('id'));
});

const enable = (active: boolean) =>
  platform.call('POST /data-buyer-provider', {
    as: 'buyer',
    json: { 'data-buyer-provider': { data_provider_member_id: members.provider, active } },
  });
const put = (change: object, query = '', options: PlatformCall = {}) =>
  platform.call(`PUT /member-data-sharing?id=${record}${query}`, { json: { member_data_sharing: change }, ...options });
const segments = (...ids: unknown[]) => ids.map((id) => ({ id }));
const shown = async () =>
  (await platform.call(`GET /member-data-sharing?id=${record}`)).at('member_data_sharing') as Record<string, unknown>;
const listed = async (): Promise<unknown> => ((await shown())['segments'] as { id: number }[] | null)?.map(({ id }) => id) ?? null;
const seenByBuyer = async (): Promise<number[]> =>
  ((await platform.call('GET /segment', { as: 'buyer' })).at('segments') as { id: number }[]).map(({ id }) => id);

describe('200', () => {
  it('replaces the list, and answers the id as a number', async () => {
    const answer = await put({ segments: segments(String(c), a) });
    expect([answer.at('id'), answer.at('count'), answer.at('start_element'), answer.at('num_elements')]).toEqual([record, 1, null, null]);
    expect(answer.at('member_data_sharing.segments')).toEqual([
      { id: a, name: 'A' },
      { id: c, name: 'C' },
    ]);
    expect(answer.at('dbg')).toEqual(answer.at('dbg_info'));
    expect(await seenByBuyer()).toEqual([a, c]);
  });
  it('only adds with append, written with blanks before it too', async () => {
    await put({ segments: segments(c) }, '&%20%20%20append=True');
    expect(await listed()).toEqual([a, b, c]);
    await put({ segments: [] }, '&append');
    expect(await listed()).toEqual([a, b, c]);
  });
  it('takes back what it answered', async () => {
    const before = await shown();
    const answer = await put(before);
    expect([answer.status, answer.warnings, await shown()]).toEqual([200, [], before]);
  });
  it('changes nothing with {}, and audits nothing', async () => {
    const last = (await platform.audit()).at(-1)?.id ?? 0;
    expect((await put({})).status).toBe(200);
    expect([await listed(), await platform.audit(last)]).toEqual([[a, b], []]);
  });
  it('switches to all and back', async () => {
    expect((await put({ segment_exposure: 'all' })).at('member_data_sharing.segments')).toBeNull();
    expect(await seenByBuyer()).toEqual([a, b, c]);
    expect((await put({ segments: null })).status).toBe(200);
    await put({ segment_exposure: 'list', segments: segments(b) });
    expect(await seenByBuyer()).toEqual([b]);
  });
  it('keeps export_allowed where it is not sent, narrowing too', async () => {
    await put({ export_allowed: true });
    await put({ segments: segments(a) });
    expect(await shown()).toMatchObject({ export_allowed: true, segments: [{ id: a, name: 'A' }] });
    await put({ export_allowed: false });
    expect(await shown()).toMatchObject({ export_allowed: false });
  });
  it('shows present names', async () => {
    await platform.call(`PUT /segment?id=${a}`, { json: { segment: { short_name: 'A2' } } });
    expect(await shown()).toMatchObject({ segments: [{ id: a, name: 'A2' }, { id: b }] });
    await platform.call(`PUT /segment?id=${a}`, { json: { segment: { short_name: 'A' } } });
  });
  it('narrows and never widens while the provider is disabled', async () => {
    await enable(false);
    expect((await put({ segments: segments(a, c) })).at('error_id')).toBe('INTEGRITY');
    expect((await put({ segment_exposure: 'all' })).at('error_id')).toBe('INTEGRITY');
    expect((await put({ segments: segments(a) })).status).toBe(200);
    expect(await seenByBuyer()).toEqual([]);
    await enable(true);
    expect(await seenByBuyer()).toEqual([a]);
  });
  it('on the other address, by path, and by an administrator', async () => {
    const json = { member_data_sharing: {} };
    expect((await platform.call(`PUT /member-data-sharings/${record}`, { json })).status).toBe(200);
    expect(
      (await platform.call(`PUT /member-data-sharing/${record}?data_member_id=${members.provider}`, { as: 'admin', json })).status,
    ).toBe(200);
  });
  it('writes the lists before and after', async () => {
    const last = (await platform.audit()).at(-1)?.id ?? 0;
    await put({ segments: segments(c) });
    const [event] = await platform.audit(last);
    expect([event?.before, event?.after]).toEqual([`{"segments":[${a},${b}]}`, `{"segments":[${c}]}`]);
  });
});

describe('400 SYNTAX, and nothing is changed', () => {
  it.each<[string, object, string]>([
    ['another id', { id: 999_999 }, ''],
    ['a null list', { segments: null }, ''],
    ['all with segments', { segment_exposure: 'all', segments: [{ id: 1 }] }, ''],
    ['an exposure that is none', { segment_exposure: 'some' }, ''],
    ['export_allowed that is no boolean', { export_allowed: 'yes', segments: [] }, ''],
    ['an unreadable append', { segments: [] }, '&append=maybe'],
    ['what a later version does', { segments: [] }, '&grace_until=2026-02-01+00:00:00'],
    ['and in the object', { segments: [], impact: true }, ''],
  ])('%s', async (_what, change, query) => {
    const answer = await put(change, query);
    expect([answer.status, answer.at('error_id'), await listed()]).toEqual([400, 'SYNTAX', [a, b]]);
  });
  it('several: in the body, in the address, or none in it', async () => {
    const one = { member_data_sharing: { segments: [] } };
    const plural = await platform.call(`PUT /member-data-sharing?id=${record}`, { json: { member_data_sharings: [{ segments: [] }] } });
    expect(String(plural.at('error'))).toMatch(/cannot update multiple/i);
    for (const path of ['/member-data-sharing', `/member-data-sharing?id=${record},${record + 1}`, '/member-data-sharing?id=x'])
      expect((await platform.call(`PUT ${path as '/x'}`, { json: one })).status).toBe(400);
    expect(await listed()).toEqual([a, b]);
  });
  it('to a list without one', async () => {
    await put({ segment_exposure: 'all' });
    expect((await put({ segment_exposure: 'list' })).at('error_id')).toBe('SYNTAX');
  });
});

describe('403 UNAUTH', () => {
  it('another data member, and a viewer', async () => {
    expect((await put({}, `&data_member_id=${members.stranger}`)).at('error_id')).toBe('UNAUTH');
    expect((await put({}, '', { as: 'viewer' })).at('error_id')).toBe('UNAUTH');
  });
});

describe('404', () => {
  it.each(['stranger', 'buyer'] as const)('the %s', async (as) => expect((await put({}, '', { as })).at('error_code')).toBe('NOT_FOUND'));
  it('not the member’s whom the administrator names', async () => {
    expect((await put({}, `&data_member_id=${members.stranger}`, { as: 'admin' })).status).toBe(404);
  });
});

describe('409 INTEGRITY, and nothing is changed', () => {
  it.each<[string, () => object, string]>([
    ['an advertiser’s segment', () => ({ segments: segments(a, tied) }), ''],
    ['an advertiser’s segment, added', () => ({ segments: segments(tied) }), '&append=true'],
    ['a segment that does not exist', () => ({ segments: segments(999_999) }), ''],
    ['another data member', () => ({ data_member_id: members.stranger }), ''],
    ['another buyer', () => ({ buyer_member_id: members.bidder }), ''],
  ])('%s', async (_what, change, query) => {
    expect((await put(change(), query)).at('error_id')).toBe('INTEGRITY');
    expect(await listed()).toEqual([a, b]);
  });
  it('segments without exposure on a record that shares all', async () => {
    await put({ segment_exposure: 'all' });
    for (const change of [{ segments: segments(a) }, { segments: [] }]) expect((await put(change)).at('error_id')).toBe('INTEGRITY');
  });
});

it('a segment that is deleted while it is added ends on no list', async () => {
  const gone = Number((await platform.call('POST /segment', { json: { segment: {} } })).at('id'));
  const [added, deleted] = await Promise.all([put({ segments: segments(gone) }, '&append=1'), platform.call(`DELETE /segment?id=${gone}`)]);
  expect([200, 409]).toContain(added.status);
  expect(deleted.status).toBe(200);
  expect(await listed()).toEqual([a, b]);
});
