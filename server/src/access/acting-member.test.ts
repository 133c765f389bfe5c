import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { members, startPlatform, type PlatformServer } from '../../test/platform-server.ts';

let platform: PlatformServer;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const record = { member_data_sharing: { buyer_member_id: members.buyer, segment_exposure: 'list', segments: [] } };
const enabled = { data_buyer_provider: { data_provider_member_id: members.provider } };
const config = { batch_segment_upload_config: {} };

/** What an administrator does for a member, who must be named: the platform itself has none of it. */
const forMembers = [
  ['POST /member-data-sharing', 'data_member_id', members.provider, record],
  ['POST /data-buyer-provider', 'member_id', members.buyer, enabled],
  ['GET /batch-segment-config', 'member_id', members.provider, undefined],
  ['PUT /batch-segment-config', 'member_id', members.provider, config],
  ['POST /batch-segment-config', 'member_id', members.provider, config],
] as const;

describe.each(forMembers)('an administrator’s %s', (request, parameter, member, json) => {
  const call = (query: string) => platform.call(`${request}${query}` as 'GET /x', { as: 'admin', ...(json ? { json } : {}) });
  it('400 SYNTAX without the member, naming the parameter', async () => {
    const answer = await call('');
    expect([answer.status, answer.at('error_id')]).toEqual([400, 'SYNTAX']);
    expect(answer.at('error')).toContain(`the parameter ${parameter} is missing`);
  });
  it.each(['x', '1.5', '-1', '', '1,2'])('400 SYNTAX for the member “%s”', async (text) =>
    expect((await call(`?${parameter}=${text}`)).at('error_id')).toBe('SYNTAX'),
  );
  it('404 for a member that is not there', async () => expect((await call(`?${parameter}=99999`)).status).toBe(404));
  it('200 for any member', async () => expect((await call(`?${parameter}=${member}`)).status).toBe(200));
});

describe('GET /segment', () => {
  it('takes member_id for a filter, from everybody', async () => {
    await platform.call('POST /segment', { as: 'stranger', json: { segment: {} } });
    const seen = await platform.call(`GET /segment?member_id=${members.stranger}`, { as: 'buyer' });
    expect([seen.status, seen.at('segments')]).toEqual([200, []]);
    expect((await platform.call(`GET /segment?member_id=${members.stranger}`, { as: 'admin' })).at('count')).toBe(1);
  });
});
