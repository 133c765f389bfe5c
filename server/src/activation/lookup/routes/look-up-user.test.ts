import { AnswerBytes } from '../../../http/answer-bytes.ts';
import { writeEnvelope } from '../../../http/envelope.ts';
import { describe, expect, it } from 'vitest';
import { callOf, type SmallCatalog, snapshotOf } from '../../../../test/snapshot-of.ts';
import type { Role } from '../../../http/caller.ts';
import { asMemberId, asSegmentId, asUserId } from '../../../kit/ids.ts';
import { Refusal } from '../../../kit/refusal.ts';
import type { Identifier } from '../../../profiles/identifier.ts';
import { ModelProfileStore } from '../../../profiles/model/model-profile-store.ts';
import { OperationBatch } from '../../../profiles/operation-batch.ts';
import type { SourceKind } from '../../../profiles/profile-store.ts';
import { lookUpUser } from './look-up-user.ts';

const startMs = Date.UTC(2026, 0, 15, 10, 30);
const startS = startMs / 1000;
const admin = 1;
const provider = 1432;
const buyer = 3602;
const friend = 1661;

const usual: SmallCatalog = {
  members: [admin, provider, buyer, friend],
  segments: [
    { id: 12, member: provider, code: 'twelve' },
    { id: 10001, member: provider, code: 'instant_1' },
    { id: 10002, member: provider },
    { id: 10009, member: provider, inactive: true },
    { id: 10050, member: provider, advertiser: 9 },
    { id: 30001, member: friend },
  ],
  ingest: { [provider]: { external_member_uid: friend, writableOwners: [friend] } },
};

const user = (id: bigint): Identifier => ({ kind: 'user', id: asUserId(id) });
const uuid = '0f1e2d3c-0319-4abc-8def-101234567890';

function serviceOf(small: SmallCatalog = usual) {
  let nowMs = startMs;
  const profiles = new ModelProfileStore({ clock: { nowMs: () => nowMs } });
  const snapshot = snapshotOf(small);
  const operation = lookUpUser({ view: { current: () => snapshot }, profiles, eidSources: new Set(['netid.de']) });
  const call = async (query: string, member: number, role: Role = member === admin ? 'admin' : 'member') => {
    const answer = await operation.handle(callOf({ member, role, query }));
    if (!('writeFields' in answer)) throw new Error('not in the envelope');
    const envelope = writeEnvelope(new AnswerBytes(), answer, { warnings: [], dbg: false }).copied().toString();
    const { response } = JSON.parse(envelope) as { response: Record<string, unknown> };
    const { status: _status, dbg_info: _debug, ...fields } = response;
    return fields as { count: number; user: Record<string, unknown>; memberships: Record<string, unknown>[] };
  };
  return {
    profiles,
    pass: (ms: number) => (nowMs += ms),
    add: async (
      identifier: Identifier,
      segments: readonly number[],
      { lifetime = null as number | null, at = startS, kind = 'instant' as SourceKind } = {},
    ) => {
      const batch = new OperationBatch().forUser(identifier);
      for (const segment of segments) batch.add(asSegmentId(segment), segment % 10, at, lifetime);
      await profiles.apply(batch, { source: { kind, job: 0 } });
    },
    look: call,
    ids: async (query: string, member: number) => (await call(query, member)).memberships.map((membership) => membership['segment_id']),
    refusal: async (query: string, member: number) => {
      const error: unknown = await call(query, member)
        .then(() => undefined)
        .catch((thrown: unknown) => thrown);
      if (!(error instanceof Refusal)) throw new Error(`${query} was not refused`);
      return error.kind.errorId;
    },
  };
}

describe('200', () => {
  it('is the documented answer', async () => {
    const { add, look } = serviceOf();
    await add(user(12345678900987654321n), [10001, 12], { lifetime: 1440 });
    expect(await look('uid=12345678900987654321', provider)).toEqual({
      count: 2,
      user: { user_id: '12345678900987654321', domain: null, known: true, opted_out: false, mapped_until: null },
      memberships: [
        {
          segment_id: 12,
          code: 'twelve',
          member_id: provider,
          value: 2,
          added_at: '2026-01-15 10:30:00',
          expires_at: '2026-01-16 10:30:00',
          lifetime_minutes: 1440,
          source: 'instant',
        },
        {
          segment_id: 10001,
          code: 'instant_1',
          member_id: provider,
          value: 1,
          added_at: '2026-01-15 10:30:00',
          expires_at: '2026-01-16 10:30:00',
          lifetime_minutes: 1440,
          source: 'instant',
        },
      ],
    });
  });

  it.each(['pixel', 'instant', 'batch', 'share'] as const)('names the source %s', async (kind) => {
    const { add, look } = serviceOf();
    await add(user(5n), [12], { kind });
    expect((await look('uid=5', provider)).memberships).toMatchObject([{ source: kind, expires_at: null, lifetime_minutes: null }]);
  });

  it('shows live memberships only', async () => {
    const { add, ids, pass } = serviceOf();
    await add(user(5n), [12], { lifetime: 1 });
    await add(user(5n), [10001], { at: startS + 100 });
    await add(user(5n), [10002]);
    expect(await ids('uid=5', provider)).toEqual([12, 10002]);
    pass(60_000);
    expect(await ids('uid=5', provider)).toEqual([10002]);
    pass(60_000);
    expect(await ids('uid=5', provider)).toEqual([10001, 10002]);
  });

  it('leaves out inactive and unknown segments, for administrators too', async () => {
    const { add, ids } = serviceOf();
    await add(user(5n), [10009, 99, 12]);
    expect(await ids('uid=5', provider)).toEqual([12]);
    expect(await ids('uid=5', admin)).toEqual([12]);
  });

  it('a user that nobody has seen is not known', async () => {
    const { look } = serviceOf();
    expect(await look('uid=5', provider)).toEqual({
      count: 0,
      user: { user_id: '5', domain: null, known: false, opted_out: false, mapped_until: null },
      memberships: [],
    });
  });

  it('an opted-out user shows nothing but that', async () => {
    const { add, look, profiles } = serviceOf();
    await add(user(5n), [12]);
    await profiles.forget(user(5n), { optOut: true });
    expect(await look('uid=5', provider)).toMatchObject({ count: 0, user: { user_id: '5', opted_out: true }, memberships: [] });
  });
});

describe('what a member sees', () => {
  it('own segments; the right to populate gives no sight', async () => {
    const { add, ids } = serviceOf();
    await add(user(5n), [12, 30001]);
    expect(await ids('uid=5', provider)).toEqual([12]);
    expect(await ids('uid=5', friend)).toEqual([30001]);
    expect(await ids('uid=5', buyer)).toEqual([]);
  });

  it.each([
    ['a list', [10001], [10001]],
    ['all, which never means advertiser-level ones', null, [12, 10001, 10002]],
    ['a list with an advertiser-level one', [12, 10050], [12]],
  ])('what is shared with it: %s', async (_, segments, seen) => {
    const { add, ids } = serviceOf({ ...usual, sharing: [{ from: provider, to: buyer, segments }] });
    await add(user(5n), [12, 10001, 10002, 10009, 10050, 30001]);
    expect(await ids('uid=5', buyer)).toEqual(seen);
  });

  it('admins see all, or with member_id what that member would; others may name only themselves', async () => {
    const { add, ids, refusal } = serviceOf();
    await add(user(5n), [12, 30001]);
    expect(await ids('uid=5', admin)).toEqual([12, 30001]);
    expect(await ids(`uid=5&member_id=${friend}`, admin)).toEqual([30001]);
    expect(await ids(`uid=5&member_id=${admin}`, admin)).toEqual([]);
    expect(await ids(`uid=5&member_id=${friend}`, friend)).toEqual([30001]);
    expect(await refusal(`uid=5&member_id=${provider}`, friend)).toBe('UNAUTH');
    expect(await refusal('uid=5&member_id=424242', admin)).toBe('SYNTAX');
  });
});

describe('identifiers', () => {
  it('a device id in any form, answered in canonical form', async () => {
    const { add, look } = serviceOf();
    await add({ kind: 'device', domain: 'idfa', id: uuid }, [12]);
    for (const query of [`uid=${uuid}&domain=idfa`, `uid=${uuid.toUpperCase().replaceAll('-', '')}&domain=IDFA`])
      expect(await look(query, provider)).toMatchObject({ count: 1, user: { user_id: uuid, domain: 'idfa', known: true } });
    expect(await look(`uid=${uuid}&domain=aaid`, provider)).toMatchObject({ user: { domain: 'aaid', known: false } });
  });

  it('an eid of a listed source and an ifa; an ifa of a device domain is that device', async () => {
    const { add, look } = serviceOf();
    await add({ kind: 'eid', source: 'netid.de', id: 'Ab' }, [12]);
    await add({ kind: 'ifa', type: 'ppid', id: 'x' }, [12]);
    await add({ kind: 'device', domain: 'rida', id: uuid }, [12]);
    expect(await look('uid=Ab&domain=eid&source=NetID.de', provider)).toMatchObject({ count: 1, user: { user_id: 'Ab', domain: 'eid' } });
    expect(await look('uid=x&domain=ifa&type=PPID', provider)).toMatchObject({ count: 1, user: { user_id: 'x', domain: 'ifa' } });
    expect(await look(`uid=${uuid}&domain=ifa&type=rida`, provider)).toMatchObject({ count: 1, user: { user_id: uuid, domain: 'rida' } });
  });

  it('a linked identifier answers with its user', async () => {
    const { add, look, profiles } = serviceOf();
    await add(user(5n), [12]);
    await profiles.link({ kind: 'device', domain: 'idfa', id: uuid }, user(5n), { expiresAtS: null, linkedBy: asMemberId(provider) });
    expect(await look(`uid=${uuid}&domain=idfa`, provider)).toMatchObject({
      count: 1,
      user: { user_id: '5', domain: null, mapped_until: null },
    });
  });

  it('an external id answers with its user and the end of its mapping; unmapped: nobody', async () => {
    const { add, look, profiles } = serviceOf();
    await add(user(5n), [12]);
    const external: Identifier = { kind: 'external', member: asMemberId(provider), id: 'crm 1' };
    await profiles.link(external, user(5n), { expiresAtS: startS + 3600, linkedBy: asMemberId(provider) });
    expect(await look(`uid=crm+1&domain=external&member=${provider}`, provider)).toMatchObject({
      count: 1,
      user: { user_id: '5', domain: null, known: true, mapped_until: '2026-01-15 11:30:00' },
    });
    expect(await look(`uid=crm-2&domain=external&member=${provider}`, provider)).toMatchObject({
      count: 0,
      user: { user_id: null, known: false, mapped_until: null },
      memberships: [],
    });
  });

  it("external ids of the own member and of its external_member_uid; another's are UNAUTH", async () => {
    const { look, refusal } = serviceOf();
    const of = (member: number) => `uid=a&domain=external&member=${member}`;
    await look(of(provider), provider);
    await look(of(friend), provider);
    await look(of(friend), admin);
    await look(`${of(friend)}&member_id=${provider}`, admin);
    expect(await refusal(of(provider), friend)).toBe('UNAUTH');
    expect(await refusal(of(buyer), provider)).toBe('UNAUTH');
    expect(await refusal(`${of(buyer)}&member_id=${provider}`, admin)).toBe('UNAUTH');
  });
});

describe('400 SYNTAX', () => {
  it.each([
    '',
    'uid=',
    'uid=abc',
    'uid=0',
    'uid=-1',
    'uid=+5',
    'uid=05',
    'uid=18446744073709551616',
    'uid=xyz&domain=idfa',
    'uid=00000000-0000-0000-0000-000000000000&domain=idfa',
    'uid=5&domain=nonsense',
    'uid=5&domain=',
    `uid=a0b1c2d3e4f5a0b1c2d3e4f5a0b1c2d3e4f5a0b1&domain=sha1mac`,
    'domain=idfa',
    'uid=a&domain=external',
    'uid=a&domain=external&member=x',
    `uid=a;b&domain=external&member=${provider}`,
    'uid=a&domain=eid',
    'uid=a&domain=eid&source=other.example',
    'uid=a&domain=ifa',
    'uid=a&domain=ifa&type=two+words',
    'uid=a&domain=ifa&type=idfa',
    'uid=5&member_id=x',
  ])('%s', async (query) => {
    const { refusal } = serviceOf();
    expect(await refusal(query, provider)).toBe('SYNTAX');
  });
});

describe('the hot path', () => {
  it('answers in one turn of the event loop', () => {
    const snapshot = snapshotOf(usual);
    const profiles = new ModelProfileStore({ clock: { nowMs: () => startMs } });
    const operation = lookUpUser({ view: { current: () => snapshot }, profiles, eidSources: new Set() });
    expect(operation.handle(callOf({ member: provider, query: 'uid=5' }))).not.toBeInstanceOf(Promise);
  });
});
