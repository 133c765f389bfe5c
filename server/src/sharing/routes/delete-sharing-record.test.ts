import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { members, startPlatform, type AccountName, type PlatformServer } from '../../../test/platform-server.ts';

let platform: PlatformServer;
let [toBuyer, toBidder] = [0, 0];
beforeAll(async () => {
  platform = await startPlatform();
  await platform.call('POST /segment', { json: { segment: {} } });
});
afterAll(() => platform.stop());
beforeEach(async () => {
  const post = async (buyer: number) => {
    await platform.call('POST /member-data-sharing', {
      json: { member_data_sharing: { buyer_member_id: buyer, segment_exposure: 'all' } },
    });
    return Number((await platform.call(`GET /member-data-sharing?buyer_member_id=${buyer}`)).at('member_data_sharings.0.id'));
  };
  [toBuyer, toBidder] = [await post(members.buyer), await post(members.bidder)];
});

const remove = (query: string, as: AccountName = 'provider') => platform.call(`DELETE /member-data-sharing${query}`, { as });
const count = async (): Promise<unknown> => (await platform.call('GET /member-data-sharing')).at('count');

describe('200', () => {
  it('ends what the buyer sees', async () => {
    expect((await platform.call('GET /segment', { as: 'buyer' })).at('count')).toBe(1);
    const answer = await remove(`?id=${toBuyer}`);
    expect([answer.status, answer.at('status'), answer.at('count')]).toEqual([200, 'OK', 1]);
    expect((await platform.call('GET /segment', { as: 'buyer' })).at('count')).toBe(0);
  });
  it('deletes a list, by path too', async () => {
    expect((await remove(`/${toBuyer},${toBidder}`)).at('count')).toBe(2);
    expect(await count()).toBe(0);
  });
  it('by an administrator, and with the own member named', async () => {
    expect((await remove(`?id=${toBuyer}&data_member_id=${members.provider}`)).warnings).toEqual([]);
    expect((await remove(`?id=${toBidder}&data_member_id=${members.provider}`, 'admin')).status).toBe(200);
  });
  it('makes room for a new record', async () => {
    await remove(`?id=${toBuyer}`);
    const json = { member_data_sharing: { buyer_member_id: members.buyer, segment_exposure: 'all' } };
    expect((await platform.call('POST /member-data-sharing', { json })).status).toBe(200);
  });
});

it.each(['', '?id=', '?id=x', '?id=1&impact=1'])('400 SYNTAX: %s', async (query) =>
  expect((await remove(query)).at('error_id')).toBe('SYNTAX'),
);

it('403 UNAUTH: another data member, a viewer', async () => {
  expect((await remove(`?id=${toBuyer}&data_member_id=${members.stranger}`)).at('error_id')).toBe('UNAUTH');
  expect((await remove(`?id=${toBuyer}`, 'viewer')).at('error_id')).toBe('UNAUTH');
});

it('404, and none is deleted: one unknown in a list, another’s record', async () => {
  expect((await remove(`?id=${toBuyer},999999`)).at('error_code')).toBe('NOT_FOUND');
  for (const as of ['buyer', 'stranger'] as const) expect((await remove(`?id=${toBuyer}`, as)).status).toBe(404);
  expect(await count()).toBe(2);
});
