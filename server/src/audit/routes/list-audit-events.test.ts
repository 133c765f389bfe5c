import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountIds, type AccountName, members, startPlatform, type PlatformServer } from '../../../test/platform-server.ts';

let platform: PlatformServer;
/** A segment of the provider that was made by it, changed by the administrator, and deleted again. */
let segment = 0;
beforeAll(async () => {
  platform = await startPlatform();
  const made = await platform.call('POST /segment', { json: { segment: { short_name: 'First', code: 'one' } } });
  segment = Number(made.at('id'));
  platform.clock.forward(60_000);
  await platform.call(`PUT /segment?id=${segment}`, { as: 'admin', json: { segment: { short_name: 'Second' } } });
  platform.clock.forward(60_000);
  await platform.call(`PUT /segment?id=${segment}`, { json: { segment: { short_name: "it's not allowed", description: "'" } } });
  await platform.call(`PUT /segment?id=${segment}`, { json: { segment: { short_name: 'Second' } } });
  await platform.call(`DELETE /segment?id=${segment}`);
  await platform.call('POST /segment', { as: 'stranger', json: { segments: [{ code: 'a' }, { code: 'b' }] } });
});
afterAll(() => platform.stop());

const get = (query: string, as: AccountName = 'provider') => platform.call(`GET /audit-event${query}`, { as });
const ofSegment = (): string => `?object_type=segment&object_id=${segment}`;

describe('200', () => {
  it('tells who did what, in order, with the changed fields alone', async () => {
    const answer = await get(ofSegment());
    const common = { member_id: members.provider, object_type: 'segment', object_id: String(segment), request_id: expect.any(String) };
    const provider = { account_id: accountIds.provider, username: 'provider', account_member_id: members.provider };
    const admin = { account_id: accountIds.admin, username: 'admin', account_member_id: members.platform };
    expect(answer.at('count')).toBe(3);
    expect(answer.at('audit_events')).toMatchObject([
      {
        ...common,
        ...provider,
        operation: 'createSegment',
        created_on: '2026-01-15 12:00:00',
        before: null,
        after: { short_name: 'First', code: 'one' },
      },
      { ...common, ...admin, operation: 'updateSegment', created_on: '2026-01-15 12:01:00' },
      { ...common, ...provider, operation: 'deleteSegment', before: { short_name: 'Second', code: 'one' }, after: null },
    ]);
    expect([answer.at('audit_events.1.before'), answer.at('audit_events.1.after')]).toEqual([
      { short_name: 'First' },
      { short_name: 'Second' },
    ]);
  });
  it('one by its id', async () => {
    const id = Number((await get(ofSegment())).at('audit_events.0.id'));
    expect((await get(`?id=${id}`)).at('audit_event.id')).toBe(id);
    expect((await get(`/${id}`)).at('audit_event.operation')).toBe('createSegment');
  });
  it('each object of a plural call has its own, with one request id', async () => {
    const made = (await get('?operation=createSegment', 'stranger')).at('audit_events') as { request_id: string }[];
    expect(made).toHaveLength(2);
    expect(new Set(made.map((event) => event.request_id)).size).toBe(1);
    expect((await get(`?request_id=${made[0]?.request_id ?? ''}`, 'stranger')).at('count')).toBe(2);
  });
  it.each([
    [`?account_id=${accountIds.admin}`, ['updateSegment']],
    ['?operation=deleteSegment,updateSegment', ['updateSegment', 'deleteSegment']],
    ['?object_type=segment&min_created_on=2026-01-15+12:01:00', ['updateSegment', 'deleteSegment']],
    ['?object_type=segment&max_created_on=2026-01-15%2012:01:00', ['createSegment', 'updateSegment']],
    ['?object_type=segment&sort=id.desc&num_elements=1', ['deleteSegment']],
    ['?search=updateSeg', ['updateSegment']],
    ['?object_type=thing', []],
  ])('filtered: %s', async (query, operations) => {
    const events = (await get(query)).at('audit_events') as { operation: string }[];
    expect(events.map((event) => event.operation)).toEqual(operations);
  });
  it('shows the fields that were asked for', async () =>
    expect((await get(`${ofSegment()}&fields=id,operation&num_elements=1`)).at('audit_events')).toEqual([
      { id: expect.any(Number), operation: 'createSegment' },
    ]));
  it('a viewer reads its member’s, an administrator everybody’s or one member’s', async () => {
    expect((await get(ofSegment(), 'viewer')).at('count')).toBe(3);
    expect((await get('?operation=createSegment', 'admin')).at('count')).toBe(3);
    expect((await get(`?operation=createSegment&member_id=${members.stranger}`, 'admin')).at('count')).toBe(2);
  });
  it('meta', async () => expect((await get('/meta')).at('fields.0')).toEqual({ name: 'id', type: 'int', sort_by: true, filter_by: true }));
});

it('passwords and keys show as ***', async () => {
  await platform.call(`PUT /user?id=${accountIds.provider}`, { json: { user: { password: 'Another-pass-2' } } });
  const answer = await get('?operation=updateAccount');
  expect(answer.at('audit_events.0.after')).toEqual({ password_hash: '***' });
  expect(answer.text).not.toMatch(/argon2|Another-pass/);
});
it('400 SYNTAX: a filter that cannot be read', async () => {
  for (const query of ['?min_created_on=yesterday', '?account_id=joe', '?sort=before', '?id=x'])
    expect((await get(query)).at('error_id')).toBe('SYNTAX');
});
it('403 UNAUTH: another member named', async () => expect((await get(`?member_id=${members.stranger}`)).at('error_id')).toBe('UNAUTH'));
it('404: an event of another member’s object', async () => {
  const id = String((await get(ofSegment())).at('audit_events.0.id'));
  expect((await get(`?id=${id}`, 'stranger')).at('error_code')).toBe('NOT_FOUND');
  expect((await get(ofSegment(), 'stranger')).at('audit_events')).toEqual([]);
});
it.each(['POST', 'PUT', 'DELETE'] as const)('405: %s, also by an administrator', async (method) =>
  expect((await platform.call(`${method} /audit-event?id=1`, { as: 'admin', json: { audit_event: {} } })).status).toBe(405),
);
