import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { members, startPlatform, type AccountName, type PlatformServer } from '../../../test/platform-server.ts';

let platform: PlatformServer;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const put = (member: object, as: AccountName = 'admin', id: number = members.provider) =>
  platform.call(`PUT /member?id=${id}`, { as, json: { member } });
const shown = async (id: number = members.provider) => (await platform.call(`GET /member?id=${id}`, { as: 'admin' })).at('member');
const addUser = (user: number, segment: unknown) =>
  platform.call('POST /rt-segment', {
    json: { rt_segment: [{ user_id: String(user), seg_block: [{ seg_id: segment, expiration: 60 }] }] },
  });
const errorsCounted = async (): Promise<unknown> =>
  (await platform.call('GET /rt-segment-processed?agg=true')).at('report.num_other_errors');

describe('200', () => {
  it('a member sets its contact and defaults', async () => {
    const own = { contact_email: 'ops@example.com', timezone: 'Europe/Berlin', default_currency: 'EUR' };
    const answer = await put(own, 'provider');
    expect(answer.status).toBe(200);
    expect(answer.at('member')).toMatchObject(own);
    expect(await shown()).toMatchObject(own);
  });
  it('the administrator sets everything else, and it is audited', async () => {
    const before = (await platform.audit()).at(-1)?.id ?? 0;
    const fields = {
      name: 'Renamed',
      code: 'ren',
      platform_exposure: 'private',
      domain: 'data.example',
      reads_per_minute: 0,
      writes_per_minute: null,
      reach_per_day: '20',
      segment_limit: 500,
      membership_limit: 1_000_000,
    };
    expect((await put(fields)).at('member')).toMatchObject({ ...fields, reach_per_day: 20 });
    expect(await shown()).toMatchObject({ ...fields, reach_per_day: 20 });
    const [event, ...more] = await platform.audit(before);
    expect(more).toEqual([]);
    expect(event).toMatchObject({ operation: 'updateMember', object_type: 'member', object_id: String(members.provider) });
    await put({ segment_limit: null, membership_limit: null });
  });
  it('nobody set: the defaults', async () => {
    expect(await shown(members.buyer)).toMatchObject({ reach_per_day: 200, segment_limit: null, membership_limit: null, domain: null });
  });
  it('a limit of reads acts on the next call', async () => {
    await put({ reads_per_minute: 1 }, 'admin', members.stranger);
    expect((await platform.call('GET /segment', { as: 'stranger' })).status).toBe(200);
    expect((await platform.call('GET /segment', { as: 'stranger' })).status).toBe(429);
    await put({ reads_per_minute: 0 }, 'admin', members.stranger);
    expect((await platform.call('GET /segment', { as: 'stranger' })).status).toBe(200);
  });
  it('a limit of memberships acts on the next call, and refusals are counted as other errors', async () => {
    const segment = (await platform.call('POST /segment', { json: { segment: {} } })).at('id');
    await addUser(1, segment);
    await put({ membership_limit: 1 });
    const errors = Number(await errorsCounted());
    const answer = await addUser(2, segment);
    expect([answer.at('message.segments_in_request'), answer.at('warnings')]).toEqual([1, []]);
    await addUser(1, segment);
    expect(await errorsCounted()).toBe(errors + 1);
    expect((await platform.call('GET /user-segments?uid=2')).at('memberships')).toEqual([]);
    await put({ membership_limit: 0 });
    await addUser(2, segment);
    expect((await platform.call('GET /user-segments?uid=2')).at('memberships.0.segment_id')).toBe(segment);
  });
  it('an inactive member: its accounts are out, its segments take nothing and nobody else sees them; then all is back', async () => {
    const segment = (await platform.call('POST /segment', { json: { segment: { code: 'shared' } } })).at('id');
    await platform.call('POST /member-data-sharing', {
      json: { member_data_sharing: { buyer_member_id: members.buyer, segment_exposure: 'list', segments: [{ id: segment }] } },
    });
    await addUser(3, segment);
    const seenByBuyer = async () => [
      (await platform.call(`GET /segment?id=${segment}`, { as: 'buyer' })).status,
      (await platform.call('GET /user-segments?uid=3', { as: 'buyer' })).at('memberships.0.segment_id'),
    ];
    expect(await seenByBuyer()).toEqual([200, segment]);
    expect((await put({ state: 'inactive' })).at('member')).toMatchObject({ state: 'inactive', active: false });
    expect((await platform.call('GET /segment')).at('error_id')).toBe('NOAUTH_DISABLED');
    expect(await seenByBuyer()).toEqual([404, undefined]);
    const sent = { rt_segment: [{ user_id: '4', seg_block: [{ seg_id: segment, expiration: 60 }] }] };
    await platform.call(`POST /rt-segment?member_id=${members.provider}`, { as: 'admin', json: sent });
    await put({ state: 'active' });
    expect((await platform.call('GET /user-segments?uid=4')).at('memberships')).toEqual([]);
    expect(await seenByBuyer()).toEqual([200, segment]);
  });
});

describe('400 SYNTAX', () => {
  it.each([{ segment_limit: -1 }, { membership_limit: 1.5 }, { reach_per_day: 'many' }, { state: 'gone' }, { domain: 'no domain' }])(
    '%o',
    async (member) => {
      expect((await put(member)).at('error_id')).toBe('SYNTAX');
    },
  );
  it('without an id nobody is changed', async () => {
    expect((await platform.call('PUT /member', { json: { member: { timezone: 'UTC' } } })).at('error_id')).toBe('SYNTAX');
  });
});

describe('403 UNAUTH', () => {
  it('a field of the administrator, and nothing of the call is done', async () => {
    const before = await shown();
    const answer = await put({ contact_email: 'other@example.com', segment_limit: 5 }, 'provider');
    expect([answer.status, answer.at('error_id')]).toEqual([403, 'UNAUTH']);
    expect(await shown()).toEqual(before);
  });
  it('a viewer', async () => expect((await put({ timezone: 'UTC' }, 'viewer')).at('error_id')).toBe('UNAUTH'));
});

describe('404', () => {
  it('another member', async () => expect((await put({ timezone: 'UTC' }, 'buyer')).at('error_code')).toBe('NOT_FOUND'));
  it('no member', async () => expect((await put({ timezone: 'UTC' }, 'admin', 999_999)).status).toBe(404));
});

describe('409 INTEGRITY', () => {
  it.each([{ primary_type: 'buyer' }, { externally_integrated_dsp: true }])('%o cannot be changed', async (member) => {
    expect((await put(member)).at('error_id')).toBe('INTEGRITY');
  });
  it("the platform's member cannot be switched off", async () => {
    expect((await put({ state: 'inactive' }, 'admin', members.platform)).at('error_id')).toBe('INTEGRITY');
  });
});
