import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { members, startPlatform, type AccountName, type PlatformServer } from '../../../../test/platform-server.ts';

let platform: PlatformServer;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const path = (member: number, more = '') => `/batch-segment-config?member_id=${member}${more}` as const;
const put = (
  config: object,
  {
    as = 'admin',
    more = '',
    member = members.provider as number,
    method = 'PUT',
  }: { as?: AccountName; more?: string; member?: number; method?: 'PUT' | 'POST' } = {},
) => platform.call(`${method} ${path(member, more)}`, { as, json: { batch_segment_upload_config: config } });
const get = async (member: number = members.provider, as: AccountName = 'admin') =>
  (await platform.call(`GET ${path(member)}`, { as })).at('batch_segment_upload_config') as Record<string, unknown>;

describe('readBatchConfig', () => {
  it('200: shows defaults where nothing was configured', async () => {
    expect(await get(members.buyer)).toEqual({
      id: null,
      member_id: members.buyer,
      separator_1: ';',
      separator_2: ',',
      separator_3: ':',
      separator_4: '\t',
      separator_5: '^',
      segment_fields: '[SEG_ID,EXPIRATION]',
      default_expiration: 0,
      default_domain: 'userdata',
      use_external_uids: false,
      external_member_uid: null,
      member_segment_access: [],
      num_error_log_lines: 200,
      num_invalid_before_error: 1_000_000_000,
      max_concurrent_uploads: 1,
      hourly_byte_limit: 3_500_000_000,
      daily_byte_limit: 10_000_000_000,
      hourly_num_lines_limit: 100_000_000,
      daily_num_lines_limit: 280_000_000,
      use_specific_geo: false,
      require_known_users: false,
      file_byte_limit: 536_870_912,
      undo_days: 3,
      instant_posts_per_second: 100,
      instant_reads_per_second: 1000,
      instant_users_per_second: 1000,
      link_identifiers: 'all',
      created_on: null,
      last_modified: null,
    });
  });
  it('200: a member reads its own, named or not', async () => {
    expect((await get(members.provider, 'provider'))['member_id']).toBe(members.provider);
    expect((await platform.call('GET /batch-segment-config')).at('batch_segment_upload_config.member_id')).toBe(members.provider);
  });
  it('400 SYNTAX: an administrator who names no member', async () => {
    expect((await platform.call('GET /batch-segment-config', { as: 'admin' })).at('error_id')).toBe('SYNTAX');
  });
  it('403 UNAUTH: another member’s', async () => expect((await platform.call(`GET ${path(members.buyer)}`)).at('error_id')).toBe('UNAUTH'));
  it('404: of no member', async () => expect((await platform.call(`GET ${path(99_999)}`, { as: 'admin' })).status).toBe(404));
});

describe('updateBatchConfig', () => {
  it('200: creates and then changes only what it holds', async () => {
    const made = await put({ separator_1: '~', segment_fields: ['SEG_CODE', 'MEMBER_ID'], uses_external_uids: true }, { method: 'POST' });
    expect(made.at('batch_segment_upload_config')).toMatchObject({
      separator_1: '~',
      segment_fields: '[SEG_CODE,MEMBER_ID]',
      use_external_uids: true,
    });
    const changed = await put({ num_error_log_lines: '999', daily_byte_limit: null, hourly_byte_limit: 0 });
    expect(changed.at('id')).toBe(made.at('id'));
    expect(changed.at('batch_segment_upload_config')).toMatchObject({
      separator_1: '~',
      num_error_log_lines: 999,
      daily_byte_limit: null,
      hourly_byte_limit: 0,
    });
  });
  it('200: replaces arrays, or adds to them with append', async () => {
    await put({ segment_fields: '[SEG_ID]', member_segment_access: [{ segment_owner_member_id: members.stranger }] });
    await put(
      {
        segment_fields: '[VALUE]',
        member_segment_access: [{ segment_owner_member_id: String(members.buyer) }, { segment_owner_member_id: members.stranger }],
      },
      { more: '&append=true' },
    );
    expect(await get()).toMatchObject({
      segment_fields: '[SEG_ID,VALUE]',
      member_segment_access: [{ segment_owner_member_id: members.stranger }, { segment_owner_member_id: members.buyer }],
    });
    await put({ member_segment_access: [] });
    expect((await get())['member_segment_access']).toEqual([]);
  });
  it('200: applies to the next instant call', async () => {
    const foreign = Number((await platform.call('POST /segment', { as: 'stranger', json: { segment: {} } })).at('id'));
    const json = { rt_segment: [{ user_id: '5', seg_block: [{ seg_id: foreign, value: 1, expiration: 0 }] }] };
    const heldAfterAdding = async (): Promise<unknown> => {
      await platform.call('POST /rt-segment', { json });
      return ((await platform.call('GET /user-segments?uid=5', { as: 'stranger' })).at('memberships') as unknown[]).length;
    };
    await put({ use_external_uids: false });
    expect(await heldAfterAdding()).toBe(0);
    await put({ member_segment_access: [{ segment_owner_member_id: members.stranger }] });
    expect(await heldAfterAdding()).toBe(1);
  });
  it('200: keeps quiet where nothing changes', async () => {
    await put({ separator_2: ',' });
    const last = (await platform.audit()).at(-1)?.id ?? 0;
    await put({ separator_2: ',' });
    expect(await platform.audit(last)).toEqual([]);
  });
  it.each([
    { separator_1: 'a' },
    { separator_1: null },
    { separator_2: ';;' },
    { separator_1: ',' },
    { separator_5: 5 },
    { segment_fields: ['VALUE'] },
    { segment_fields: 'SEG_ID,SEG_CODE' },
    { segment_fields: 5 },
    { num_error_log_lines: 1000 },
    { default_expiration: 1.5 },
    { default_domain: 'moon' },
    { link_identifiers: 'some' },
    { instant_posts_per_second: -1 },
    { member_segment_access: [5] },
    { member_segment_access: null },
    { require_known_users: 'yes' },
    { undo_days: -1 },
  ])('400 SYNTAX, nothing changed: %o', async (config) => {
    const before = await get();
    expect((await put({ num_error_log_lines: 7, ...config })).at('error_id')).toBe('SYNTAX');
    expect(await get()).toEqual(before);
  });
  it('403 UNAUTH: a member, of its own too', async () => {
    for (const as of ['provider', 'viewer', 'buyer'] as const) expect((await put({}, { as })).at('error_id')).toBe('UNAUTH');
  });
  it('404: of no member', async () => expect((await put({}, { member: 99_999 })).status).toBe(404));
  it('409 INTEGRITY: an owner that does not exist', async () => {
    expect((await put({ member_segment_access: [{ segment_owner_member_id: 99_999 }] })).at('error_id')).toBe('INTEGRITY');
  });
});
