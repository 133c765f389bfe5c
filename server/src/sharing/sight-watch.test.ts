import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { advertisers, type AccountName, members, startPlatform, type PlatformServer } from '../../test/platform-server.ts';

let platform: PlatformServer;
/** Two segments of the provider, on the buyer's list. */
let one: number;
let two: number;
let record: unknown;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

interface Told {
  readonly id: number;
  readonly reason: string;
  readonly segments: readonly { readonly id: number; readonly name: string }[];
}

const put = (path: string, json: object, as: AccountName = 'provider') => platform.call(`PUT /${path}`, { as, json });
const share = (fields: object) => put(`member-data-sharing?id=${String(record)}`, { member_data_sharing: fields });
const makeSegment = async (name: string): Promise<number> =>
  Number((await platform.call('POST /segment', { json: { segment: { short_name: name } } })).at('id'));

let toldBefore: Partial<Record<AccountName, number>> = {};
async function told(as: AccountName = 'buyer'): Promise<readonly Told[]> {
  const answer = await platform.call(`GET /notice?kind=segment-revoked&min_id=${(toldBefore[as] ?? 0) + 1}`, { as });
  return answer.at('notices') as unknown as Told[];
}
const idsTold = async (as?: AccountName): Promise<unknown> =>
  (await told(as)).map(({ reason, segments }) => [reason, ...segments.map((segment) => segment.id)]);

beforeEach(async () => {
  const records = await platform.call('GET /member-data-sharing');
  for (const { id } of records.at('member_data_sharings') as { id: number }[]) await platform.call(`DELETE /member-data-sharing?id=${id}`);
  await platform.call('POST /data-buyer-provider', {
    as: 'buyer',
    json: { data_buyer_provider: { data_provider_member_id: members.provider, active: true } },
  });
  [one, two] = [await makeSegment('One'), await makeSegment('Two')];
  const shared = await platform.call('POST /member-data-sharing', {
    json: { member_data_sharing: { buyer_member_id: members.buyer, segment_exposure: 'list', segments: [{ id: one }, { id: two }] } },
  });
  record = shared.at('id');
  toldBefore = {};
  for (const as of ['buyer', 'bidder', 'provider'] as const) toldBefore[as] = (await told(as)).at(-1)?.id ?? 0;
});

describe('a buyer is told, once for each call,', () => {
  it('of all segments that a narrowed list leaves out', async () => {
    await share({ segments: [] });
    expect(await told()).toEqual([
      {
        id: expect.any(Number),
        created_on: '2026-01-15 12:00:00',
        member_id: members.buyer,
        kind: 'segment-revoked',
        severity: 'warning',
        text: expect.stringContaining(`member ${members.provider}`),
        subject: { type: 'member', id: members.provider },
        details: { segments: 2, segments_named: 2 },
        read: false,
        reason: 'unshared',
        data_member_id: members.provider,
        segments: [
          { id: one, name: 'One' },
          { id: two, name: 'Two' },
        ],
        effective_on: '2026-01-15 12:00:00',
        ends_targeting: false,
        profiles: [],
        campaigns_including: [],
        campaigns_excluding: [],
      },
    ]);
    expect(await idsTold('provider')).toEqual([]);
  });

  it('of a deleted record', async () => {
    await platform.call(`DELETE /member-data-sharing?id=${String(record)}`);
    expect(await idsTold()).toEqual([['unshared', one, two]]);
  });

  it('of what an all record no longer covers, advertiser-level segments apart', async () => {
    await share({ segment_exposure: 'all', segments: null });
    const made = await makeSegment('Three');
    await put(`segment?id=${made}`, { segment: { advertiser_id: advertisers.provider } });
    expect(await idsTold()).toEqual([['unshared', made]]);
    await share({ segment_exposure: 'list', segments: [{ id: two }] });
    const [, last] = await told();
    const lost = last?.segments.map(({ id }) => id) ?? [];
    expect(lost).toContain(one);
    expect(lost).not.toContain(two);
    expect(lost).not.toContain(made);
  });

  it('of a provider that it disabled', async () => {
    const pair = await platform.call(`GET /data-buyer-provider?buyer_member_id=${members.buyer}`, { as: 'buyer' });
    await put(
      `data-buyer-provider?id=${String(pair.at('data_buyer_providers.0.id'))}`,
      { data_buyer_provider: { active: false } },
      'buyer',
    );
    expect(await idsTold()).toEqual([['unshared', one, two]]);
  });

  it('of deactivated segments, several in one call', async () => {
    await put('segment', {
      segments: [
        { id: one, state: 'inactive' },
        { id: two, state: 'inactive' },
      ],
    });
    expect(await idsTold()).toEqual([['deactivated', one, two]]);
  });

  it('of deleted segments, by their names', async () => {
    await platform.call(`DELETE /segment?id=${one},${two}`);
    expect(await idsTold()).toEqual([['deleted', one, two]]);
    expect((await told())[0]?.segments[0]?.name).toBe('One');
  });

  it('of a member that was made inactive', async () => {
    await put(`member?id=${members.provider}`, { member: { state: 'inactive' } }, 'admin');
    await put(`member?id=${members.provider}`, { member: { state: 'active' } }, 'admin');
    expect(await idsTold()).toEqual([['deactivated', one, two]]);
  });
});

describe('nobody is told', () => {
  it('of what widens, or changes nothing', async () => {
    await share({ segments: [{ id: one }, { id: two }] });
    await share({ segment_exposure: 'all', segments: null });
    await put(`segment?id=${one}`, { segment: { short_name: 'Renamed', state: 'active' } });
    expect(await idsTold()).toEqual([]);
  });
  it('twice: a segment that was off already is not missed when it is deleted or taken off a list', async () => {
    await put(`segment?id=${one}`, { segment: { state: 'inactive' } });
    await share({ segments: [{ id: two }] });
    await platform.call(`DELETE /segment?id=${one}`);
    expect(await idsTold()).toEqual([['deactivated', one]]);
  });
  it('of what is refused', async () => {
    await put('segment', {
      segments: [
        { id: one, state: 'inactive' },
        { id: two, code: 'x'.repeat(51) },
      ],
    });
    await platform.call(`DELETE /segment?id=${one},999999`);
    expect(await idsTold()).toEqual([]);
  });
  it('who saw nothing of it: another buyer, and one that has disabled the provider', async () => {
    await share({ segments: [] });
    expect(await idsTold('bidder')).toEqual([]);
  });
});
