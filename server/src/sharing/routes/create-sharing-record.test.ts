import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { advertisers, members, startPlatform, type PlatformCall, type PlatformServer } from '../../../test/platform-server.ts';

let platform: PlatformServer;
let a = 0;
let b = 0;
let tied = 0;
let foreign = 0;
beforeAll(async () => {
  platform = await startPlatform();
  const make = async (segment: object, options: PlatformCall = {}): Promise<number> =>
    Number((await platform.call('POST /segment', { json: { segment }, ...options })).at('id'));
  a = await make({ short_name: 'A' });
  b = await make({ short_name: 'B' });
  tied = await make({ advertiser_id: advertisers.provider });
  foreign = await make({}, { as: 'stranger' });
});
afterAll(() => platform.stop());
beforeEach(async () => {
  const known = (await platform.call('GET /member-data-sharing')).at('member_data_sharings') as { id: number }[];
  if (known.length > 0) await platform.call(`DELETE /member-data-sharing?id=${known.map(({ id }) => id).join()}`);
});

const post = (record: object, options: PlatformCall = {}, path = '/member-data-sharing') =>
  platform.call(`POST ${path as '/x'}`, {
    json: { member_data_sharing: { buyer_member_id: members.buyer, segment_exposure: 'all', ...record } },
    ...options,
  });
const postAll = (records: readonly object[]) => platform.call('POST /member-data-sharings', { json: { member_data_sharings: records } });
const list = (...segments: unknown[]) => ({ segment_exposure: 'list', segments });

describe('200', () => {
  it('answers one record with its id as a string, and null page numbers', async () => {
    const answer = await post(list({ id: String(b), name: 'ignored', extra: 1 }, { id: a }, { id: b }));
    expect(answer.status).toBe(200);
    const id = answer.at('id');
    expect(id).toEqual(expect.stringMatching(/^\d+$/));
    expect([answer.at('count'), answer.at('start_element'), answer.at('num_elements')]).toEqual([1, null, null]);
    expect(answer.at('dbg')).toEqual(answer.at('dbg_info'));
    expect(answer.at('dbg.output_term')).toBe('member_data_sharing');
    expect(answer.warnings).toEqual([]);
    expect(answer.at('member_data_sharing')).toEqual({
      id: Number(id),
      data_member_id: members.provider,
      buyer_member_id: members.buyer,
      segment_exposure: 'list',
      segments: [
        { id: a, name: 'A' },
        { id: b, name: 'B' },
      ],
      export_allowed: false,
    });
  });
  it('answers several as an object by id, on both addresses', async () => {
    const answer = await postAll([
      { buyer_member_id: members.buyer, segment_exposure: 'all' },
      { buyer_member_id: String(members.bidder), ...list({ id: a }), export_allowed: true },
    ]);
    const ids = answer.at('id') as number[];
    expect([answer.at('count'), ids.length]).toEqual([2, 2]);
    expect(Object.keys(answer.at('member_data_sharings') as object)).toEqual(ids.map(String));
    expect(answer.at(`member_data_sharings.${ids[0]}`)).toMatchObject({ segments: null, export_allowed: false });
    expect(answer.at(`member_data_sharings.${ids[1]}`)).toMatchObject({ buyer_member_id: members.bidder, export_allowed: true });
  });
  it('takes the body’s form on either address, with - for _', async () => {
    expect((await post({}, {}, '/member-data-sharings')).at('id')).toEqual(expect.any(String));
    const json = { 'member-data-sharings': [{ buyer_member_id: members.bidder, segment_exposure: 'all' }] };
    expect((await platform.call('POST /member-data-sharing', { json })).at('id')).toEqual([expect.any(Number)]);
  });
  it('shares nothing with an empty list', async () => {
    expect((await post(list())).at('member_data_sharing.segments')).toEqual([]);
    expect((await platform.call('GET /segment?include_shared=1', { as: 'buyer' })).at('count')).toBe(0);
  });
  it('all with null or an empty list', async () => {
    expect((await post({ segments: [] })).at('member_data_sharing.segments')).toBeNull();
  });
  it('is seen by the buyer at the next call, later segments too with all', async () => {
    await post({});
    const later = Number((await platform.call('POST /segment', { json: { segment: {} } })).at('id'));
    const seen = ((await platform.call('GET /segment', { as: 'buyer' })).at('segments') as { id: number }[]).map(({ id }) => id);
    expect(seen).toEqual([a, b, later]);
  });
  it('passes over what the server sets, and says so', async () => {
    const answer = await post({ id: 5, data_member_id: members.stranger });
    expect(answer.at('member_data_sharing.data_member_id')).toBe(members.provider);
    expect(answer.warnings).toEqual([expect.stringContaining('.id is given'), expect.stringContaining('.data_member_id is read-only')]);
  });
  it('by an administrator, who names the member', async () => {
    expect((await post({}, { as: 'admin' }, `/member-data-sharing?data_member_id=${members.provider}`)).status).toBe(200);
    expect((await post({}, { as: 'admin' })).at('error_id')).toBe('SYNTAX');
  });
  it('writes one event for each record', async () => {
    const last = (await platform.audit()).at(-1)?.id ?? 0;
    await post(list({ id: b }, { id: a }));
    const [event, ...more] = await platform.audit(last);
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      operation: 'createSharingRecord',
      object_type: 'member_data_sharing',
      member_id: members.provider,
      before: null,
    });
    expect(JSON.parse(event?.after ?? '{}')).toMatchObject({ segments: [a, b], buyer_member_id: members.buyer });
  });
  it('takes a list of thousands', async () => {
    const many = Array.from({ length: 3000 }, () => ({}));
    const ids = (await platform.call('POST /segment', { json: { segments: many } })).at('ids') as number[];
    const answer = await post(list(...ids.map((id) => ({ id }))));
    expect((answer.at('member_data_sharing.segments') as object[]).length).toBe(3000);
    await platform.call(`DELETE /segment?id=${ids.slice(0, 1500).join()}`);
    await platform.call(`DELETE /segment?id=${ids.slice(1500).join()}`);
  });
});

describe('400 SYNTAX', () => {
  it.each<[string, object]>([
    ['no buyer', { buyer_member_id: undefined }],
    ['no exposure', { segment_exposure: undefined }],
    ['an exposure that is none', { segment_exposure: 'some' }],
    ['a list without segments', { segment_exposure: 'list' }],
    ['a list of null', { segment_exposure: 'list', segments: null }],
    ['all with segments', { segments: [{ id: 1 }] }],
    ['bare ids', { segment_exposure: 'list', segments: [1] }],
    ['a buyer that is a fraction', { buyer_member_id: 1.5 }],
    ['export_allowed that is no boolean', { export_allowed: 1 }],
    ['export_allowed null', { export_allowed: null }],
  ])('%s', async (_what, record) => {
    const answer = await post(record);
    expect([answer.status, answer.at('error_id')]).toEqual([400, 'SYNTAX']);
    expect(answer.at('dbg')).toEqual(answer.at('dbg_info'));
  });
});

describe('403 UNAUTH', () => {
  it('for another data member', async () => {
    expect((await post({}, {}, `/member-data-sharing?data_member_id=${members.stranger}`)).at('error_id')).toBe('UNAUTH');
  });
  it('by a viewer', async () => expect((await post({}, { as: 'viewer' })).at('error_id')).toBe('UNAUTH'));
});

describe('409 INTEGRITY, and nothing is made', () => {
  it.each<[string, () => object]>([
    ['an advertiser’s segment', () => list({ id: a }, { id: tied })],
    ['another’s segment', () => list({ id: foreign })],
    ['a segment that does not exist', () => list({ id: 999_999 })],
    ['an external DSP’s buyer', () => ({ buyer_member_id: members.dspBuyer })],
    ['a buyer that has not enabled the provider', () => ({ buyer_member_id: members.idleBuyer })],
    ['a buyer that does not exist', () => ({ buyer_member_id: 999 })],
    ['itself', () => ({ buyer_member_id: members.provider })],
  ])('%s', async (_what, record) => {
    const answer = await post(record());
    expect([answer.status, answer.at('error_id')]).toEqual([409, 'INTEGRITY']);
    expect((await platform.call('GET /member-data-sharing')).at('count')).toBe(0);
  });
  it('another’s segment and none at all are refused alike', async () => {
    const [one, other] = [await post(list({ id: foreign })), await post(list({ id: 999_999 }))];
    expect(String(one.at('error')).replace(String(foreign), '#')).toBe(String(other.at('error')).replace('999999', '#'));
  });
  it('a second record for the pair', async () => {
    await post({});
    expect((await post(list())).at('error_id')).toBe('INTEGRITY');
  });
  it('a second record within one call, of which none is made', async () => {
    const record = { buyer_member_id: members.buyer, segment_exposure: 'all' };
    expect((await postAll([record, record])).at('error_id')).toBe('INTEGRITY');
    expect((await platform.call('GET /member-data-sharing')).at('count')).toBe(0);
  });
  it('two calls at once for one pair: one of them', async () => {
    const both = await Promise.all([post({}), post(list())]);
    expect(both.map((answer) => answer.status).toSorted()).toEqual([200, 409]);
  });
});
