import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatform, type AccountName, type PlatformServer } from '../../../test/platform-server.ts';

let platform: PlatformServer;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const post = (member: object, as: AccountName = 'admin') => platform.call('POST /member', { as, json: { member } });

describe('200', () => {
  it('answers the id and the member', async () => {
    const answer = await post({ name: 'New', primary_type: 'bidder', code: 'n', contact_email: 'n@example.com' });
    expect(answer.at('member')).toMatchObject({
      id: answer.at('id'),
      name: 'New',
      primary_type: 'bidder',
      code: 'n',
      reads_per_minute: 1000,
    });
  });
  it('takes billing_name for the name, and limits', async () => {
    expect((await post({ billing_name: 'Billed', reads_per_minute: null, writes_per_minute: '5' })).at('member')).toMatchObject({
      name: 'Billed',
      primary_type: 'buyer',
      reads_per_minute: null,
      writes_per_minute: 5,
    });
    const limits = { reach_per_day: 0, segment_limit: 3, membership_limit: null, domain: 'data.example' };
    expect((await post({ name: 'Limited', ...limits })).at('member')).toMatchObject(limits);
  });
});

it.each([
  {},
  { name: '' },
  { name: 'x', primary_type: 'platform' },
  { name: 'x', reads_per_minute: -1 },
  { name: 'x', default_currency: 'euro' },
])('400 SYNTAX: %o', async (member) => {
  expect((await post(member)).at('error_id')).toBe('SYNTAX');
});
it.each(['provider', 'viewer'] as const)('403 UNAUTH: %s', async (as) =>
  expect((await post({ name: 'x' }, as)).at('error_id')).toBe('UNAUTH'),
);
