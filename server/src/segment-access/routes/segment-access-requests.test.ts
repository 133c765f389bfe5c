import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountName, members, startPlatform, type PlatformServer } from '../../../test/platform-server.ts';

let platform: PlatformServer;
let segment: unknown;
beforeAll(async () => {
  platform = await startPlatform();
  segment = (await platform.call('POST /segment', { as: 'buyer', json: { segment: { code: 'theirs' } } })).at('id');
});
afterAll(() => platform.stop());

const ask = (request: object = { segment_owner_member_id: members.buyer }, as: AccountName = 'provider', query = '') =>
  platform.call(`POST /segment-access-request${query}`, { as, json: { segment_access_request: request } });
const step = (id: unknown, state: unknown, as: AccountName) =>
  platform.call(`PUT /segment-access-request?id=${String(id)}`, { as, json: { segment_access_request: { state } } });
const read = (id: unknown, as: AccountName) => platform.call(`GET /segment-access-request?id=${String(id)}`, { as });
const ownersOf = async (): Promise<unknown> =>
  (await platform.call('GET /batch-segment-config')).at('batch_segment_upload_config.member_segment_access');
const mayWrite = async (user: number): Promise<boolean> => {
  await platform.call('POST /rt-segment', {
    json: { rt_segment: [{ user_id: String(user), seg_block: [{ seg_id: segment, expiration: 60 }] }] },
  });
  const found = await platform.call(`GET /user-segments?uid=${user}`, { as: 'buyer' });
  return found.at('memberships.0.segment_id') === segment;
};
/** A new request in this state; what stood between the pair is withdrawn. */
async function requestThatIs(state: 'REQUESTED' | 'ACCEPTED' | 'REFUSED' | 'WITHDRAWN' | 'REVOKED'): Promise<unknown> {
  const standing = await platform.call('GET /segment-access-request?state=REQUESTED,ACCEPTED');
  for (const { id } of standing.at('segment_access_requests') as { id: number }[]) await step(id, 'WITHDRAWN', 'provider');
  const id = (await ask()).at('id');
  if (state === 'REVOKED') await step(id, 'ACCEPTED', 'buyer');
  if (state !== 'REQUESTED') await step(id, state, state === 'WITHDRAWN' ? 'provider' : 'buyer');
  return id;
}

describe('200', () => {
  it('a request is asked, seen by both sides, and says what was asked', async () => {
    const answer = await ask({ segment_owner_member_id: members.buyer, message: 'for your sale', posts_per_day: '10' });
    expect(answer.at('segment_access_request')).toEqual({
      id: answer.at('id'),
      member_id: members.provider,
      segment_owner_member_id: members.buyer,
      message: 'for your sale',
      unique_user_ids_per_post: null,
      posts_per_day: 10,
      unique_segments_per_post: null,
      state: 'REQUESTED',
      decided_on: null,
      decided_by: null,
      created_on: '2026-01-15 12:00:00',
      last_modified: '2026-01-15 12:00:00',
    });
    for (const as of ['provider', 'buyer', 'admin'] as const)
      expect((await read(answer.at('id'), as)).at('segment_access_request.message')).toBe('for your sale');
  });

  it('accepted, the asker writes at once; revoked, no longer, and what was written stays', async () => {
    const id = await requestThatIs('REQUESTED');
    expect(await mayWrite(1)).toBe(false);
    const accepted = await step(id, 'ACCEPTED', 'buyer');
    expect(accepted.at('segment_access_request')).toMatchObject({
      state: 'ACCEPTED',
      decided_on: '2026-01-15 12:00:00',
      decided_by: members.buyer,
    });
    expect(await ownersOf()).toEqual([{ segment_owner_member_id: members.buyer }]);
    expect(await mayWrite(2)).toBe(true);
    await step(id, 'REVOKED', 'buyer');
    expect(await ownersOf()).toEqual([]);
    expect(await mayWrite(3)).toBe(false);
    expect((await platform.call('GET /user-segments?uid=2', { as: 'buyer' })).at('memberships.0.segment_id')).toBe(segment);
  });

  it('the right gives no sight', async () => {
    await step(await requestThatIs('REQUESTED'), 'ACCEPTED', 'buyer');
    await mayWrite(4);
    expect((await platform.call('GET /user-segments?uid=4')).at('memberships')).toEqual([]);
    expect((await platform.call(`GET /segment?id=${String(segment)}`)).status).toBe(404);
  });

  it('withdrawn after acceptance, the right is gone', async () => {
    const id = await requestThatIs('ACCEPTED');
    expect((await step(id, 'WITHDRAWN', 'provider')).at('segment_access_request.state')).toBe('WITHDRAWN');
    expect(await ownersOf()).toEqual([]);
  });

  it('the administrator takes each step, and asks for a member', async () => {
    await requestThatIs('WITHDRAWN');
    const id = (await ask({ segment_owner_member_id: members.buyer }, 'admin', `?member_id=${members.provider}`)).at('id');
    for (const state of ['ACCEPTED', 'REVOKED']) expect((await step(id, state, 'admin')).status).toBe(200);
  });

  it('is REVOKED where the administrator takes the owner off the configuration', async () => {
    const id = await requestThatIs('ACCEPTED');
    const before = (await platform.audit()).at(-1)?.id ?? 0;
    await platform.call(`PUT /batch-segment-config?member_id=${members.provider}`, {
      as: 'admin',
      json: { batch_segment_upload_config: { member_segment_access: [{ segment_owner_member_id: members.stranger }] } },
    });
    expect((await read(id, 'provider')).at('segment_access_request')).toMatchObject({ state: 'REVOKED', decided_by: members.platform });
    const events = await platform.audit(before);
    expect(events.map((event) => event.object_type)).toEqual(['batch_segment_upload_config', 'segment_access_request']);
    await platform.call(`PUT /batch-segment-config?member_id=${members.provider}`, {
      as: 'admin',
      json: { batch_segment_upload_config: { member_segment_access: [] } },
    });
  });

  it('a configuration that keeps the owner keeps the request', async () => {
    const id = await requestThatIs('ACCEPTED');
    await platform.call(`PUT /batch-segment-config?member_id=${members.provider}`, {
      as: 'admin',
      json: { batch_segment_upload_config: { num_error_log_lines: 7 } },
    });
    expect((await read(id, 'provider')).at('segment_access_request.state')).toBe('ACCEPTED');
  });

  it('after a refusal one may ask again', async () => {
    await requestThatIs('REFUSED');
    expect((await ask()).status).toBe(200);
  });

  it('lists filter and page like any other, and meta tells the fields', async () => {
    const listed = await platform.call('GET /segment-access-request?state=REQUESTED&fields=id,state&sort=id.desc&num_elements=1', {
      as: 'buyer',
    });
    expect(listed.at('segment_access_requests')).toEqual([{ id: expect.any(Number), state: 'REQUESTED' }]);
    expect((await platform.call('GET /segment-access-request/meta')).at('fields.0')).toEqual({
      name: 'id',
      type: 'int',
      sort_by: true,
      filter_by: true,
    });
    expect((await platform.call('GET /segment-access-request', { as: 'stranger' })).at('count')).toBe(0);
  });

  it('fields that only the asking can set are ignored with a warning', async () => {
    const id = await requestThatIs('REQUESTED');
    const answer = await platform.call(`PUT /segment-access-request/${String(id)}`, {
      as: 'buyer',
      json: { segment_access_request: { state: 'REFUSED', posts_per_day: 99 } },
    });
    expect(answer.at('segment_access_request')).toMatchObject({ state: 'REFUSED', posts_per_day: null });
    expect(answer.warnings.join()).toContain('posts_per_day');
  });
});

describe('notices', () => {
  const newest = async (as: AccountName): Promise<unknown> =>
    (await platform.call('GET /notice?sort=id.desc&num_elements=1', { as })).at('notices.0');

  it('the owner is told of a request, the asker of what the owner did with it', async () => {
    const id = await requestThatIs('REQUESTED');
    expect(await newest('buyer')).toMatchObject({ kind: 'access-requested', subject: { type: 'segment_access_request', id } });
    await step(id, 'ACCEPTED', 'buyer');
    expect(await newest('provider')).toMatchObject({ kind: 'access-decided', details: { state: 'ACCEPTED' } });
    await step(id, 'REVOKED', 'buyer');
    expect(await newest('provider')).toMatchObject({ kind: 'access-decided', details: { state: 'REVOKED' } });
  });

  it('nobody is told of its own withdrawal, and of refused steps', async () => {
    const id = await requestThatIs('REQUESTED');
    const before = [await newest('provider'), await newest('buyer')];
    await step(id, 'ACCEPTED', 'provider');
    await step(id, 'WITHDRAWN', 'provider');
    expect([await newest('provider'), await newest('buyer')]).toEqual(before);
  });
});

describe('400 SYNTAX', () => {
  it.each([
    ['no owner', {}],
    ['a long message', { segment_owner_member_id: members.buyer, message: 'x'.repeat(501) }],
    ['a negative capacity', { segment_owner_member_id: members.buyer, posts_per_day: -1 }],
  ])('%s', async (_, request) => expect((await ask(request)).at('error_id')).toBe('SYNTAX'));
  it('an administrator that does not say for whom', async () =>
    expect((await ask({ segment_owner_member_id: members.buyer }, 'admin')).at('error_id')).toBe('SYNTAX'));
  it('a step without a state, or to none', async () => {
    const id = await requestThatIs('REQUESTED');
    expect((await step(id, undefined, 'buyer')).at('error_id')).toBe('SYNTAX');
    expect((await step(id, 'GRANTED', 'buyer')).at('error_id')).toBe('SYNTAX');
  });
});

describe('403 UNAUTH', () => {
  it.each([
    ['REQUESTED', 'ACCEPTED', 'provider'],
    ['REQUESTED', 'REFUSED', 'provider'],
    ['REQUESTED', 'WITHDRAWN', 'buyer'],
    ['ACCEPTED', 'REVOKED', 'provider'],
    ['ACCEPTED', 'WITHDRAWN', 'buyer'],
  ] as const)('%s to %s by the %s', async (from, to, as) => {
    const id = await requestThatIs(from);
    expect((await step(id, to, as)).at('error_id')).toBe('UNAUTH');
    expect((await read(id, as)).at('segment_access_request.state')).toBe(from);
  });
  it('a viewer asks nothing', async () => expect((await ask(undefined, 'viewer')).at('error_id')).toBe('UNAUTH'));
});

describe('404', () => {
  it('a request of others, to read and to decide', async () => {
    const id = await requestThatIs('REQUESTED');
    expect((await read(id, 'stranger')).at('error_code')).toBe('NOT_FOUND');
    expect((await step(id, 'ACCEPTED', 'stranger')).at('error_code')).toBe('NOT_FOUND');
  });
});

describe('409 INTEGRITY', () => {
  it.each([
    ['oneself', members.provider],
    ['nobody', 999_999],
  ])('%s as owner', async (_, owner) => expect((await ask({ segment_owner_member_id: owner })).at('error_id')).toBe('INTEGRITY'));
  it.each(['REQUESTED', 'ACCEPTED'] as const)('a second request beside one that is %s', async (state) => {
    await requestThatIs(state);
    expect((await ask()).at('error_id')).toBe('INTEGRITY');
  });
  it.each([
    ['REQUESTED', 'REVOKED'],
    ['REQUESTED', 'REQUESTED'],
    ['ACCEPTED', 'ACCEPTED'],
    ['ACCEPTED', 'REFUSED'],
    ['REFUSED', 'ACCEPTED'],
    ['REFUSED', 'WITHDRAWN'],
    ['WITHDRAWN', 'ACCEPTED'],
    ['REVOKED', 'ACCEPTED'],
    ['REVOKED', 'WITHDRAWN'],
  ] as const)('%s to %s, for any side', async (from, to) => {
    const id = await requestThatIs(from);
    for (const as of ['provider', 'buyer', 'admin'] as const) expect((await step(id, to, as)).at('error_id')).toBe('INTEGRITY');
  });
});
