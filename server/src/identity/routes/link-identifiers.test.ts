import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountName, members, type PlatformAnswer, type PlatformServer, startPlatform } from '../../../test/platform-server.ts';
import { asMemberId } from '../../kit/ids.ts';
import { external } from '../../profiles/profile-fixtures.ts';

const mappingTtlS = 3600;
let platform: PlatformServer;
beforeAll(async () => {
  platform = await startPlatform({ settings: { mappingTtlS } });
});
afterAll(() => platform.stop());

let made = 0;
/** Ids that nobody has seen. */
const newUser = (): string => `1000000000000000${String((made += 1)).padStart(4, '0')}`;
const newUuid = (): string => `0f1e2d3c-0319-4abc-8def-${String((made += 1)).padStart(12, '0')}`;
const newText = (): string => `crm-${(made += 1)}`;
const idfa = (id = newUuid()) => ({ domain: 'idfa', id });
const own = (id = newText()) => ({ domain: 'external', id });

const post = (body: unknown, as: AccountName = 'provider', query = ''): Promise<PlatformAnswer> =>
  platform.call(`POST /identity-link${query}`, { as, json: body });
const link = (pairs: readonly object[], as: AccountName = 'provider', query = '') => post({ identity_links: pairs }, as, query);
const results = (answer: PlatformAnswer): unknown[] => {
  if (answer.status !== 200) throw new Error(answer.text);
  return (answer.at('identity_links') as { result: string }[]).map(({ result }) => result);
};
const answers = async (pairs: readonly object[], as?: AccountName) => (await link(pairs, as)).at('identity_links');
const lookUp = async (query: string, as: AccountName = 'provider') =>
  (await platform.call(`GET /user-segments?uid=${query}`, { as })).at('user');
const addTo = (user: string, segment: number, more: object = {}) =>
  platform.call('POST /rt-segment', { json: { rt_segment: [{ user_id: user, seg_block: [{ seg_id: segment, value: 1 }], ...more }] } });
const segment = async () =>
  Number((await platform.call('POST /segment', { json: { segment: { short_name: 'Linked', state: 'active' } } })).at('id'));
const refusedLink = { user_id: null, domain: null };

describe('200', () => {
  it('answers pair by pair, in order', async () => {
    const [one, two, device, eid] = [newUser(), newUser(), idfa(), { domain: 'eid', source: 'NetID.de', id: newText() }];
    const answer = await link([
      { user_id: one, identifier: device },
      { user_id: one, identifier: device },
      { user_id: two, identifier: device },
      { user_id: '0', identifier: idfa() },
      { user_id: one, identifier: idfa('xyz') },
      { to: device, identifier: eid },
      { identifier: eid, unlink: true },
    ]);
    expect(answer.at('count')).toBe(7);
    expect(answer.at('identity_links')).toEqual([
      { result: 'linked', user_id: one, domain: null },
      { result: 'unchanged', user_id: one, domain: null },
      { result: 'moved', user_id: two, domain: null },
      { result: 'invalid-user', ...refusedLink },
      { result: 'invalid-identifier', ...refusedLink },
      { result: 'linked', user_id: two, domain: null },
      { result: 'unlinked', ...refusedLink },
    ]);
  });

  it('takes a single pair, every kind of identifier, and the older spelling of its key', async () => {
    const user = newUser();
    const kinds = [
      idfa(),
      { domain: 'SH1UDID', id: 'a'.repeat(36) + String((made += 1)).padStart(4, '0') },
      own(),
      { domain: 'external', id: newText(), member_id: members.provider },
      { domain: 'external', id: newText(), member_id: String(members.provider) },
      { domain: 'EID', source: 'liveramp.com', id: newText() },
      { domain: 'ifa', type: 'ppid', id: newText() },
    ];
    for (const identifier of kinds)
      expect((await post({ identity_link: { user_id: user, identifier } })).at('identity_links')).toEqual([
        { result: 'linked', user_id: user, domain: null },
      ]);
    expect(results(await post({ 'identity-links': [{ user_id: user, identifier: own() }] }))).toEqual(['linked']);
    expect((await platform.call(`GET /identity-link?uid=${user}`)).at('count')).toBe(8);
  });

  it('names a user that has no user id by its first identifier, at the moment of the pair', async () => {
    const [device, user] = [idfa(), newUser()];
    expect(
      await answers([
        { to: device, identifier: own() },
        { to: device, identifier: { domain: 'ifa', type: 'ppid', id: newText() } },
        { user_id: user, identifier: device },
        { to: device, identifier: own() },
        { identifier: device, unlink: true },
        { to: device, identifier: own() },
      ]),
    ).toEqual([
      { result: 'linked', user_id: device.id, domain: 'idfa' },
      { result: 'linked', user_id: device.id, domain: 'idfa' },
      { result: 'linked', user_id: user, domain: null },
      { result: 'linked', user_id: user, domain: null },
      { result: 'unlinked', ...refusedLink },
      { result: 'linked', user_id: device.id, domain: 'idfa' },
    ]);
  });

  it('names users through what earlier pairs moved, in either direction of a chain', async () => {
    const [a, b, c, d] = [idfa(), idfa(), idfa(), idfa()];
    const named = (device: { id: string }) => ({ result: 'linked', user_id: device.id, domain: 'idfa' });
    expect(
      await answers([
        { to: a, identifier: b },
        { to: b, identifier: c },
        { to: c, identifier: d },
      ]),
    ).toEqual([named(a), named(a), named(a)]);
    const [e, f, g] = [idfa(), idfa(), idfa()];
    expect(
      await answers([
        { to: f, identifier: e },
        { to: g, identifier: f },
        { to: e, identifier: own() },
        { to: d, identifier: g },
      ]),
    ).toEqual([named(f), named(g), named(g), named(a)]);
  });

  it('an ifa whose type is a device domain is that device', async () => {
    const [user, id] = [newUser(), newUuid()];
    expect(await answers([{ user_id: user, identifier: { domain: 'ifa', type: 'IDFA', id: id.toUpperCase() } }])).toMatchObject([
      { result: 'linked' },
    ]);
    expect(await lookUp(`${id}&domain=idfa`)).toMatchObject({ user_id: user, domain: null, known: true });
    const unfit = { domain: 'ifa', type: 'idfa', id: 'no-uuid' };
    expect(await answers([{ user_id: user, identifier: unfit }])).toMatchObject([{ result: 'invalid-identifier' }]);
  });

  it('brings what a device had to its user, and leaves it there', async () => {
    const [id, user, device] = [await segment(), newUser(), idfa()];
    await addTo(device.id, id, { domain: 'idfa' });
    await link([{ user_id: user, identifier: device }]);
    const held = async (query: string) => (await platform.call(`GET /user-segments?uid=${query}`)).at('count');
    expect([await held(user), await held(`${device.id}&domain=idfa`)]).toEqual([1, 1]);
    await link([{ identifier: device, unlink: true }]);
    expect([await held(user), await held(`${device.id}&domain=idfa`)]).toEqual([1, 0]);
  });

  it('maps an external id for FOYER_MAPPING_TTL_S, renewed by a repeated call; nothing else ends', async () => {
    const [user, crm, device] = [newUser(), own(), idfa()];
    const pairs = [crm, device].map((identifier) => ({ user_id: user, identifier }));
    await link(pairs);
    platform.clock.forward((mappingTtlS - 1) * 1000);
    expect(await lookUp(`${crm.id}&domain=external&member=${members.provider}`)).toMatchObject({ user_id: user });
    expect(results(await link(pairs))).toEqual(['unchanged', 'unchanged']);
    platform.clock.forward((mappingTtlS - 1) * 1000);
    expect(await lookUp(`${crm.id}&domain=external&member=${members.provider}`)).toMatchObject({ user_id: user });
    platform.clock.forward(1000);
    expect(await lookUp(`${crm.id}&domain=external&member=${members.provider}`)).toMatchObject({
      user_id: null,
      known: false,
      mapped_until: null,
    });
    expect(await lookUp(`${device.id}&domain=idfa`)).toMatchObject({ user_id: user });
  });

  it('takes ids as numbers, in their own digits', async () => {
    const [crm, named] = [9_007_000_000_000_000 + (made += 1), String(12345678900980000000n + BigInt((made += 1)))];
    const text = `{"identity_links":[{"user_id":${named},"identifier":{"domain":"external","id":${crm}}},
      {"to":{"id":${named}},"identifier":{"domain":"external","id":7}},
      {"user_id":1e3,"identifier":{"domain":"external","id":8}},{"user_id":1.5,"identifier":{"domain":"external","id":8}}]}`;
    const answer = await platform.call('POST /identity-link', { body: text });
    expect(answer.at('identity_links')).toMatchObject([
      { result: 'linked', user_id: named },
      { result: 'linked', user_id: named },
      { result: 'invalid-user' },
      { result: 'invalid-user' },
    ]);
    expect(await lookUp(`${crm}&domain=external&member=${members.provider}`)).toMatchObject({ user_id: named });
  });

  it.each([
    ['no user', { identifier: idfa() }],
    ['null for a user', { user_id: null, to: null, identifier: idfa() }],
    ['two users', { user_id: '5', to: { id: '5' }, identifier: idfa() }],
    ['user 0', { user_id: '0', identifier: idfa() }],
    ['user -1', { user_id: -1, identifier: idfa() }],
    ['no text', { user_id: { id: 5 }, identifier: idfa() }],
    ['a text for to', { to: '5', identifier: idfa() }],
    ['an unknown domain', { to: { domain: 'sha1mac', id: 'a'.repeat(40) }, identifier: idfa() }],
    ['an unmapped external id', { to: own(), identifier: idfa() }],
    ['a user to unlink from', { user_id: '5', identifier: idfa(), unlink: true }],
    ['an identifier to unlink from', { to: idfa(), identifier: idfa(), unlink: true }],
  ])('invalid-user: %s', async (_, pair) => {
    expect(await answers([pair])).toEqual([{ result: 'invalid-user', ...refusedLink }]);
  });

  it.each([
    ['none', {}],
    ['null', { identifier: null }],
    ['text', { identifier: '5' }],
    ['a user id', { identifier: { id: '5' } }],
    ['a user id by its domain', { identifier: { domain: 'userdata', id: '5' } }],
    ['an unlisted source', { identifier: { domain: 'eid', source: 'other.example', id: 'x' } }],
    ['an ifa without a type', { identifier: { domain: 'ifa', id: 'x' } }],
    ['no id', { identifier: { domain: 'external' } }],
    ['a separator in it', { identifier: own('a;b') }],
    ['all zeros', { identifier: idfa('00000000-0000-0000-0000-000000000000') }],
    ['no such member', { identifier: { ...own(), member_id: 'me' } }],
  ])('invalid-identifier: %s, linked or unlinked', async (_, pair) => {
    const expected = { result: 'invalid-identifier', ...refusedLink };
    expect(
      await answers([
        { user_id: '5', ...pair },
        { unlink: true, ...pair },
      ]),
    ).toEqual([expected, expected]);
  });

  it('unchanged: what is unlinked hung on nobody; it names itself', async () => {
    const [device, crm] = [idfa(), own()];
    await addTo(device.id, await segment(), { domain: 'idfa' });
    expect(
      await answers([
        { identifier: device, unlink: true },
        { identifier: crm, unlink: true },
      ]),
    ).toEqual([
      { result: 'unchanged', user_id: device.id, domain: 'idfa' },
      { result: 'unchanged', user_id: null, domain: 'external' },
    ]);
  });

  it('opted-out: the user, the identifier, and what is to be unlinked', async () => {
    const [user, crm] = [newUser(), own()];
    await link([{ user_id: user, identifier: crm }]);
    await platform.server.profiles.forget(external(crm.id, members.provider), { optOut: true });
    expect(
      results(
        await link([
          { user_id: user, identifier: idfa() },
          { user_id: newUser(), identifier: crm },
          { to: crm, identifier: idfa() },
          { identifier: crm, unlink: true },
        ]),
      ),
    ).toEqual(['opted-out', 'opted-out', 'opted-out', 'opted-out']);
  });

  it("unauthorized: another member's external ids, linked, unlinked or as a user; the same text of one's own is another id", async () => {
    const [user, crm] = [newUser(), newText()];
    const theirs = { ...own(crm), member_id: members.provider };
    await link([{ user_id: user, identifier: own(crm) }]);
    expect(
      await answers(
        [
          { user_id: newUser(), identifier: theirs },
          { identifier: theirs, unlink: true },
          { to: theirs, identifier: idfa() },
        ],
        'stranger',
      ),
    ).toEqual([
      { result: 'unauthorized', ...refusedLink },
      { result: 'unauthorized', ...refusedLink },
      { result: 'unauthorized', ...refusedLink },
    ]);
    expect(results(await link([{ user_id: newUser(), identifier: own(crm) }], 'stranger'))).toEqual(['linked']);
    expect(await lookUp(`${crm}&domain=external&member=${members.provider}`)).toMatchObject({ user_id: user });
  });

  it.each([
    ['all', ['linked', 'linked', 'unchanged']],
    ['external', ['unauthorized', 'linked', 'unauthorized']],
    ['none', ['unauthorized', 'unauthorized', 'unauthorized']],
  ])('link_identifiers %s narrows what a member links and unlinks, and who acts for it', async (word, expected) => {
    const config = (json: object) =>
      platform.call(`PUT /batch-segment-config?member_id=${members.stranger}`, {
        as: 'admin',
        json: { batch_segment_upload_config: json },
      });
    await config({ link_identifiers: word });
    const pairs = () => [
      { user_id: newUser(), identifier: idfa() },
      { user_id: newUser(), identifier: own() },
      { identifier: { domain: 'eid', source: 'netid.de', id: newText() }, unlink: true },
    ];
    expect(results(await link(pairs(), 'stranger'))).toEqual(expected);
    expect(results(await link(pairs(), 'admin', `?member_id=${members.stranger}`))).toEqual(expected);
    await config({ link_identifiers: 'all' });
  });

  it('a user may be named by external ids of external_member_uid, which are not linked by it', async () => {
    const [user, crm] = [newUser(), own()];
    await link([{ user_id: user, identifier: crm }]);
    const config = { external_member_uid: members.provider };
    await platform.call(`PUT /batch-segment-config?member_id=${members.buyer}`, {
      as: 'admin',
      json: { batch_segment_upload_config: config },
    });
    const theirs = { ...crm, member_id: members.provider };
    expect(
      await answers(
        [
          { to: theirs, identifier: idfa() },
          { identifier: theirs, unlink: true },
        ],
        'buyer',
      ),
    ).toMatchObject([{ result: 'linked', user_id: user }, { result: 'unauthorized' }]);
  });

  it("administrators link anybody's external ids, by default their own member's; with member_id they are that member", async () => {
    const [user, crm, device] = [newUser(), own(), idfa()];
    const theirs = { ...crm, member_id: members.provider };
    const pairs = [
      { user_id: user, identifier: crm },
      { user_id: user, identifier: theirs },
      { user_id: user, identifier: { ...crm, member_id: 99_999 } },
      { user_id: user, identifier: device },
    ];
    expect(results(await link(pairs, 'admin'))).toEqual(['linked', 'linked', 'invalid-identifier', 'linked']);
    expect(results(await link(pairs, 'admin', `?member_id=${members.provider}`))).toEqual([
      'unchanged',
      'unchanged',
      'unauthorized',
      'unchanged',
    ]);
    const linkedBy = async () => (await platform.server.profiles.links(external(crm.id, members.provider))).map((each) => each.linkedBy);
    expect(await linkedBy()).toEqual([members.platform, members.provider, members.provider].map(asMemberId));
  });

  it('require_known_users: a user whom nobody has seen is invalid, one whom an earlier pair cannot have made too', async () => {
    const config = (json: object) =>
      platform.call(`PUT /batch-segment-config?member_id=${members.stranger}`, {
        as: 'admin',
        json: { batch_segment_upload_config: json },
      });
    await config({ require_known_users: true });
    const [unseen, seen, device] = [newUser(), newUser(), idfa()];
    await addTo(seen, await segment());
    expect(
      results(
        await link(
          [
            { user_id: unseen, identifier: own() },
            { user_id: unseen, identifier: own() },
            { user_id: seen, identifier: device },
            { to: device, identifier: own() },
          ],
          'stranger',
        ),
      ),
    ).toEqual(['invalid-user', 'invalid-user', 'linked', 'linked']);
    await config({ require_known_users: false });
  });

  it('names keys that nobody reads', async () => {
    const pair = { user_id: newUser(), identifier: { ...idfa(), os: 'ios' }, weight: 1 };
    expect((await post({ identity_links: [pair], mode: 'x' })).warnings).toEqual([
      "The body's key 'mode' is unknown and was ignored",
      'identity_links[0].weight is unknown and was ignored',
      'identity_links[0].identifier.os is unknown and was ignored',
    ]);
  });

  it('takes a thousand pairs, each for itself', async () => {
    const [user, crm] = [newUser(), newText()];
    const pairs = Array.from({ length: 1000 }, (_, at) => ({ user_id: user, identifier: own(`${crm}-${at % 999}`) }));
    const answer = await link(pairs);
    expect(answer.at('count')).toBe(1000);
    expect(results(answer)).toEqual([...Array.from({ length: 999 }, () => 'linked'), 'unchanged']);
  });

  it('full: beyond the links that a user may have', async () => {
    const user = newUser();
    const few = await startPlatform({ settings: { maxLinksPerUser: 2 } });
    try {
      const pairs = [1, 2, 3].map((at) => ({ user_id: user, identifier: own(`full-${at}`) }));
      const answer = await few.call('POST /identity-link', { json: { identity_links: pairs } });
      expect(results(answer)).toEqual(['linked', 'linked', 'full']);
    } finally {
      await few.stop();
    }
  });
});

describe('400 SYNTAX', () => {
  it.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['no container', '{}'],
    ['both', '{"identity_link":{},"identity_links":[{}]}'],
    ['an empty list', '{"identity_links":[]}'],
    ['no list', '{"identity_links":{}}'],
    ['a pair that is no object', '{"identity_links":[5]}'],
    ['unlink that is neither', '{"identity_links":[{"identifier":{"domain":"idfa","id":"x"},"unlink":"yes"}]}'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('%s', async (_, body) => {
    const answer = await platform.call('POST /identity-link', { body: body as string });
    expect([answer.status, answer.at('error_id')]).toEqual([400, 'SYNTAX']);
  });
  it('does nothing of a call that it refuses', async () => {
    const crm = newText();
    const pairs = [
      { user_id: newUser(), identifier: own(crm) },
      { identifier: own(), unlink: 1 },
    ];
    expect((await link(pairs)).status).toBe(400);
    expect(await lookUp(`${crm}&domain=external&member=${members.provider}`)).toMatchObject({ known: false });
  });
});

describe('refused', () => {
  it('401 NOAUTH without a token; the token may stand in the query', async () => {
    const json = { identity_links: [{ user_id: newUser(), identifier: own() }] };
    expect((await platform.call('POST /identity-link', { as: null, json })).at('error_id')).toBe('NOAUTH');
    const query = `?access_token=${platform.tokens.provider}` as const;
    expect((await platform.call(`POST /identity-link${query}`, { as: null, json })).status).toBe(200);
  });
  it('403 UNAUTH for viewers, and for another member', async () => {
    const pairs = [{ user_id: newUser(), identifier: own() }];
    expect((await link(pairs, 'viewer')).at('error_id')).toBe('UNAUTH');
    expect((await link(pairs, 'stranger', `?member_id=${members.provider}`)).at('error_id')).toBe('UNAUTH');
  });
  it('404 for a member that is not there', async () =>
    expect((await link([{ user_id: newUser(), identifier: own() }], 'admin', '?member_id=99999')).status).toBe(404));
  it('409 LIMIT beyond a thousand pairs, and none is done', async () => {
    const crm = newText();
    const pairs = Array.from({ length: 1001 }, (_, at) => ({ user_id: '5', identifier: own(`${crm}-${at}`) }));
    const answer = await link(pairs);
    expect([answer.status, answer.at('error_id')]).toEqual([409, 'LIMIT']);
    expect(await lookUp(`${crm}-0&domain=external&member=${members.provider}`)).toMatchObject({ known: false });
  });
  it('405 for other methods', async () => expect((await platform.call('PUT /identity-link', { json: {} })).status).toBe(405));
  it('503 while nothing can be stored', async () => {
    const closed = await startPlatform();
    try {
      await closed.server.profiles.close();
      const answer = await closed.call('POST /identity-link', { json: { identity_link: { user_id: '5', identifier: own() } } });
      expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
    } finally {
      await closed.stop();
    }
  });
});

describe('FOYER_HOLD_EXTERNAL', () => {
  it.each([true, false])('%s: memberships of an unmapped external id wait for its user, or are refused', async (holdExternal) => {
    const held = await startPlatform({ settings: { holdExternal, mappingTtlS } });
    try {
      const config = { use_external_uids: true };
      await held.call(`PUT /batch-segment-config?member_id=${members.provider}`, {
        as: 'admin',
        json: { batch_segment_upload_config: config },
      });
      const id = Number((await held.call('POST /segment', { json: { segment: { short_name: 'Held', state: 'active' } } })).at('id'));
      const add = (seg: number) =>
        held.call('POST /rt-segment', { json: { rt_segment: [{ user_id: 'crm-1', seg_block: [{ seg_id: seg, value: 4 }] }] } });
      await add(id);
      await held.call('POST /rt-segment', { json: { rt_segment: [{ user_id: 'crm-2', seg_block: [{ seg_id: 4_000_000 }] }] } });
      const look = (query: string) => held.call(`GET /user-segments?uid=${query}`);
      const waiting = await look(`crm-1&domain=external&member=${members.provider}`);
      expect(waiting.at('user')).toEqual({
        user_id: null,
        domain: 'external',
        known: holdExternal,
        opted_out: false,
        mapped_until: null,
      });
      expect(waiting.at('count')).toBe(holdExternal ? 1 : 0);
      const hours = await held.call('GET /rt-segment-processed?agg=true');
      expect(hours.at('report')).toMatchObject(
        holdExternal
          ? { num_valid_users: 2, num_invalid_users: 0, num_valid_adds: 1 }
          : { num_valid_users: 0, num_invalid_users: 2, num_valid_adds: 0 },
      );
      const pair = (more: object) => held.call('POST /identity-link', { json: { identity_link: more } });
      expect((await pair({ to: own('crm-1'), identifier: idfa() })).at('identity_links')).toEqual([
        holdExternal ? { result: 'linked', user_id: null, domain: 'external' } : { result: 'invalid-user', ...refusedLink },
      ]);
      expect(results(await pair({ user_id: '77', identifier: own('crm-1') }))).toEqual(['linked']);
      expect((await look('77')).at('count')).toBe(holdExternal ? 1 : 0);
      held.clock.forward(mappingTtlS * 1000);
      await add(id);
      expect((await look(`crm-1&domain=external&member=${members.provider}`)).at('user.known')).toBe(holdExternal);
      expect((await look('77')).at('count')).toBe(holdExternal ? 1 : 0);
    } finally {
      await held.stop();
    }
  });
});
