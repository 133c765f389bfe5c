import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advertisers, members, startPlatform, type PlatformCall, type PlatformServer } from '../../../test/platform-server.ts';

let platform: PlatformServer;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const post = (segment: object, query = '', options: PlatformCall = {}) =>
  platform.call(`POST /segment${query}`, { json: { segment }, ...options });
const postAll = (segments: readonly object[]) => platform.call('POST /segment', { json: { segments } });
const countOf = async (): Promise<unknown> => (await platform.call('GET /segment?num_elements=0')).at('count');

describe('200', () => {
  it('makes a segment of the caller from nothing, with its defaults', async () => {
    const answer = await post({});
    expect(answer.status).toBe(200);
    expect(answer.at('status')).toBe('OK');
    expect(answer.at('id')).toEqual(expect.any(Number));
    expect([answer.at('count'), answer.at('start_element'), answer.at('num_elements')]).toEqual([1, 0, 100]);
    expect(answer.at('dbg_info')).toEqual({ warnings: [], version: expect.any(String), output_term: 'segment' });
    expect(answer.at('segment')).toEqual({
      id: answer.at('id'),
      code: null,
      short_name: null,
      description: null,
      state: 'active',
      member_id: members.provider,
      advertiser_id: null,
      expire_minutes: null,
      enable_rm_piggyback: true,
      max_usersync_pixels: 0,
      piggyback_pixels: null,
      client_side: true,
      parent_segment_id: null,
      querystring_mapping: null,
      querystring_mapping_key_value: null,
      taxonomy_id: null,
      provider_id: null,
      provider: null,
      category: null,
      price: 0,
      object_type: 'default',
      last_modified: '2026-01-15 12:00:00',
    });
  });
  it('gives ascending ids', async () => {
    const [one, two] = [await post({}), await post({})];
    expect(Number(two.at('id'))).toBeGreaterThan(Number(one.at('id')));
  });
  it('reads the body whatever its content type', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'nonsense'])
      expect((await platform.call('POST /segment', { body: '{"segment":{}}', headers: { 'content-type': type } })).status).toBe(200);
  });
  it('answers several as an object by id, and ids as arrays', async () => {
    const answer = await postAll([{ short_name: 'one' }, { short_name: 'two' }]);
    const ids = answer.at('ids') as number[];
    expect(answer.at('id')).toEqual(ids);
    expect(answer.at('count')).toBe(2);
    expect(Object.keys(answer.at('segments') as object)).toEqual(ids.map(String));
    expect(answer.at(`segments.${ids[1]}.short_name`)).toBe('two');
    expect(answer.at('segment')).toBeUndefined();
  });
  it('keeps every field as it is sent, and PUT with what GET answers changes nothing', async () => {
    const parent = await post({});
    const fields = {
      code: 'Every',
      short_name: 'Parent > Child (Provider)',
      description: 'All fields, "quoted" too',
      state: 'inactive',
      expire_minutes: 999_999_999,
      enable_rm_piggyback: false,
      max_usersync_pixels: 3,
      piggyback_pixels: [
        { url: 'HTTPS://a.example/x.js?u=${UID}', pixel_type: 'js' },
        { url: 'http://b.example', pixel_type: 'js' },
      ],
      client_side: false,
      parent_segment_id: parent.at('id'),
      querystring_mapping: {
        param: 'q',
        value_type: 'text',
        values: ['b', 'a'],
        allow_empty_text: true,
        publishers: [{ id: 7 }],
        sites: [{ id: 9 }, { id: 8 }],
        placements: null,
      },
      taxonomy_id: '243',
    };
    const id = (await post(fields)).at('id');
    const read = (await platform.call(`GET /segment?id=${String(id)}`)).at('segment') as Record<string, unknown>;
    expect(read).toMatchObject({ ...fields, querystring_mapping_key_value: null, object_type: 'default', category: null });
    const before = (await platform.audit()).at(-1)?.id ?? 0;
    const again = await platform.call(`PUT /segment?id=${String(id)}`, { json: { segment: read } });
    expect([again.status, await platform.audit(before)]).toEqual([200, []]);
  });
  it('takes a key-value mapping whose value is empty or null', async () => {
    for (const value of ['', null]) {
      const mapping = { qs_key: 'k', qs_value: value };
      expect((await post({ querystring_mapping_key_value: mapping })).at('segment.querystring_mapping_key_value')).toEqual(mapping);
    }
  });
  it('takes a taxonomy id as a number, and null for no sync pixels', async () => {
    expect((await post({ taxonomy_id: 243, max_usersync_pixels: null })).at('segment')).toMatchObject({
      taxonomy_id: '243',
      max_usersync_pixels: 0,
    });
  });
  it('answers several that are one as several', async () => {
    expect((await postAll([{}])).at('ids')).toEqual([expect.any(Number)]);
  });
  it('names what it passes over', async () => {
    const answer = await post({ id: 5, category: 'x', colour: 'red' }, '?colour=red');
    expect(answer.warnings).toEqual([
      'segment.id is read-only and was ignored',
      'segment.category is read-only and was ignored',
      'segment.colour is unknown and was ignored',
      'The parameter colour is unknown and was ignored',
    ]);
  });
  it('takes the member from the path, else the query, else the body, and passes over a body that loses', async () => {
    for (const path of [`/${members.provider}`, `?member_id=${members.provider}`])
      expect((await post({ member_id: members.stranger }, path)).at('segment.member_id')).toBe(members.provider);
    expect((await post({ member_id: String(members.provider) })).at('segment.member_id')).toBe(members.provider);
    expect((await post({ member_id: members.buyer }, '', { as: 'admin' })).at('segment.member_id')).toBe(members.buyer);
    expect((await post({}, `/${members.buyer}`, { as: 'admin' })).at('segment.member_id')).toBe(members.buyer);
  });
  it('takes the advertiser from the query by id or by code, whose case does not matter', async () => {
    expect((await post({}, `?advertiser_id=${advertisers.provider}`)).at('segment.advertiser_id')).toBe(advertisers.provider);
    expect((await post({}, '?advertiser_code=ADV')).at('segment.advertiser_id')).toBe(advertisers.provider);
  });
  it('counts characters, not bytes or halves', async () => {
    const answer = await post({ code: '𝒳'.repeat(50), short_name: 'é'.repeat(255), description: '😀'.repeat(500) });
    expect(answer.at('segment.code')).toBe('𝒳'.repeat(50));
  });
  it('writes one event for each segment', async () => {
    const last = (await platform.audit()).at(-1)?.id ?? 0;
    await postAll([{ short_name: 'a' }, { short_name: 'b' }]);
    const events = await platform.audit(last);
    expect(events.map(({ operation, object_type: type, member_id: member, username }) => [operation, type, member, username])).toEqual([
      ['createSegment', 'segment', members.provider, 'provider'],
      ['createSegment', 'segment', members.provider, 'provider'],
    ]);
    expect(events[0]?.before).toBeNull();
  });
});

describe('400 SYNTAX', () => {
  it.each([
    [{ code: 'x'.repeat(51) }, 'segment.code must not be longer than 50'],
    [{ short_name: 'x'.repeat(256) }, 'short_name'],
    [{ description: 'x'.repeat(501) }, 'description'],
    [{ description: "it's" }, 'apostrophe'],
    [{ description: 'a\\b' }, 'backslash'],
    [{ state: 'gone' }, 'state'],
    [{ expire_minutes: -1 }, 'expire_minutes'],
    [{ expire_minutes: 1.5 }, 'expire_minutes'],
    [{ expire_minutes: '1.0' }, 'expire_minutes'],
    [{ expire_minutes: true }, 'expire_minutes'],
    [{ client_side: 'false' }, 'client_side'],
    [{ max_usersync_pixels: -1 }, 'max_usersync_pixels'],
    [{ piggyback_pixels: [{ url: 'ftp://x', pixel_type: 'js' }] }, 'piggyback_pixels[0].url'],
    [{ piggyback_pixels: [{ url: 'https://', pixel_type: 'js' }] }, 'piggyback_pixels[0].url'],
    [{ piggyback_pixels: [{ url: 'https://x.example/a b', pixel_type: 'js' }] }, 'piggyback_pixels[0].url'],
    [{ piggyback_pixels: [{ url: 'https://x' }] }, 'piggyback_pixels[0].pixel_type is required'],
    [{ querystring_mapping: { value_type: 'text' } }, 'param is required'],
    [{ querystring_mapping_key_value: { qs_key: 'k' } }, 'qs_value is required'],
    [{ querystring_mapping_key_value: { qs_value: 'k' } }, 'qs_key is required'],
    [{ taxonomy_id: 'no' }, 'taxonomy_id'],
  ])('%o', async (segment, fault) => {
    const answer = await post(segment);
    expect(answer.status).toBe(400);
    expect(answer.at('error_id')).toBe('SYNTAX');
    expect(answer.at('error')).toContain(fault);
  });
  it.each(['', '{', '[]', '{}', '{"segment":[]}', '{"segments":{}}', '{"segments":[]}', '{"segment":{},"segments":[{}]}'])(
    'the body %s',
    async (body) => {
      expect((await platform.call('POST /segment', { body })).at('error_id')).toBe('SYNTAX');
    },
  );
  it.each(['/abc', '?member_id=abc', '?member_id=1,2', '?advertiser_id=x', '/1,2'])('the address %s', async (address) => {
    expect((await post({}, address)).status).toBe(400);
  });
});

describe('403 UNAUTH', () => {
  it.each([
    ['the path names another member', {}, `/${members.stranger}`, {}],
    ['the query does', {}, `?member_id=${members.stranger}`, {}],
    ['the body does', { member_id: members.stranger }, '', {}],
    ['a viewer', {}, '', { as: 'viewer' as const }],
  ])('%s', async (_what, segment, query, options) => expect((await post(segment, query, options)).at('error_id')).toBe('UNAUTH'));
});

describe('404', () => {
  it('an administrator names a member that does not exist', async () => {
    expect((await post({}, '?member_id=99999', { as: 'admin' })).at('error_code')).toBe('NOT_FOUND');
  });
});

describe('409 INTEGRITY, and nothing is made', () => {
  it('a code of the member, whatever its case', async () => {
    await post({ code: 'Straße' });
    expect((await post({ code: 'STRASSE' })).at('error_id')).toBe('INTEGRITY');
    expect((await post({ code: 'Straße' }, `?member_id=${members.stranger}`, { as: 'admin' })).status).toBe(200);
  });
  it('a code twice in one call, of which none is made', async () => {
    const before = await countOf();
    const last = (await platform.audit()).at(-1)?.id ?? 0;
    expect((await postAll([{ code: 'twice' }, { code: 'TWICE' }])).status).toBe(409);
    expect([await countOf(), await platform.audit(last)]).toEqual([before, []]);
  });
  it.each([
    ['another’s advertiser', { advertiser_id: advertisers.stranger }, ''],
    ['another’s advertiser in the query', {}, `?advertiser_id=${advertisers.stranger}`],
    ['an advertiser that does not exist', {}, '?advertiser_code=nosuch'],
    ['a parent that does not exist', { parent_segment_id: 999_999 }, ''],
  ])('%s', async (_what, segment, query) => expect((await post(segment, query)).at('error_id')).toBe('INTEGRITY'));
  it('a parent that has a parent', async () => {
    const top = await post({});
    const child = await post({ parent_segment_id: top.at('id') });
    expect(child.status).toBe(200);
    expect((await post({ parent_segment_id: child.at('id') })).at('error_id')).toBe('INTEGRITY');
  });
  it('the same code from two calls at once: one of them', async () => {
    const both = await Promise.all([post({ code: 'race' }), post({ code: 'RACE' })]);
    expect(both.map((answer) => answer.status).toSorted()).toEqual([200, 409]);
  });
});

it('LIMIT for more objects than a call takes', async () => {
  expect((await postAll(Array.from({ length: 10_001 }, () => ({})))).at('error_id')).toBe('LIMIT');
});

it('a new segment takes users at once', async () => {
  const id = (await post({})).at('id');
  const added = await platform.call('POST /rt-segment', {
    json: { rt_segment: [{ user_id: '77', seg_block: [{ seg_id: id, value: 1, expiration: 0 }] }] },
  });
  expect(added.status).toBe(200);
  expect((await platform.call('GET /user-segments?uid=77')).at('memberships.0.segment_id')).toBe(id);
});

describe('409 LIMIT', () => {
  const limitTo = (limit: number | null) =>
    platform.call(`PUT /member?id=${members.provider}`, { as: 'admin', json: { member: { segment_limit: limit } } });

  it('beyond the segment limit of the member, all or nothing, and a deleted one makes room', async () => {
    const count = Number(await countOf());
    await limitTo(count + 2);
    expect((await postAll([{}, {}, {}])).at('error_id')).toBe('LIMIT');
    expect(await countOf()).toBe(count);
    const made = await postAll([{}, {}]);
    expect(made.status).toBe(200);
    expect((await post({})).at('error_id')).toBe('LIMIT');
    await platform.call(`DELETE /segment?id=${(made.at('ids') as number[])[0]}`);
    expect((await post({})).status).toBe(200);
    await limitTo(0);
    expect((await post({})).status).toBe(200);
  });

  it('tells the member of each step that it reaches, once, and of none in a refused call', async () => {
    const count = Number(await countOf());
    const limit = Math.floor((count + 1) / 0.85);
    await limitTo(limit);
    const told = async (): Promise<unknown> =>
      ((await platform.call('GET /notice?kind=limit&sort=id')).at('notices') as { details: { maximum: number; percent: number } }[])
        .filter(({ details }) => details.maximum === limit)
        .map(({ details }) => details.percent);
    await post({});
    expect(await told()).toEqual([85]);
    await postAll(Array.from({ length: limit - count - 1 }, () => ({})));
    await post({});
    expect(await told()).toEqual([85, 100]);
  });

  it('holds for calls that come at once: as many as have room pass', async () => {
    await limitTo(Number(await countOf()) + 3);
    const statuses = (await Promise.all(Array.from({ length: 8 }, () => post({})))).map((answer) => answer.status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(3);
    await limitTo(null);
  });
});
