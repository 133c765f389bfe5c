import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountName, members, startPlatform, type PlatformServer } from '../../../test/platform-server.ts';

let platform: PlatformServer;
beforeAll(async () => {
  platform = await startPlatform({ settings: { redirectHosts: ['partner.example'] } });
});
afterAll(() => platform.stop());

const call = (request: string, syncHost?: object, as: AccountName = 'provider') =>
  platform.call(request as 'GET /x', { as, ...(syncHost ? { json: { sync_host: syncHost } } : {}) });
const make = async (host: string, as: AccountName = 'provider'): Promise<number> =>
  Number((await call('POST /sync-host', { host }, as)).at('id'));

/** No names, addresses in every spelling, this machine, more than a host, and other spellings of names. */
const unfit: readonly string[] = [
  ['', ' ', '*', '*.', '*.com', '*.*.example.com', 'a.*.example.com', '**.example.com', '*example.com'],
  ['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0177.0.0.1', '1.2.3', '[::1]', '::1', '*.0.0.1', '*.127.0.0.1'],
  ['localhost', 'a.localhost', '*.a.localhost', 'LOCALHOST'],
  ['https://a.example.com', '//a.example.com', 'a.example.com/x', 'a.example.com:80', 'u@a.example.com', 'a.example.com?x', 'a b.example'],
  ['A.example.com', 'bücher.example', 'a..example.com', '.example.com', 'a.example.com.', '-a.example.com', 'a-.example.com'],
  ['a_b.example.com', 'xn--.example', `${'a'.repeat(64)}.example`, `${'abcdefgh.'.repeat(28)}example`],
].flat();

describe('createSyncHost', () => {
  it('200', async () => {
    const answer = await call('POST /sync-host', { host: 'sync.example.com', member_id: members.buyer });
    const shown = { id: answer.at('id'), member_id: members.provider, host: 'sync.example.com', state: 'active' };
    expect(answer.at('sync_host')).toMatchObject(shown);
    expect(answer.warnings).toEqual(['sync_host.member_id is read-only and was ignored']);
    expect((await call('POST /sync-host', { host: 'off.example.com', state: 'inactive' })).at('sync_host.state')).toBe('inactive');
  });
  it('200: by an administrator for a member', async () => {
    const answer = await call(`POST /sync-host?member_id=${members.buyer}`, { host: 'sync.example.com' }, 'admin');
    expect(answer.at('sync_host.member_id')).toBe(members.buyer);
  });
  it.each(['*.example.com', '*.sub.example.com', 'a', 'xn--bcher-kva.example', '1and1.example', `${'a'.repeat(63)}.example`])(
    '200: %s',
    async (host) => expect((await call('POST /sync-host', { host })).at('sync_host.host')).toBe(host),
  );
  it.each(unfit)('400 SYNTAX: “%s”', async (host) => expect((await call('POST /sync-host', { host })).at('error_id')).toBe('SYNTAX'));
  it.each([{}, { host: null }, { host: 5 }, { host: ['a.example'] }, { host: 'b.example', state: 'gone' }])(
    '400 SYNTAX: %o',
    async (sent) => expect((await call('POST /sync-host', sent)).at('error_id')).toBe('SYNTAX'),
  );
  it('400 SYNTAX: an administrator’s for nobody', async () =>
    expect((await call('POST /sync-host', { host: 'b.example' }, 'admin')).at('error_id')).toBe('SYNTAX'));
  it('403 UNAUTH: for another member, by a viewer', async () => {
    expect((await call(`POST /sync-host?member_id=${members.buyer}`, { host: 'b.example' })).at('error_id')).toBe('UNAUTH');
    expect((await call('POST /sync-host', { host: 'b.example' }, 'viewer')).at('error_id')).toBe('UNAUTH');
  });
  it('404: for a member that is not there', async () =>
    expect((await call('POST /sync-host?member_id=99999', { host: 'b.example' }, 'admin')).status).toBe(404));
  it('409 INTEGRITY: twice in a member; others may name it too', async () => {
    await make('twice.example');
    expect((await call('POST /sync-host', { host: 'twice.example' })).at('error_id')).toBe('INTEGRITY');
    expect((await call('POST /sync-host', { host: 'twice.example' }, 'stranger')).status).toBe(200);
  });
});

describe('listSyncHosts', () => {
  it('200: by id, host and filter', async () => {
    const id = await make('listed.example', 'idleBuyer');
    for (const query of [`/${id}`, `?id=${id}`])
      expect((await call(`GET /sync-host${query}`, undefined, 'idleBuyer')).at('sync_host.host')).toBe('listed.example');
    for (const query of ['', '?host=listed.example', '?like_host=LISTED', '?state=active', '?search=sted'])
      expect((await call(`GET /sync-host${query}`, undefined, 'idleBuyer')).at('sync_hosts')).toMatchObject([{ id }]);
    expect((await call(`GET /sync-host?member_id=${members.idleBuyer}`, undefined, 'admin')).at('sync_hosts.0.id')).toBe(id);
  });
  it('200: meta', async () => expect((await call('GET /sync-host/meta')).at('fields.2.name')).toBe('host'));
  it('404: another’s', async () => {
    const id = await make('hidden.example');
    expect((await call(`GET /sync-host?id=${id}`, undefined, 'stranger')).at('error_code')).toBe('NOT_FOUND');
  });
});

describe('updateSyncHost', () => {
  it('200: switches the host, and nothing else', async () => {
    const id = await make('switched.example');
    const answer = await call(`PUT /sync-host?id=${id}`, { state: 'inactive', host: 'other.example' });
    expect(answer.at('sync_host')).toMatchObject({ id, host: 'switched.example', state: 'inactive' });
    expect(answer.warnings).toEqual(['sync_host.host is read-only and was ignored']);
    expect((await call(`PUT /sync-host/${id}`, { state: 'active' }, 'admin')).at('sync_host.state')).toBe('active');
  });
  it('400 SYNTAX: no id, no such state', async () => {
    expect((await call('PUT /sync-host', { state: 'active' })).at('error_id')).toBe('SYNTAX');
    expect((await call('PUT /sync-host?id=1', { state: 'gone' })).at('error_id')).toBe('SYNTAX');
  });
  it('404: another’s', async () => {
    const id = await make('theirs.example', 'stranger');
    expect((await call(`PUT /sync-host?id=${id}`, { state: 'inactive' })).at('error_code')).toBe('NOT_FOUND');
  });
});

describe('deleteSyncHost', () => {
  it('200: several, whose hosts are free again', async () => {
    const ids = [await make('one.example'), await make('two.example')];
    expect((await call(`DELETE /sync-host?id=${ids.join()}`)).at('count')).toBe(2);
    expect((await call(`GET /sync-host?id=${ids[0] ?? 0}`)).status).toBe(404);
    expect((await call('POST /sync-host', { host: 'one.example' })).status).toBe(200);
  });
  it('400 SYNTAX: no id', async () => expect((await call('DELETE /sync-host')).at('error_id')).toBe('SYNTAX'));
  it('404: another’s among them, and none is deleted', async () => {
    const [own, foreign] = [await make('own.example'), await make('foreign.example', 'stranger')];
    expect((await call(`DELETE /sync-host?id=${own},${foreign}`)).at('error_code')).toBe('NOT_FOUND');
    expect((await call(`GET /sync-host?id=${own}`)).status).toBe(200);
  });
});

it('every change has its event in the audit trail', async () => {
  const id = await make('audited.example');
  await call(`PUT /sync-host?id=${id}`, { state: 'inactive' });
  await call(`PUT /sync-host?id=${id}`, { state: 'inactive' });
  await call(`DELETE /sync-host?id=${id}`);
  const events = await call(`GET /audit-event?object_type=sync_host&object_id=${id}`);
  expect(events.at('audit_events')).toMatchObject([
    { operation: 'createSyncHost', before: null, after: { host: 'audited.example', state: 'active' } },
    { operation: 'updateSyncHost', before: { state: 'active' }, after: { state: 'inactive' } },
    { operation: 'deleteSyncHost', before: { host: 'audited.example' }, after: null },
  ]);
});

describe('while FOYER_REDIRECT_HOSTS is *', () => {
  it('every answer says that all hosts pass', async () => {
    const open = await startPlatform();
    try {
      const id = Number((await open.call('POST /sync-host', { json: { sync_host: { host: 'a.example' } } })).at('id'));
      const answers = [
        await open.call('POST /sync-host', { json: { sync_host: { host: 'b.example' } } }),
        await open.call(`PUT /sync-host?id=${id}`, { json: { sync_host: {} } }),
        await open.call('GET /sync-host'),
        await open.call(`DELETE /sync-host?id=${id}`),
      ];
      for (const { warnings } of answers) expect(warnings).toEqual([expect.stringMatching(/^FOYER_REDIRECT_HOSTS is \*/)]);
    } finally {
      await open.stop();
    }
  });
  it('and otherwise nothing', async () => expect((await call('GET /sync-host')).warnings).toEqual([]));
});
