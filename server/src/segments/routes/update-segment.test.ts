import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { advertisers, members, startPlatform, type PlatformCall, type PlatformServer } from '../../../test/platform-server.ts';

let platform: PlatformServer;
let id = 0;
let number = 0;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const make = async (segment: object = {}, options: PlatformCall = {}): Promise<number> =>
  Number((await platform.call('POST /segment', { json: { segment }, ...options })).at('id'));
beforeEach(async () => {
  id = await make({ code: `c${++number}`, short_name: 'before', expire_minutes: 5 });
});

const put = (path: string, json: object, options: PlatformCall = {}) => platform.call(`PUT /segment${path}`, { json, ...options });
const shown = async (segment = id) => (await platform.call(`GET /segment?id=${segment}`)).at('segment') as Record<string, unknown>;
const auditedBy = async (work: () => Promise<unknown>) => {
  const last = (await platform.audit()).at(-1)?.id ?? 0;
  await work();
  return platform.audit(last);
};

describe('200', () => {
  it('changes only what is sent, and answers the id as a string', async () => {
    platform.clock.forward(60_000);
    const answer = await put(`?id=${id}`, { segment: { short_name: 'after', price: 9 } });
    expect([answer.status, answer.at('id'), answer.at('count')]).toEqual([200, String(id), 1]);
    expect(answer.at('segment')).toMatchObject({ id, short_name: 'after', expire_minutes: 5, code: `c${number}`, price: 0 });
    expect((await shown())['last_modified']).not.toBe('2026-01-15 12:00:00');
  });
  it.each([
    ['by path', () => `/${id}`],
    ['by member and path', () => `/${members.provider}/${id}`],
    ['by code in any case', () => `?code=C${number}`],
    ['with the own member_id', () => `?id=${id}&member_id=${members.provider}`],
  ])('%s', async (_what, path) => expect((await put(path(), { segment: { short_name: 'x' } })).at('id')).toBe(String(id)));
  it('takes null', async () => {
    await put(`?id=${id}`, { segment: { expire_minutes: null, code: null } });
    expect(await shown()).toMatchObject({ expire_minutes: null, code: null });
  });
  it('takes several with their ids, as strings too, and answers an object by id', async () => {
    const other = await make();
    const answer = await put('', {
      segments: [
        { id: String(id), short_name: 'a' },
        { id: other, short_name: 'b' },
      ],
    });
    expect([answer.at('id'), answer.at('ids'), answer.at('count')]).toEqual([[id, other], [id, other], 2]);
    expect(answer.at(`segments.${other}.short_name`)).toBe('b');
  });
  it('answers several that are one as one with ?id=, and as several without', async () => {
    expect((await put(`?id=${id}`, { segments: [{ short_name: 'a' }] })).at('id')).toBe(String(id));
    expect((await put('', { segments: [{ id, short_name: 'a' }] })).at('ids')).toEqual([id]);
  });
  it('keeps its member, and says so', async () => {
    const answer = await put(`?id=${id}`, { segment: { member_id: members.stranger } });
    expect(answer.at('segment.member_id')).toBe(members.provider);
    expect(answer.warnings).toEqual(['segment.member_id cannot be changed and was ignored']);
    expect((await put(`?id=${id}`, { segment: { member_id: members.provider } })).warnings).toEqual([]);
  });
  it('replaces arrays, and adds to them with append in any form', async () => {
    const pixel = (n: number) => ({ url: `https://x.example/${n}`, pixel_type: 'js' });
    await put(`?id=${id}`, { segment: { piggyback_pixels: [pixel(1)] } });
    for (const append of ['append=true', 'append=True', 'append', 'append=1', '%20%20append=true'])
      await put(`?id=${id}&${append}`, { segment: { piggyback_pixels: [pixel(2)] } });
    expect((await shown())['piggyback_pixels']).toHaveLength(6);
    await put(`?id=${id}&append=false`, { segment: { piggyback_pixels: [pixel(3)] } });
    expect((await shown())['piggyback_pixels']).toEqual([pixel(3)]);
  });
  it('moves to an advertiser and back to member level', async () => {
    expect((await put(`?id=${id}`, { segment: { advertiser_id: advertisers.provider } })).at('segment.advertiser_id')).toBe(
      advertisers.provider,
    );
    expect(
      (await put(`?id=${id}&member_id=${members.provider}`, { segment: { advertiser_id: null } })).at('segment.advertiser_id'),
    ).toBeNull();
  });
  it('keeps its own code, and may change its case', async () => {
    expect((await put(`?id=${id}`, { segment: { code: `C${number}` } })).at('segment.code')).toBe(`C${number}`);
  });
  it('lets several change their codes for each other’s', async () => {
    const other = await make({ code: `d${number}` });
    const answer = await put('', {
      segments: [
        { id, code: `D${number}` },
        { id: other, code: `c${number}` },
      ],
    });
    expect([answer.at(`segments.${id}.code`), answer.at(`segments.${other}.code`)]).toEqual([`D${number}`, `c${number}`]);
    expect((await platform.call(`GET /segment?code=c${number}`)).at('segment.id')).toBe(other);
  });
  it('is done by an administrator for any member', async () => {
    expect((await put(`?id=${id}`, { segment: { short_name: 'adm' } }, { as: 'admin' })).status).toBe(200);
    expect((await put(`?code=c${number}&member_id=${members.provider}`, { segment: { short_name: 'adm' } }, { as: 'admin' })).status).toBe(
      200,
    );
  });
  it('writes what changed, whose it is, and who did it; and nothing where nothing changes', async () => {
    const [event, ...more] = await auditedBy(() =>
      put(`?id=${id}`, { segment: { short_name: 'after', expire_minutes: 5 } }, { as: 'admin' }),
    );
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      operation: 'updateSegment',
      object_id: String(id),
      member_id: members.provider,
      username: 'admin',
      account_member_id: members.platform,
    });
    expect([event?.before, event?.after]).toEqual(['{"short_name":"before"}', '{"short_name":"after"}']);
    expect(await auditedBy(() => put(`?id=${id}`, { segment: { short_name: 'after' } }))).toEqual([]);
    expect(await auditedBy(() => put(`?id=${id}`, { segment: {} }))).toEqual([]);
  });
});

describe('400 SYNTAX, and nothing is changed', () => {
  it.each([
    ['no id', () => '', { segment: { short_name: 'x' } }],
    ['no id but one in the object', () => '', { segment: { id: 5, short_name: 'x' } }],
    ['several without ids', () => '', { segments: [{ short_name: 'x' }] }],
    ['an id that is true', () => '', { segments: [{ id: true, short_name: 'x' }] }],
    ['an id that is a list', () => '', { segments: [{ id: [5], short_name: 'x' }] }],
    ['an id that is a fraction', () => '', { segments: [{ id: 1.5 }] }],
    ['another id in the object', () => `?id=${id}`, { segment: { id: 5, short_name: 'x' } }],
    ['several ids and one object', () => `?id=${id},${id + 1}`, { segment: { short_name: 'x' } }],
    ['other ids in the body', () => `?id=${id}`, { segments: [{ id: 1 }, { id: 2 }] }],
    ['a path that names only the member', () => `/${members.provider}`, { segment: { short_name: 'x' } }],
    ['an id and a code', () => `?id=${id}&code=x`, { segment: { short_name: 'x' } }],
    ['an unreadable append', () => `?id=${id}&append=yes`, { segment: { short_name: 'x' } }],
    ['a field that does not fit', () => `?id=${id}`, { segment: { short_name: 'x', state: 'gone' } }],
    ['what a later version does', () => `?id=${id}&impact=true`, { segment: { short_name: 'x' } }],
    ['and in the object', () => `?id=${id}`, { segment: { short_name: 'x', ends_targeting: true } }],
  ])('%s', async (_what, path, json) => {
    const answer = await put(path(), json);
    expect([answer.status, answer.at('error_id')]).toEqual([400, 'SYNTAX']);
    expect((await shown())['short_name']).toBe('before');
  });
  it('the same segment twice', async () => {
    expect((await put('', { segments: [{ id }, { id: String(id) }] })).at('error')).toContain(`Segment ${id} is there twice`);
  });
  it('an administrator’s code without a member', async () => {
    expect((await put(`?code=c${number}`, { segment: {} }, { as: 'admin' })).at('error_id')).toBe('SYNTAX');
  });
});

describe('403 UNAUTH', () => {
  it('a shared segment', async () => {
    await platform.call('POST /member-data-sharing', {
      json: { member_data_sharing: { buyer_member_id: members.buyer, segment_exposure: 'all' } },
    });
    expect((await put(`?id=${id}`, { segment: { short_name: 'x' } }, { as: 'buyer' })).at('error_id')).toBe('UNAUTH');
    expect((await put(`?code=c${number}`, { segment: { short_name: 'x' } }, { as: 'buyer' })).at('error_id')).toBe('UNAUTH');
  });
  it.each([
    ['another member in the path', () => `/${members.stranger}/${id}`],
    ['another member in the query', () => `?id=${id}&member_id=${members.stranger}`],
  ])('%s', async (_what, path) => expect((await put(path(), { segment: {} })).at('error_id')).toBe('UNAUTH'));
  it('a viewer', async () => expect((await put(`?id=${id}`, { segment: {} }, { as: 'viewer' })).at('error_id')).toBe('UNAUTH'));
});

describe('404', () => {
  it('another’s segment, and one that does not exist', async () => {
    expect((await put(`?id=${id}`, { segment: {} }, { as: 'stranger' })).at('error_code')).toBe('NOT_FOUND');
    expect((await put('?id=999999', { segment: {} })).at('error_code')).toBe('NOT_FOUND');
    expect((await put('?code=nosuch', { segment: {} })).at('error_code')).toBe('NOT_FOUND');
  });
  it('a segment that is not the member’s whom the administrator names', async () => {
    for (const path of [`/${members.stranger}/${id}`, `?id=${id}&member_id=${members.stranger}`])
      expect((await put(path, { segment: {} }, { as: 'admin' })).status).toBe(404);
  });
  it('one unknown among several spoils the call', async () => {
    expect((await put('', { segments: [{ id, short_name: 'x' }, { id: 999_999 }] })).status).toBe(404);
    expect((await shown())['short_name']).toBe('before');
  });
});

describe('409 INTEGRITY, and nothing is changed', () => {
  it('a code that is taken, by one of several too', async () => {
    const other = await make({ code: `other${number}` });
    expect((await put(`?id=${id}`, { segment: { code: `OTHER${number}` } })).at('error_id')).toBe('INTEGRITY');
    expect(
      (
        await put('', {
          segments: [
            { id, short_name: 'x' },
            { id: other, code: `C${number}` },
          ],
        })
      ).status,
    ).toBe(409);
    expect((await shown())['short_name']).toBe('before');
  });
  it('another’s advertiser', async () => {
    expect((await put(`?id=${id}`, { segment: { advertiser_id: advertisers.stranger } })).at('error_id')).toBe('INTEGRITY');
  });
  it('itself, another’s or a child as its parent, or a parent of children', async () => {
    const child = await make({ parent_segment_id: id });
    const foreign = await make({}, { as: 'stranger' });
    const top = await make();
    for (const parent of [id, child, foreign])
      expect((await put(`?id=${id}`, { segment: { parent_segment_id: parent } })).at('error_id')).toBe('INTEGRITY');
    expect((await put(`?id=${id}`, { segment: { parent_segment_id: top } })).at('error_id')).toBe('INTEGRITY');
    expect((await put(`?id=${child}`, { segment: { parent_segment_id: top } })).status).toBe(200);
  });
  it('a segment on a sharing list becomes no advertiser’s', async () => {
    const record = { buyer_member_id: members.bidder, segment_exposure: 'list', segments: [{ id }] };
    await platform.call('POST /member-data-sharing', { json: { member_data_sharing: record } });
    expect((await put(`?id=${id}`, { segment: { advertiser_id: advertisers.provider } })).at('error_id')).toBe('INTEGRITY');
  });
});
