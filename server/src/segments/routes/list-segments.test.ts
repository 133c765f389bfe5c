import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { members, startPlatform, type PlatformAnswer, type PlatformServer } from '../../../test/platform-server.ts';

let platform: PlatformServer;
const ids: Record<string, number> = {};

beforeAll(async () => {
  platform = await startPlatform();
  const make = async (name: string, segment: object, query = ''): Promise<void> => {
    const answer = await platform.call(`POST /segment${query}`, {
      as: 'admin',
      json: { segment: { short_name: name, member_id: members.provider, ...segment } },
    });
    ids[name] = Number(answer.at('id'));
  };
  await make('Éclair', { code: 'Abc', expire_minutes: 30, querystring_mapping: { param: 'p', value_type: 'text', values: ['x', 'y'] } });
  await make('straße 100%', { code: 'two', expire_minutes: 60, state: 'inactive' });
  await make('under_score', { code: null });
  await make('tied', { advertiser_id: 201 });
  await make('foreign', { member_id: members.stranger, code: 'Abc' });
  await make('buyers own', { member_id: members.buyer, code: 'abc' });
  const record = {
    buyer_member_id: members.buyer,
    segment_exposure: 'list',
    segments: [{ id: ids['Éclair'] }, { id: ids['straße 100%'] }],
  };
  await platform.call('POST /member-data-sharing', { json: { member_data_sharing: record } });
});
afterAll(() => platform.stop());

const get = (path: string, as: 'provider' | 'buyer' | 'admin' | 'stranger' | 'viewer' = 'provider') =>
  platform.call(`GET /segment${path}`, { as });
const names = (answer: PlatformAnswer): unknown[] =>
  (answer.at('segments') as { short_name: string }[]).map((segment) => segment.short_name);

describe('200', () => {
  it('lists the own segments by id, with the envelope of a list', async () => {
    const answer = await get('');
    expect(names(answer)).toEqual(['Éclair', 'straße 100%', 'under_score', 'tied']);
    expect([answer.at('count'), answer.at('start_element'), answer.at('num_elements')]).toEqual([4, 0, 100]);
    expect(answer.at('dbg_info.output_term')).toBe('segments');
    expect(answer.at('segments.0.price')).toBe('0');
  });
  it('lists shared ones to the buyer, with their provider, and leaves them out on demand', async () => {
    expect(names(await get('', 'buyer'))).toEqual(['Éclair', 'straße 100%', 'buyers own']);
    expect((await get(`?id=${ids['Éclair']}`, 'buyer')).at('segment')).toMatchObject({
      member_id: members.provider,
      provider_id: members.provider,
      provider: 'Member provider',
    });
    for (const off of ['0', 'false', 'False']) expect(names(await get(`?include_shared=${off}`, 'buyer'))).toEqual(['buyers own']);
  });
  it('answers one id or code under both keys', async () => {
    for (const path of [
      `?id=${ids['Éclair']}`,
      `/${ids['Éclair']}`,
      '?code=ABC',
      `/${members.provider}/${ids['Éclair']}`,
      `/${members.provider}?id=${ids['Éclair']}`,
    ]) {
      const answer = await get(path);
      expect(answer.at('segment.short_name')).toBe('Éclair');
      expect(answer.at('segments')).toEqual([answer.at('segment')]);
      expect(answer.at('count')).toBe(1);
    }
  });
  it('means the own segment by a code that a shared one has too', async () => {
    expect((await get('?code=abc', 'buyer')).at('segment.short_name')).toBe('buyers own');
    expect(names(await get(`?code=abc&member_id=${members.provider}`, 'buyer'))).toEqual(['Éclair']);
    expect(names(await get('?code=abc,two', 'buyer'))).toEqual(['Éclair', 'straße 100%', 'buyers own']);
  });
  it('is not misled by pages where one is asked for', async () => {
    for (const page of ['num_elements=0', 'start_element=5'])
      expect((await get(`?id=${ids['Éclair']}&${page}`)).at('segment.code')).toBe('Abc');
  });
  it('answers several ids or a filter with what was found', async () => {
    expect(names(await get(`?id=${ids['tied']},999999`))).toEqual(['tied']);
    const filtered = await get(`?id=${ids['Éclair']}&state=inactive`);
    expect([filtered.status, filtered.at('count'), filtered.at('segments'), filtered.at('segment')]).toEqual([200, 0, [], undefined]);
    expect(names(await get(`?id=${ids['Éclair']}&member_id=${members.provider}`))).toEqual(['Éclair']);
    expect((await get('?id=999998,999999')).at('segments')).toEqual([]);
  });
  it('takes the own member’s number in the path for the member', async () => {
    expect(names(await get(`/${members.provider}`))).toHaveLength(4);
    expect(names(await get(`/${members.buyer}`, 'buyer'))).toEqual(['buyers own']);
    expect((await get(`/${members.buyer}/`, 'buyer')).at('count')).toBe(1);
  });
  it('takes member_id for a plain filter', async () => {
    expect((await get(`?member_id=${members.stranger}`)).at('count')).toBe(0);
    expect(names(await get(`?member_id=${members.provider}`, 'buyer'))).toEqual(['Éclair', 'straße 100%']);
    expect(names(await get(`?member_id=${members.stranger}`, 'admin'))).toEqual(['foreign']);
  });
  it.each([
    ['?like_short_name=%C3%89CLAIR', ['Éclair']],
    ['?like_short_name=STRASSE', ['straße 100%']],
    ['?like_short_name=%25', ['straße 100%']],
    ['?like_short_name=_', ['under_score']],
    ['?search=tWo', ['straße 100%']],
    ['?expire_minutes=30,60&sort=expire_minutes.desc', ['straße 100%', 'Éclair']],
    ['?nmax_expire_minutes=30', ['Éclair', 'under_score', 'tied']],
    ['?not_advertiser_id=201', ['Éclair', 'straße 100%', 'under_score']],
    ['?sort=code.desc,id', ['straße 100%', 'Éclair', 'under_score', 'tied']],
    ['?max_last_modified=2026-01-15+12:00:00', ['Éclair', 'straße 100%', 'under_score', 'tied']],
    ['?max_last_modified=2026-01-15%2011:59:59', []],
    ['?last_modified=2026-01-15+12:00:00&state=inactive', ['straße 100%']],
    ['?start_element=100', []],
  ])('%s', async (query, expected) => expect(names(await get(query))).toEqual(expected));
  it('shows only the fields that are asked for', async () => {
    expect((await get('?fields=id,code&state=inactive')).at('segments')).toEqual([{ id: ids['straße 100%'], code: 'two' }]);
  });
  it('numbers the values of a mapping on demand', async () => {
    const path = `?id=${ids['Éclair']}`;
    expect((await get(path)).at('segment.querystring_mapping.values')).toEqual(['x', 'y']);
    expect((await get(`${path}&show_querystring_ids=true`)).at('segment.querystring_mapping.values')).toEqual([
      { id: 1, value: 'x' },
      { id: 2, value: 'y' },
    ]);
  });
  it('echoes at most 100 elements a page', async () => expect((await get('?num_elements=500')).at('num_elements')).toBe(100));
  it('is read by viewers', async () => expect((await get('', 'viewer')).at('count')).toBe(4));
  it('names unknown parameters', async () =>
    expect((await get('?colour=red')).warnings).toEqual(['The parameter colour is unknown and was ignored']));
  it.each(['/current/segment', '/v1.17/segment/', '/segment/'])('%s is the same service', async (path) => {
    expect((await platform.call(`GET ${path as '/x'}`)).at('count')).toBe(4);
  });
  it('describes its fields', async () => {
    const fields = (await get('/meta')).at('fields') as object[];
    expect(fields).toContainEqual({ name: 'code', type: 'string', sort_by: true, filter_by: true });
    expect(fields).toContainEqual({ name: 'querystring_mapping', type: 'string', sort_by: false, filter_by: false });
  });
});

describe('400 SYNTAX', () => {
  it.each([
    '/abc',
    `/${10}/abc`,
    '?id=',
    '?id=x',
    '?id=1,',
    '?start_element=-1',
    '?num_elements=x',
    '?sort=nosuch',
    '?sort=id.up',
    '?expire_minutes=x',
    '?min_last_modified=now',
    '/1?id=2',
  ])('%s', async (path) => {
    const answer = await get(path);
    expect([answer.status, answer.at('error_id')]).toEqual([400, 'SYNTAX']);
  });
});

describe('403 UNAUTH', () => {
  it('another member in the path', async () => expect((await get(`/${members.stranger}/${ids['foreign']}`)).at('error_id')).toBe('UNAUTH'));
});

describe('404', () => {
  it.each([
    ['an id that is none', '?id=999999'],
    ['a code that is none', '?code=nosuch'],
    ['an empty code', '?code='],
  ])('%s', async (_what, path) => expect((await get(path)).at('error_code')).toBe('NOT_FOUND'));
  it('a segment that is not shared', async () => {
    expect((await get(`?id=${ids['foreign']}`)).status).toBe(404);
    expect((await get(`?id=${ids['under_score']}`, 'buyer')).status).toBe(404);
  });
  it('a shared segment on the path of the own member', async () => {
    expect((await get(`/${members.buyer}/${ids['Éclair']}`, 'buyer')).at('segments')).toBeUndefined();
  });
});
