import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { members, startPlatform, type AccountName, type PlatformServer } from '../../../test/platform-server.ts';

let platform: PlatformServer;
let [toBuyer, toBidder] = [0, 0];
beforeAll(async () => {
  platform = await startPlatform();
  const post = async (buyer: number) =>
    Number(
      (
        await platform.call('POST /member-data-sharing', {
          json: { member_data_sharing: { buyer_member_id: buyer, segment_exposure: 'all' } },
        })
      ).at('id'),
    );
  [toBuyer, toBidder] = [await post(members.buyer), await post(members.bidder)];
});
afterAll(() => platform.stop());

const get = (query: string, as: AccountName = 'provider') => platform.call(`GET /member-data-sharing${query}`, { as });
const idsOf = async (query: string, as: AccountName = 'provider'): Promise<number[]> =>
  ((await get(query, as)).at('member_data_sharings') as { id: number }[]).map(({ id }) => id);

describe('200', () => {
  it('lists the own records with null page numbers', async () => {
    const answer = await get('');
    expect([answer.at('count'), answer.at('start_element'), answer.at('num_elements')]).toEqual([2, null, null]);
    expect(answer.at('dbg')).toEqual(answer.at('dbg_info'));
    expect(answer.at('dbg.output_term')).toBe('member_data_sharings');
    expect(await idsOf('')).toEqual([toBuyer, toBidder]);
  });
  it('pages where pages are asked for', async () => {
    const answer = await get('?start_element=1');
    expect([answer.at('count'), answer.at('start_element'), answer.at('num_elements')]).toEqual([2, 1, 100]);
    expect((await get('?num_elements=500')).at('num_elements')).toBe(100);
    expect(await idsOf('?num_elements=1')).toEqual([toBuyer]);
  });
  it('answers a pair as an array of one', async () => {
    expect(await idsOf(`?data_member_id=${members.provider}&buyer_member_id=${members.bidder}`)).toEqual([toBidder]);
    expect(await idsOf(`?buyer_member_id=${members.idleBuyer}`)).toEqual([]);
  });
  it('answers one id as an object, by query and path, on both addresses', async () => {
    for (const path of [`/member-data-sharing?id=${toBuyer}`, `/member-data-sharings/${toBuyer}`, `/member-data-sharing/${toBuyer}/`]) {
      const answer = await platform.call(`GET ${path as '/x'}`);
      expect(answer.at('member_data_sharing')).toMatchObject({ id: toBuyer, buyer_member_id: members.buyer });
      expect([answer.at('count'), answer.at('member_data_sharings')]).toEqual([1, undefined]);
    }
    expect((await get(`?id=${toBuyer}&data_member_id=${members.provider}`)).at('member_data_sharing.id')).toBe(toBuyer);
  });
  it('answers several ids with what was found', async () => expect(await idsOf(`?id=${toBidder},999999`)).toEqual([toBidder]));
  it('shows records to their data member alone', async () => {
    for (const as of ['buyer', 'stranger'] as const) expect(await idsOf('', as)).toEqual([]);
    expect(await idsOf('', 'viewer')).toEqual([toBuyer, toBidder]);
  });
  it('shows an administrator all, or one member’s', async () => {
    expect(await idsOf('', 'admin')).toEqual([toBuyer, toBidder]);
    expect(await idsOf(`?data_member_id=${members.stranger}`, 'admin')).toEqual([]);
  });
  it('describes its fields on both addresses', async () => {
    for (const path of ['/member-data-sharing/meta', '/member-data-sharings/meta'])
      expect((await platform.call(`GET ${path as '/x'}`)).at('fields')).toContainEqual({
        name: 'segment_exposure',
        type: 'enum',
        sort_by: true,
        filter_by: true,
      });
  });
});

describe('400 SYNTAX', () => {
  it.each(['/abc', '?id=x', '?buyer_member_id=x', '?sort=segments'])('%s', async (query) =>
    expect((await get(query)).at('error_id')).toBe('SYNTAX'),
  );
});
describe('403 UNAUTH', () => {
  it('another data member', async () => expect((await get(`?data_member_id=${members.stranger}`)).at('error_id')).toBe('UNAUTH'));
});
describe('404', () => {
  it.each(['buyer', 'stranger'] as const)('a record that is not the %s’s', async (as) =>
    expect((await get(`?id=${toBuyer}`, as)).at('error_code')).toBe('NOT_FOUND'),
  );
  it('a record that does not exist', async () => expect((await get('?id=999999')).status).toBe(404));
});
