/** The sdk against a server of its own: what its types and methods say is what the server does. */
import { FoyerClient, FoyerError } from '@foyer/sdk/client.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { members, password, type PlatformServer, startPlatform } from './platform-server.ts';

let platform: PlatformServer;
let admin: FoyerClient;
let provider: FoyerClient;
let buyer: FoyerClient;
beforeAll(async () => {
  platform = await startPlatform();
  const clientOf = (token: string) => new FoyerClient({ baseUrl: platform.url, token });
  admin = clientOf(platform.tokens.admin);
  provider = clientOf(platform.tokens.provider);
  buyer = clientOf(platform.tokens.buyer);
});
afterAll(() => platform.stop());

describe('segments', () => {
  test('one is made, read, changed and deleted, with numbers for ids throughout', async () => {
    const { id, segment } = await provider.createSegment({ short_name: 'Cars', code: 'cars' });
    expect(segment).toMatchObject({ id, code: 'cars', member_id: members.provider, state: 'active' });
    const changed = await provider.updateSegment({ description: 'New ones' }, { id });
    expect(changed).toMatchObject({ id, segment: { description: 'New ones' } });
    const { segments } = await provider.listSegments({ id });
    expect(segments.map((listed) => listed.id)).toEqual([id]);
    expect((await provider.deleteSegment({ id })).count).toBe(1);
    await expect(provider.listSegments({ id })).rejects.toMatchObject({ status: 404, errorId: 'SYNTAX', errorCode: 'NOT_FOUND' });
  });

  test('several are made in one call, and met page after page', async () => {
    const { id: ids } = await provider.createSegment(Array.from({ length: 130 }, (_, index) => ({ code: `many_${index}` })));
    const met = await Array.fromAsync(provider.each('listSegments', { like_code: 'many_', fields: 'id,code' }));
    expect(met.map((segment) => segment.id)).toEqual(ids);
    const sorted = await Array.fromAsync(provider.each('listSegments', { like_code: 'many_', sort: 'code.desc' }));
    expect(sorted).toHaveLength(130);
    expect((await provider.deleteSegment({ id: ids.slice(0, 100) })).count).toBe(100);
  });

  test('filters take several values', async () => {
    await provider.createSegment([{ code: 'f1' }, { code: 'f2' }, { code: 'f3' }]);
    const { segments, count } = await provider.listSegments({ code: ['f1', 'f3'], sort: 'code.desc' });
    expect([count, segments.map((segment) => segment.code)]).toEqual([2, ['f3', 'f1']]);
  });

  test('refusals are errors that tell what and why', async () => {
    const refused = await provider.createSegment({ expire_minutes: -1 }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(FoyerError);
    expect(refused).toMatchObject({ status: 400, errorId: 'SYNTAX', message: expect.stringContaining('expire_minutes') });
    await expect(provider.listAccounts({ id: 101 })).rejects.toMatchObject({ status: 404 });
    await expect(provider.createMember({ name: 'X' })).rejects.toMatchObject({ status: 403, errorId: 'UNAUTH' });
  });
});

describe('other objects', () => {
  test('a member lists itself with typed values, an administrator all', async () => {
    expect((await provider.listMembers()).members).toMatchObject([{ id: members.provider, active: true }]);
    const all = await Array.fromAsync(admin.each('listMembers'));
    expect(all.map((member) => member.id)).toEqual(expect.arrayContaining(Object.values(members)));
  });

  test('an account is made, changes its password, and logs in', async () => {
    const account = { username: 'sdk', password, email: 'a@example.com', first_name: 'A', last_name: 'B', user_type: 'member' } as const;
    const { id } = await admin.createAccount({ ...account, entity_id: members.buyer, api_login: true });
    const newPassword = 'Another-horse-2';
    const own = new FoyerClient({ baseUrl: platform.url, credentials: { username: 'sdk', password } });
    await own.updateAccount({ password: newPassword }, { id });
    expect((await own.logIn({ username: 'sdk', password: newPassword })).token).toEqual(expect.any(String));
    expect((await admin.listAccounts({ id })).users).toMatchObject([{ id, username: 'sdk', entity_id: members.buyer }]);
  });

  test('a segment is shared with a buyer that enabled the provider, and taken back', async () => {
    await buyer.enableDataProvider({ data_provider_member_id: members.provider, active: true });
    const { id: segment } = await provider.createSegment({ short_name: 'Shared' });
    const record = { buyer_member_id: members.buyer, segment_exposure: 'list', segments: [{ id: segment }] } as const;
    const { id, member_data_sharing: made } = await provider.createSharingRecord(record);
    expect(made).toMatchObject({ id, buyer_member_id: members.buyer, segments: [{ id: segment, name: 'Shared' }] });
    expect((await buyer.listSegments({ id: segment })).segments).toHaveLength(1);
    expect(await Array.fromAsync(provider.each('listSharingRecords'))).toHaveLength(1);
    expect((await provider.deleteSharingRecord({ id })).count).toBe(1);
    await expect(buyer.listSegments({ id: segment })).rejects.toMatchObject({ status: 404 });
  });

  test('users go in and are looked up, and their number is told', async () => {
    const { id } = await provider.createSegment({ short_name: 'Instant' });
    const block = { seg_id: id, value: 5, expiration: 60 };
    await provider.addUsers({ rt_segment: [{ user_id: '12345678900987654321', seg_block: [block] }] });
    const { user, memberships } = await provider.lookUpUser({ uid: '12345678900987654321' });
    expect([user.user_id, memberships.map((membership) => membership.segment_id)]).toEqual(['12345678900987654321', [id]]);
    expect((await provider.segmentStats({ id })).segment_stats).toMatchObject([{ segment_id: id, live_users: 1 }]);
  });

  test('fields are described, and what is no JSON is text', async () => {
    expect((await provider.describeSegments()).fields).toContainEqual(expect.objectContaining({ name: 'short_name' }));
    expect(await admin.checkHealth()).toEqual({ status: 'ok' });
    expect(await admin.request('GET', '/metrics')).toContain('# HELP');
  });
});

test('a token that ended is replaced, and the call is made', async () => {
  const client = new FoyerClient({ baseUrl: platform.url, token: 'unknown', credentials: { username: 'stranger', password } });
  expect((await client.listMembers()).members).toMatchObject([{ id: members.stranger }]);
});
