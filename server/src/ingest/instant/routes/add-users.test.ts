import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { callOf, type SmallCatalog, snapshotOf } from '../../../../test/snapshot-of.ts';
import { temporaryCatalog, type TemporaryCatalog } from '../../../../test/temporary-catalog.ts';
import { resolveDeviceId, resolveUserId } from '../../../identity/resolve-user.ts';
import { asMemberId, asSegmentId } from '../../../kit/ids.ts';
import { Refusal } from '../../../kit/refusal.ts';
import { ModelProfileStore } from '../../../profiles/model/model-profile-store.ts';
import { OperationBatch } from '../../../profiles/operation-batch.ts';
import type { Identifier } from '../../../profiles/identifier.ts';
import type { Catalog } from '../../../storage/sql/catalog.ts';
import { createInstantParts, type InstantParts } from '../instant-parts.ts';
import { addUsers } from './add-users.ts';
import { getProcessed } from './get-processed.ts';

const startMs = Date.UTC(2026, 0, 15, 10, 30);
const provider = 1432;
const friend = 1661;
const stranger = 958;
const admin = 1;

const usual: SmallCatalog = {
  members: [admin, provider, friend, stranger, -77],
  segments: [
    { id: 10001, member: provider, code: 'instant_1' },
    { id: 10002, member: provider, code: 'Instant_2' },
    { id: 10009, member: provider, code: 'off', inactive: true },
    { id: 10060, member: provider, expireMinutes: 60 },
    { id: 10061, member: provider, expireMinutes: 0 },
    { id: 10062, member: provider, expireMinutes: 1_000_000 },
    { id: 30001, member: friend, code: 'abcd' },
    { id: 30009, member: friend, code: 'off', inactive: true },
    { id: 30003, member: stranger, code: 'foreign' },
    { id: 7701, member: 77, code: 'asleep' },
    { id: 5_000_000_000, member: provider, code: 'huge' },
  ],
  ingest: { [provider]: { writableOwners: [friend, 77] } },
};

let opened: TemporaryCatalog;
let catalog: Catalog;
let nowMs = startMs;
const clock = { nowMs: () => nowMs };
const open: InstantParts[] = [];

beforeAll(async () => {
  opened = await temporaryCatalog(clock);
  ({ catalog } = opened);
});
afterAll(() => opened.remove());
afterEach(async () => {
  nowMs = startMs;
  for (const parts of open.splice(0)) await parts.close();
  await catalog.read.deleteFrom('instant_hour').execute();
});

interface ServiceOptions {
  readonly catalog?: SmallCatalog;
  readonly maxUsers?: number;
  readonly maxMemberships?: number;
  readonly defaultLimitsApply?: boolean;
}

function serviceOf({ catalog: small = usual, maxUsers, maxMemberships, defaultLimitsApply = false }: ServiceOptions = {}) {
  const profiles = new ModelProfileStore({
    clock,
    ...(maxUsers === undefined ? {} : { maxUsers }),
    ...(maxMemberships === undefined ? {} : { maxMembershipsPerProfile: maxMemberships }),
  });
  const snapshot = snapshotOf(small);
  const failures: unknown[] = [];
  const parts = createInstantParts({
    view: { current: () => snapshot },
    profiles,
    db: catalog.read,
    clock,
    defaultLimitsApply,
    onStatisticsFailure: (error) => failures.push(error),
  });
  open.push(parts);
  const add = addUsers(parts);
  const processed = getProcessed(parts);
  return {
    profiles,
    parts,
    failures,
    post: async (body: unknown, member = provider, query = '') => {
      const answer = await add.handle(callOf({ member, body, query, role: member === admin ? 'admin' : 'member' }));
      return 'body' in answer ? JSON.parse(String(answer.body)) : answer;
    },
    memberships: async (id: Identifier) =>
      (await profiles.get(id)).memberships.map(({ segment, value, lifetimeMinutes }) => [segment, value, lifetimeMinutes]),
    processed: async (query: string, member = provider) => {
      const answer = await processed.handle(callOf({ member, query, role: member === admin ? 'admin' : 'member' }));
      if (!('fields' in answer)) throw new Error('not in the envelope');
      return answer.fields['report'] as Record<string, unknown>[] & Record<string, unknown>;
    },
  };
}

const idOf = (text: string): Identifier => resolvedOf(resolveUserId(text));
const deviceOf = (domain: string, text: string): Identifier => resolvedOf(resolveDeviceId(domain, text));
function resolvedOf(resolved: Identifier | string): Identifier {
  if (typeof resolved === 'string') throw new Error(resolved);
  return resolved;
}
const oneUser = (user_id: string, ...seg_block: unknown[]) => ({ rt_segment: [{ user_id, seg_block }] });
const refusalOf = async (promise: Promise<unknown>): Promise<Refusal> => {
  const error: unknown = await promise.then(() => undefined).catch((thrown: unknown) => thrown);
  if (!(error instanceof Refusal)) throw new Error('nothing was refused');
  return error;
};

describe('memberships', () => {
  it('are there, with value, lifetime, time and source, when the answer is', async () => {
    const { post, profiles } = serviceOf();
    await post(oneUser('12345678900987654321', { seg_id: 10001, value: 5, expiration: 1440 }, { seg_id: 10002 }));
    const { memberships, userId } = await profiles.get(idOf('12345678900987654321'));
    expect(userId).toBe(12345678900987654321n);
    expect(memberships).toEqual([
      { segment: 10001, value: 5, addedAtS: startMs / 1000, lifetimeMinutes: 1440, source: { kind: 'instant', job: 0 } },
      { segment: 10002, value: 0, addedAtS: startMs / 1000, lifetimeMinutes: null, source: { kind: 'instant', job: 0 } },
    ]);
  });

  it('of a user id that came as a JSON number are that very user id', async () => {
    const { post, memberships } = serviceOf();
    await post('{"rt_segment":[{"user_id":12345678900987654321,"seg_block":[{"seg_id":10001}]}]}');
    expect(await memberships(idOf('12345678900987654321'))).toHaveLength(1);
  });

  it('of device ids in one domain are one user in every form, and another user in another domain', async () => {
    const { post, memberships } = serviceOf();
    const uuid = '0F1E2D3C-0319-4ABC-8DEF-101234567890';
    await post({ rt_segment: [{ user_id: uuid, seg_block: [{ seg_id: 10001 }] }], domain: 'IDFA' });
    await post({ rt_segment: [{ user_id: uuid.replaceAll('-', ''), seg_block: [{ seg_id: 10002 }], domain: 'idfa' }] });
    expect(await memberships(deviceOf('idfa', uuid))).toHaveLength(2);
    expect(await memberships(deviceOf('aaid', uuid))).toHaveLength(0);
  });

  it('users and blocks run in order: the last one wins', async () => {
    const { post, memberships } = serviceOf();
    await post({
      rt_segment: [
        {
          user_id: '5',
          seg_block: [
            { seg_id: 10001, value: 1 },
            { seg_id: 10001, value: 2, expiration: 60 },
            { seg_id: 10002 },
            { seg_id: 10002, expiration: -1 },
          ],
        },
        { user_id: '6', seg_block: [{ seg_id: 10001 }] },
        { user_id: '5', seg_block: [{ seg_id: 10060, value: 9 }] },
        { user_id: '6', seg_block: [{ seg_id: 10001, expiration: -1 }] },
      ],
    });
    expect(await memberships(idOf('5'))).toEqual([
      [10001, 2, 60],
      [10060, 9, 60],
    ]);
    expect(await memberships(idOf('6'))).toEqual([]);
  });

  it('are renewed by a repeated add, value and window', async () => {
    const { post, profiles } = serviceOf();
    await post(oneUser('5', { seg_id: 10001, value: 10, expiration: 0 }));
    nowMs += 90_000;
    await post(oneUser('5', { seg_id: 10001, value: 4, expiration: 30 }));
    expect((await profiles.get(idOf('5'))).memberships).toMatchObject([{ value: 4, lifetimeMinutes: 30, addedAtS: nowMs / 1000 }]);
  });

  it('malformed ids and unknown domains write nothing and earn no warning', async () => {
    const { post, profiles } = serviceOf();
    const seg_block = [{ seg_id: 10001 }];
    const users = [
      { user_id: '0', seg_block },
      { user_id: 'abc', seg_block },
      { user_id: '5', seg_block, domain: 'nonsense' },
      { user_id: '5', seg_block, domain: 'idfa' },
    ];
    expect(await post({ rt_segment: users })).toEqual({
      response: { status: 'OK', message: { users_in_request: 4, segments_in_request: 4 }, warnings: [] },
    });
    expect(profiles.stats().users).toBe(0);
  });

  it('concurrent calls do not mix', async () => {
    const { post, memberships } = serviceOf();
    const ids = Array.from({ length: 60 }, (_, i) => String(i + 1));
    await Promise.all(ids.map((id) => post(oneUser(id, { seg_id: 10001, value: Number(id) }))));
    for (const id of ids) expect(await memberships(idOf(id))).toEqual([[10001, Number(id), null]]);
  });
});

describe('lifetimes', () => {
  const lifetimeOf = async (block: object, defaultExpiration?: number): Promise<unknown> => {
    const set = { writableOwners: [friend], ...(defaultExpiration === undefined ? {} : { default_expiration: defaultExpiration }) };
    const { post, memberships } = serviceOf({ catalog: { ...usual, ingest: { [provider]: set } } });
    await post(oneUser('5', { seg_id: 10001, expiration: 7 }, block));
    const found = await memberships(idOf('5'));
    return found.map(([, , lifetime]) => lifetime);
  };

  it.each([
    ['n minutes, not capped', { seg_id: 10002, expiration: 2147483647 }, [7, 2147483647]],
    ['0: never', { seg_id: 10002, expiration: 0 }, [7, null]],
    ['-1: removed', { seg_id: 10001, expiration: -1 }, []],
    ["absent: the segment's own", { seg_id: 10060 }, [7, 60]],
    ['null is absent', { seg_id: 10060, expiration: null }, [7, 60]],
    ['what is sent wins over the segment', { seg_id: 10060, expiration: 0 }, [7, null]],
    ['absent on a segment for the ad call only: not kept', { seg_id: 10061 }, [7]],
    ['sent on such a segment: kept', { seg_id: 10061, expiration: 5 }, [7, 5]],
    ["a segment's more than 180 days act as 180 days", { seg_id: 10062 }, [7, 259_200]],
    ["absent everywhere: the sender's default, 0 being never", { seg_id: 10002 }, [7, null]],
  ])('%s', async (_, block, lifetimes) => {
    expect(await lifetimeOf(block)).toEqual(lifetimes);
  });

  it("a sender's default of n minutes, and of -1, which removes", async () => {
    expect(await lifetimeOf({ seg_id: 10002 }, 90)).toEqual([7, 90]);
    expect(await lifetimeOf({ seg_id: 10001 }, -1)).toEqual([]);
    expect(await lifetimeOf({ seg_id: 10060 }, -1)).toEqual([7, 60]);
  });

  it('a membership that an earlier call gave stays when a later one says for the ad call only', async () => {
    const { post, memberships } = serviceOf();
    await post(oneUser('5', { seg_id: 10061, expiration: 5 }));
    await post(oneUser('5', { seg_id: 10061 }));
    expect(await memberships(idOf('5'))).toEqual([[10061, 0, 5]]);
  });
});

describe('rights', () => {
  it('own segments and those of members that gave access are written, by id and by code', async () => {
    const { post, memberships } = serviceOf();
    const answer = await post(
      oneUser(
        '5',
        { seg_id: 30001 },
        { seg_code: 'instant_1', member_id: provider },
        { seg_code: 'Instant_2', member_id: String(provider) },
      ),
    );
    expect(answer).toMatchObject({ response: { users_in_request: 1, segments_in_request: 3 } });
    expect(await memberships(idOf('5'))).toEqual([
      [10001, 0, null],
      [10002, 0, null],
      [30001, 0, null],
    ]);
  });

  it.each([
    ['unknown', { seg_id: 99 }],
    ['no number', { seg_id: 'abc' }],
    ['beyond what can be stored', { seg_id: 5_000_000_000 }],
    ['inactive', { seg_id: 10009 }],
    ['inactive, by code', { seg_code: 'off', member_id: provider }],
    ['inactive, of a member that gave access', { seg_id: 30009 }],
    ['of an inactive member', { seg_id: 7701 }],
    ["a stranger's", { seg_id: 30003 }],
    ["a stranger's code", { seg_code: 'foreign', member_id: stranger }],
    ['a code in another case', { seg_code: 'instant_2', member_id: provider }],
    ['a code of nobody', { seg_code: 'instant_1', member_id: 12345 }],
    ['a code whose owner is no number', { seg_code: 'instant_1', member_id: 'x' }],
  ])('%s: counted, not warned of, not written', async (_, block) => {
    const { post, memberships } = serviceOf();
    const answer = await post(oneUser('5', block, { seg_id: 10001 }));
    expect(answer).toMatchObject({ response: { message: { users_in_request: 1, segments_in_request: 2 }, warnings: [] } });
    expect(await memberships(idOf('5'))).toEqual([[10001, 0, null]]);
  });

  it('removals need the same right', async () => {
    const { post, profiles, memberships } = serviceOf();
    const batch = new OperationBatch().forUser(idOf('5'));
    batch.add(asSegmentId(30003), 1, startMs / 1000, null);
    batch.add(asSegmentId(10009), 1, startMs / 1000, null);
    await profiles.apply(batch, { source: { kind: 'instant', job: 0 } });
    await post(oneUser('5', { seg_id: 30003, expiration: -1 }, { seg_id: 10009, expiration: -1 }));
    expect(await memberships(idOf('5'))).toHaveLength(2);
  });

  it('admins send for the member that they name, by that member’s rights; others only for their own', async () => {
    const { post, memberships } = serviceOf();
    await post(oneUser('5', { seg_id: 10001 }, { seg_id: 30001 }, { seg_id: 30003 }), admin, `member_id=${provider}`);
    expect(await memberships(idOf('5'))).toEqual([
      [10001, 0, null],
      [30001, 0, null],
    ]);
    await post(oneUser('6', { seg_id: 10001 }), admin);
    expect(await memberships(idOf('6'))).toEqual([]);
    expect((await refusalOf(post(oneUser('6', { seg_id: 10001 }), stranger, `member_id=${provider}`))).kind.status).toBe(403);
    expect((await refusalOf(post(oneUser('6', { seg_id: 10001 }), admin, 'member_id=424242'))).kind.status).toBe(404);
  });
});

describe('invalid users', () => {
  const withSettings = (set: NonNullable<SmallCatalog['ingest']>[number]): SmallCatalog => ({ ...usual, ingest: { [provider]: set } });

  it('with require_known_users nobody is created, known users go on', async () => {
    const { post, profiles, memberships, processed } = serviceOf({ catalog: withSettings({ require_known_users: true }) });
    await profiles.apply(addOne('5', 10002), { source: { kind: 'pixel', job: 0 } });
    await post({ rt_segment: ['5', '6'].map((user_id) => ({ user_id, seg_block: [{ seg_id: 10001 }] })) });
    expect(await memberships(idOf('5'))).toHaveLength(2);
    expect((await profiles.get(idOf('6'))).known).toBe(false);
    expect(await processed('agg=true')).toMatchObject({ num_valid_users: 1, num_invalid_users: 1, num_valid_adds: 1 });
  });

  it('opted-out users take nothing and count as invalid, also where nothing would be written', async () => {
    const { post, profiles, processed } = serviceOf();
    await profiles.apply(addOne('5', 10002), { source: { kind: 'pixel', job: 0 } });
    await profiles.forget(idOf('5'), { optOut: true });
    await post(oneUser('5', { seg_id: 10001 }));
    await post(oneUser('5', { seg_id: 10061 }));
    expect(await profiles.get(idOf('5'))).toMatchObject({ optedOut: true, memberships: [] });
    expect(await processed('agg=true')).toMatchObject({ num_valid_users: 0, num_invalid_users: 2, num_valid_adds: 0 });
  });

  it.each([
    ['its own', null, provider],
    ["its external_member_uid's", friend, friend],
  ])('a member with use_external_uids sends %s external ids where the domain is null; unmapped ones are invalid', async (_, uid, owner) => {
    const { post, profiles, memberships, processed } = serviceOf({
      catalog: withSettings({ use_external_uids: true, external_member_uid: uid }),
    });
    const external: Identifier = { kind: 'external', member: asMemberId(owner), id: '7' };
    await profiles.link(external, idOf('5'), { expiresAtS: null, linkedBy: asMemberId(owner) });
    const seg_block = [{ seg_id: 10001 }];
    await post({
      rt_segment: [
        { user_id: '7', seg_block },
        { user_id: 'unmapped', seg_block },
        { user_id: 'not;kept', seg_block: [{ seg_id: 10061 }] },
        { user_id: 'unwritten', seg_block: [{ seg_id: 10061 }] },
        { user_id: '8', seg_block, domain: 'userdata' },
      ],
    });
    expect(await memberships(idOf('5'))).toHaveLength(1);
    expect(await memberships(idOf('7'))).toHaveLength(0);
    expect(await memberships(idOf('8'))).toHaveLength(1);
    expect(await processed('agg=true')).toMatchObject({ num_valid_users: 2, num_invalid_users: 3 });
  });
});

describe('refusals', () => {
  it('a body that is no JSON object: 400, counted as a call refused whole', async () => {
    const { post, processed } = serviceOf();
    expect((await refusalOf(post('{"rt_segment": ['))).kind).toMatchObject({ status: 400, errorId: 'SYNTAX' });
    expect((await refusalOf(post('[]'))).kind).toMatchObject({ status: 400, errorId: 'SYNTAX' });
    expect(await processed('agg=true')).toMatchObject({ num_other_errors: 2, num_valid_users: 0, match_rate: 0 });
  });

  it('over the limits: 429, nothing done; malformed bodies do not use a limit up', async () => {
    const { post, profiles, processed } = serviceOf({ catalog: { ...usual, ingest: { [provider]: { instant_posts_per_second: 1 } } } });
    await refusalOf(post('x'));
    await post(oneUser('5', { seg_id: 10001 }));
    expect((await refusalOf(post(oneUser('6', { seg_id: 10001 })))).kind).toMatchObject({ status: 429, errorCode: 'RATE_EXCEEDED' });
    nowMs += 1000;
    await post(oneUser('7', { seg_id: 10001 }));
    expect(profiles.stats().users).toBe(2);
    expect(await processed('agg=true')).toMatchObject({ num_other_errors: 2, num_valid_users: 2 });
  });

  it('the default limits hold only while they are applied', async () => {
    const strict = serviceOf({ defaultLimitsApply: true });
    const call = { rt_segment: Array.from({ length: 600 }, (_, i) => ({ user_id: String(i + 1), seg_block: [{ seg_id: 10001 }] })) };
    await strict.post(call);
    expect((await refusalOf(strict.post(call))).message).toContain('1000 users per 1 seconds to rt-segment');
    const lifted = serviceOf();
    await lifted.post(call);
    await lifted.post(call);
  });

  it('a store that cannot write: 503, counted as a call refused whole', async () => {
    const { post, profiles, processed } = serviceOf();
    await profiles.close();
    const refused = await refusalOf(post(oneUser('5', { seg_id: 10001 })));
    expect(refused.kind).toMatchObject({ status: 503, errorId: 'SYSTEM' });
    expect(refused.message).not.toContain('closed');
    expect(await processed('agg=true')).toMatchObject({ num_other_errors: 1, num_valid_users: 0 });
  });

  it('a call that would create a user while there is no room: 503 FULL, Retry-After 60; known users go on', async () => {
    const { post, memberships } = serviceOf({ maxUsers: 1 });
    await post(oneUser('5', { seg_id: 10001 }));
    const refused = await refusalOf(post(oneUser('6', { seg_id: 10001 })));
    expect(refused.kind).toMatchObject({ status: 503, errorId: 'SYSTEM', errorCode: 'FULL' });
    expect(refused.headers).toEqual({ 'retry-after': '60' });
    await post(oneUser('5', { seg_id: 10002 }, { seg_id: 10001, expiration: -1 }));
    expect(await memberships(idOf('5'))).toEqual([[10002, 0, null]]);
  });

  it('a membership beyond what a profile holds is refused alone and counted', async () => {
    const { post, processed } = serviceOf({ maxMemberships: 1 });
    await post(oneUser('5', { seg_id: 10001 }, { seg_id: 10002 }));
    expect(await processed('agg=true')).toMatchObject({ num_valid_users: 1, num_valid_adds: 1, num_other_errors: 1 });
  });

  it('a membership beyond what a profile holds earns a warning that names the user, behind those of the body; the last one that fits earns none', async () => {
    const { post, memberships } = serviceOf({ maxMemberships: 2 });
    const fits = await post(oneUser('5', { seg_id: 10001 }, { seg_id: 10002 }));
    expect(fits.response.warnings).toEqual([]);
    const answer = await post({
      rt_segment: [
        { user_id: '5', seg_block: [{ seg_id: 10001, value: 3 }, { seg_id: 10060 }, { seg_code: 'instant_1', member_id: 1432 }] },
        { user_id: '6', seg_block: [] },
        { user_id: '7', seg_block: [{ seg_id: 10001 }, { seg_id: 10002 }, { seg_id: 10060 }, { seg_id: 10062 }] },
      ],
    });
    expect(answer.response.message).toEqual({ users_in_request: 2, segments_in_request: 7 });
    expect(answer.response.warnings).toEqual([
      { message: "'seg_block' is required", entity: { user_id: '6', seg_block: [] } },
      { message: 'The profile of 5 is full: 1 of its segments were not kept.', entity: { user_id: '5' } },
      { message: 'The profile of 7 is full: 2 of its segments were not kept.', entity: { user_id: '7' } },
    ]);
    expect((await memberships(idOf('5'))).map(([segment]) => segment)).toEqual([10001, 10002]);
  });
});

describe('whatever is sent', () => {
  const words = [undefined, null, '', '5', 5, -1, 0, 10001, '10001', 'instant_1', provider, 2 ** 64, 'idfa', '\ud800', true, [], {}];
  const odd = fc.oneof({ arbitrary: fc.constantFrom(...words), weight: 6 }, { arbitrary: fc.jsonValue({ maxDepth: 2 }), weight: 1 });
  const ordinary = fc.record({ seg_id: fc.constantFrom(10001, 10002, 10060, 10061, 30003, 99), expiration: fc.constantFrom(-1, 0, 60) });
  const block = fc.oneof(
    ordinary,
    fc.record({ seg_id: odd, seg_code: odd, member_id: odd, value: odd, expiration: odd }, { requiredKeys: [] }),
    odd,
  );
  const user = fc.oneof(
    fc.record({ user_id: fc.constantFrom('5', '6', '7'), seg_block: fc.array(block, { maxLength: 4 }), domain: fc.constant(null) }),
    fc.record({ user_id: odd, seg_block: fc.oneof(fc.array(block, { maxLength: 4 }), odd), domain: odd }, { requiredKeys: [] }),
    odd,
  );
  const body = fc.record({ rt_segment: fc.oneof(fc.array(user, { maxLength: 4 }), odd), domain: odd }, { requiredKeys: [] });

  it('is answered, by the same counters inside and outside, and counted', async () => {
    const { post, processed, profiles } = serviceOf();
    await fc.assert(
      fc.asyncProperty(body, async (sent) => {
        const before = await processed('agg=true');
        const answer = await post(sent);
        const { message, warnings } = answer.response ?? answer;
        const last: unknown = warnings.at(-1)?.message;
        expect(message.users_in_request === 0).toBe(answer.response === undefined);
        expect(message.users_in_request === 0).toBe(last === 'No valid rt_segment in request.');
        const after = await processed('agg=true');
        const grown = (field: string): number => Number(after[field]) - Number(before[field]);
        expect(grown('num_valid_users') + grown('num_invalid_users')).toBeLessThanOrEqual(message.users_in_request);
        expect(grown('num_valid_adds') + grown('num_valid_removes')).toBeLessThanOrEqual(message.segments_in_request);
        expect(grown('num_other_errors')).toBe(0);
      }),
      { numRuns: 400 },
    );
    expect(profiles.stats().users).toBeGreaterThan(0);
  });
});

function addOne(user: string, segment: number): OperationBatch {
  const batch = new OperationBatch().forUser(idOf(user));
  batch.add(asSegmentId(segment), 1, startMs / 1000, null);
  return batch;
}
