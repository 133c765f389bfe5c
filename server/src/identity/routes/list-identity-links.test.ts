import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountName, members, type PlatformServer, startPlatform } from '../../../test/platform-server.ts';
import { external } from '../../profiles/profile-fixtures.ts';

let platform: PlatformServer;
beforeAll(async () => {
  platform = await startPlatform({ settings: { mappingTtlS: 3600 } });
});
afterAll(() => platform.stop());

const uuid = '0f1e2d3c-0319-4abc-8def-101234567890';
const list = (query: string, as: AccountName = 'provider') => platform.call(`GET /identity-link?${query}`, { as });
const link = async (user: string, identifiers: readonly object[], as: AccountName = 'provider') => {
  const answer = await platform.call('POST /identity-link', {
    as,
    json: { identity_links: identifiers.map((identifier) => ({ user_id: user, identifier })) },
  });
  if (answer.status !== 200) throw new Error(answer.text);
};

describe('200', () => {
  it('every kind of identifier in the form in which it is linked, oldest first, by any name of the user', async () => {
    await link('101', [{ domain: 'idfa', id: uuid.toUpperCase() }]);
    platform.clock.forward(1000);
    await link('101', [{ domain: 'external', id: 'crm-1' }]);
    platform.clock.forward(1000);
    await link('101', [{ domain: 'eid', source: 'NetID.de', id: 'Ab' }]);
    platform.clock.forward(1000);
    await link('101', [{ domain: 'ifa', type: 'PPID', id: 'x' }]);
    const links = [
      { identifier: { domain: 'idfa', id: uuid }, linked_at: '2026-01-15 12:00:00', expires_at: null },
      {
        identifier: { domain: 'external', id: 'crm-1', member_id: members.provider },
        linked_at: '2026-01-15 12:00:01',
        expires_at: '2026-01-15 13:00:01',
      },
      { identifier: { domain: 'eid', source: 'netid.de', id: 'Ab' }, linked_at: '2026-01-15 12:00:02', expires_at: null },
      { identifier: { domain: 'ifa', type: 'ppid', id: 'x' }, linked_at: '2026-01-15 12:00:03', expires_at: null },
    ];
    const names = ['101', `${uuid}&domain=idfa`, `crm-1&domain=external&member=${members.provider}`, 'Ab&domain=eid&source=netid.de'];
    for (const name of names) {
      const answer = await list(`uid=${name}`);
      expect([answer.at('count'), answer.at('identity_links')]).toEqual([4, links]);
    }
  });

  it('nothing for a user that nobody has seen, an unmapped external id, and one who has opted out', async () => {
    await link('102', [{ domain: 'external', id: 'crm-2' }]);
    await platform.server.profiles.forget(external('crm-2', members.provider), { optOut: true });
    for (const name of ['999', `nobody&domain=external&member=${members.provider}`, '102']) {
      const answer = await list(`uid=${name}`);
      expect([answer.status, answer.at('count'), answer.at('identity_links')]).toEqual([200, 0, []]);
    }
  });

  it('a member sees its own external ids, whoever linked them, and what it linked itself; administrators see all, or as it does', async () => {
    await link('103', [{ domain: 'idfa', id: uuid.replace('0f', '1f') }], 'stranger');
    await link('103', [{ domain: 'external', id: 'theirs' }], 'stranger');
    await link('103', [{ domain: 'external', id: 'mine', member_id: members.provider }], 'admin');
    const ids = async (as: AccountName, more = '') =>
      ((await list(`uid=103${more}`, as)).at('identity_links') as { identifier: { id: string } }[]).map(({ identifier }) => identifier.id);
    expect(await ids('provider')).toEqual(['mine']);
    expect(await ids('viewer')).toEqual(['mine']);
    expect(await ids('stranger')).toEqual([uuid.replace('0f', '1f'), 'theirs']);
    expect(await ids('admin')).toHaveLength(3);
    expect(await ids('admin', `&member_id=${members.provider}`)).toEqual(['mine']);
  });

  it('in pages of a hundred', async () => {
    await link(
      '104',
      Array.from({ length: 130 }, (_, at) => ({ domain: 'external', id: `page-${at}` })),
    );
    const first = await list('uid=104');
    expect([first.at('count'), (first.at('identity_links') as unknown[]).length]).toEqual([130, 100]);
    const rest = await list('uid=104&start_element=100&num_elements=50');
    expect([rest.at('count'), rest.at('start_element'), (rest.at('identity_links') as unknown[]).length]).toEqual([130, 100, 30]);
    expect(rest.at('identity_links.29.identifier.id')).toBe('page-129');
  });

  it('drops a mapping that has ended', async () => {
    await link('105', [
      { domain: 'external', id: 'crm-5' },
      { domain: 'ifa', type: 'ppid', id: 'kept' },
    ]);
    platform.clock.forward(3600_000);
    expect((await list('uid=105')).at('identity_links')).toMatchObject([{ identifier: { id: 'kept' } }]);
  });
});

describe('refused', () => {
  it.each(['', 'uid=', 'uid=0', 'uid=abc', 'uid=xyz&domain=idfa', 'uid=5&domain=nonsense', 'uid=a&domain=external', 'uid=a&domain=eid'])(
    '400 SYNTAX: %s',
    async (query) => expect((await list(query)).at('error_id')).toBe('SYNTAX'),
  );
  it("403 UNAUTH: another's external id, another member", async () => {
    expect((await list(`uid=crm-1&domain=external&member=${members.provider}`, 'stranger')).at('error_id')).toBe('UNAUTH');
    expect((await list(`uid=101&member_id=${members.provider}`, 'stranger')).at('error_id')).toBe('UNAUTH');
  });
  it('404: a member that is not there', async () => expect((await list('uid=101&member_id=99999', 'admin')).status).toBe(404));
});
