import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { members, startPlatform, type AccountName, type PlatformServer } from '../../../test/platform-server.ts';

let platform: PlatformServer;
let id = 0;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const post = (record: object, as: AccountName = 'idleBuyer', query = '') =>
  platform.call(`POST /data-buyer-provider${query}`, {
    as,
    json: { 'data-buyer-provider': { data_provider_member_id: members.provider, ...record } },
  });
const put = (json: object, as: AccountName = 'idleBuyer', query = `?id=${id}`) =>
  platform.call(`PUT /data-buyer-provider${query as ''}`, { as, json: { data_buyer_provider: json } });
const get = (query: string, as: AccountName = 'idleBuyer') => platform.call(`GET /data-buyer-provider${query}`, { as });

describe('enableDataProvider', () => {
  it('200: makes a record, and answers the same one again', async () => {
    const answer = await post({ active: true });
    id = Number(answer.at('id'));
    expect(answer.at('data_buyer_provider')).toEqual({
      id,
      active: true,
      buyer_member_id: members.idleBuyer,
      data_provider_member_id: members.provider,
      data_revshare_pct: 0,
      data_cost_type: 'cpm',
      last_modified: '2026-01-15 12:00:00',
    });
    const last = (await platform.audit()).at(-1)?.id ?? 0;
    expect((await post({})).at('id')).toBe(id);
    expect(await platform.audit(last)).toEqual([]);
  });
  it('200: two calls at once make one record', async () => {
    const both = await Promise.all([
      post({ data_provider_member_id: members.stranger }),
      post({ data_provider_member_id: members.stranger }),
    ]);
    expect(both[0]?.at('id')).toBe(both[1]?.at('id'));
  });
  it('200: by an administrator, who names the buyer', async () => {
    expect((await post({}, 'admin', `?member_id=${members.idleBuyer}`)).at('id')).toBe(id);
    expect((await post({}, 'admin')).at('error_id')).toBe('SYNTAX');
    expect((await post({}, 'admin', '?member_id=99999')).status).toBe(404);
  });
  it.each([{ data_provider_member_id: undefined }, { data_provider_member_id: 'x' }, { active: 1 }])('400 SYNTAX: %o', async (record) => {
    expect((await post(record)).at('error_id')).toBe('SYNTAX');
  });
  it('403 UNAUTH: a provider, another buyer', async () => {
    expect((await post({}, 'stranger')).at('error_id')).toBe('UNAUTH');
    expect((await post({}, 'idleBuyer', `?member_id=${members.buyer}`)).at('error_id')).toBe('UNAUTH');
  });
  it.each([members.buyer, members.platform, 99_999])('409 INTEGRITY: member %i is no provider', async (provider) => {
    expect((await post({ data_provider_member_id: provider })).at('error_id')).toBe('INTEGRITY');
  });
});

describe('updateDataBuyerProvider', () => {
  it('200: switches, keeps what is not sent, and names what cannot change', async () => {
    expect((await put({ active: false })).at('data_buyer_provider.active')).toBe(false);
    expect((await put({})).at('data_buyer_provider.active')).toBe(false);
    expect(
      (await put({ active: true, data_provider_member_id: members.stranger }, 'admin')).at('data_buyer_provider.data_provider_member_id'),
    ).toBe(members.provider);
  });
  it('400 SYNTAX: without an id', async () => expect((await put({ active: true }, 'idleBuyer', '')).at('error_id')).toBe('SYNTAX'));
  it('403 UNAUTH: the provider', async () => expect((await put({ active: true }, 'provider')).at('error_id')).toBe('UNAUTH'));
  it('404: who is on neither side', async () => {
    for (const as of ['buyer', 'stranger'] as const) expect((await put({ active: true }, as)).at('error_code')).toBe('NOT_FOUND');
  });
});

describe('listDataBuyerProviders', () => {
  it('200: both sides see it', async () => {
    expect((await get(`?data_provider_member_id=${members.provider}`)).at('data_buyer_providers.0.id')).toBe(id);
    const seen = (await get(`?member_id=${members.provider}&buyer_member_id=${members.idleBuyer}`, 'provider')).at('data_buyer_providers');
    expect(seen).toMatchObject([{ id }]);
    expect((await get(`/${id}`, 'provider')).at('data_buyer_provider.id')).toBe(id);
    expect((await get('?data_cost_type=cpm&data_revshare_pct=0')).at('count')).toBe(2);
  });
  it('403 UNAUTH: another member named', async () => expect((await get(`?member_id=${members.buyer}`)).at('error_id')).toBe('UNAUTH'));
  it('404: another’s', async () => expect((await get(`?id=${id}`, 'buyer')).at('error_code')).toBe('NOT_FOUND'));
});

it('disabled, nothing is available and no record is made; enabled, all is as before', async () => {
  const segment = Number((await platform.call('POST /segment', { json: { segment: {} } })).at('id'));
  const share = () =>
    platform.call('POST /member-data-sharing', {
      json: { member_data_sharing: { buyer_member_id: members.idleBuyer, segment_exposure: 'all' } },
    });
  await put({ active: false });
  expect((await share()).at('error_id')).toBe('INTEGRITY');
  await put({ active: true });
  expect((await share()).status).toBe(200);
  const seen = async () => (await platform.call(`GET /segment?id=${segment}`, { as: 'idleBuyer' })).status;
  expect(await seen()).toBe(200);
  await put({ active: false });
  expect(await seen()).toBe(404);
});
