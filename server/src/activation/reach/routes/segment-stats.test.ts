import { Buffer } from 'node:buffer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callOf, snapshotOf } from '../../../../test/snapshot-of.ts';
import { temporaryCatalog, type TemporaryCatalog } from '../../../../test/temporary-catalog.ts';
import { asSegmentId, asUserId } from '../../../kit/ids.ts';
import { Refusal } from '../../../kit/refusal.ts';
import { insertMember } from '../../../members/store/member-store.ts';
import { nobodyContext } from '../../../notices/notices.fixture.ts';
import { ModelProfileStore } from '../../../profiles/model/model-profile-store.ts';
import { OperationBatch } from '../../../profiles/operation-batch.ts';
import { SegmentSizes } from '../segment-sizes.ts';
import { ReachAnswerStore } from '../store/reach-answer-store.ts';
import { ToldCounts } from '../told-counts.ts';
import { segmentStats } from './segment-stats.ts';

const admin = 1;
const provider = 1432;
const buyer = 3602;
const nowMs = Date.UTC(2026, 0, 15);

const snapshot = snapshotOf({
  members: [admin, provider, buyer],
  segments: [
    { id: 11, member: provider },
    { id: 12, member: provider },
    { id: 13, member: provider, inactive: true },
    { id: 14, member: provider },
    { id: 15, member: provider },
    { id: 21, member: buyer },
  ],
  sharing: [{ from: provider, to: buyer, segments: [11, 13, 14, 15] }],
});

let holder: TemporaryCatalog;
beforeAll(async () => {
  holder = await temporaryCatalog({ nowMs: () => nowMs });
  await holder.catalog.change(nobodyContext, (change) =>
    insertMember(change, { id: buyer, name: 'Buyer', primary_type: 'buyer', reach_per_day: 2 }),
  );
});
afterAll(() => holder.remove());

async function statsOf(query: string, member: number, users = 3): Promise<unknown> {
  const profiles = new ModelProfileStore({ clock: { nowMs: () => nowMs } });
  const batch = new OperationBatch();
  for (let user = 1n; user <= users; user++) {
    batch.forUser({ kind: 'user', id: asUserId(user) });
    for (const segment of [11, 14]) batch.add(asSegmentId(segment), 1, nowMs / 1000, null);
  }
  batch.add(asSegmentId(13), 1, nowMs / 1000, null);
  batch.add(asSegmentId(21), 1, nowMs / 1000, null);
  await profiles.apply(batch, { source: { kind: 'instant', job: 0 } });
  const clock = { nowMs: () => nowMs };
  const operation = segmentStats({
    view: { current: () => snapshot },
    sizes: new SegmentSizes({ profiles, clock }),
    told: new ToldCounts({ store: new ReachAnswerStore(holder.catalog.read), clock, key: Buffer.alloc(32), floor: 10 }),
  });
  const answer = await operation.handle(callOf({ member, role: member === admin ? 'admin' : 'member', query }));
  return 'fields' in answer ? answer.fields['segment_stats'] : undefined;
}

const statusOf = (query: string, member: number): Promise<unknown> =>
  statsOf(query, member).catch((error: unknown) => (error instanceof Refusal ? error.kind.status : error));

describe('segmentStats', () => {
  it('tells exact numbers of own segments, in the order asked, inactive ones too', async () => {
    expect(await statsOf('id=12,11,13', provider)).toMatchObject([
      { segment_id: 12, live_users: 0, floor: null },
      { segment_id: 11, live_users: 3, floor: null },
      { segment_id: 13, live_users: 1, floor: null },
    ]);
  });

  it('tells what happened, and when users will leave, by day, and of which moment it speaks', async () => {
    expect(await statsOf('id=11&days=2', provider)).toEqual([
      {
        segment_id: 11,
        live_users: 3,
        floor: null,
        approximate: false,
        as_of: '2026-01-15 00:00:00',
        days: [
          { day: '2026-01-14', added: 0, removed: 0, expired: 0, uniques: 0 },
          { day: '2026-01-15', added: 3, removed: 0, expired: 0, uniques: 3 },
        ],
        expiring: [
          { day: '2026-01-15', users: 0 },
          { day: '2026-01-16', users: 0 },
        ],
        never_expiring: 3,
      },
    ]);
    expect(await statsOf('id=11', provider)).toMatchObject([{ days: { length: 30 }, expiring: { length: 30 } }]);
  });

  it('tells the floor instead of the number of segments that are shared with the caller', async () => {
    expect(await statsOf('id=11,21', buyer)).toMatchObject([
      { segment_id: 11, live_users: null, floor: 10, days: null, expiring: null, never_expiring: null, as_of: '2026-01-15 00:00:00' },
      { segment_id: 21, live_users: 1, floor: null },
    ]);
  });

  it('tells a rounded number of them above the floor, the same all day, and no more new ones than the member may ask for', async () => {
    // A floor of 10 rounds to ones: no offset hides anything.
    expect(await statsOf('id=14', buyer, 17)).toMatchObject([{ segment_id: 14, live_users: 17, floor: 10, approximate: true, days: null }]);
    expect(await statsOf('id=14', buyer, 40)).toMatchObject([{ live_users: 17 }]);
    expect(await statusOf('id=11,14,15', buyer)).toBe(429);
    expect(await statsOf('id=21', buyer)).toMatchObject([{ live_users: 1 }]);
  });

  it('tells administrators everything, or with member_id what that member would see', async () => {
    expect(await statsOf('id=11,21', admin)).toMatchObject([{ live_users: 3 }, { live_users: 1 }]);
    expect(await statsOf(`id=11&member_id=${buyer}`, admin)).toMatchObject([{ live_users: null, floor: 10 }]);
    expect(await statusOf(`id=12&member_id=${buyer}`, admin)).toBe(404);
  });

  it.each([
    ['another member’s segment', 'id=21', provider, 404],
    ['one that is not shared', 'id=12', buyer, 404],
    ['a shared one that is inactive', 'id=13', buyer, 404],
    ['an unknown one', 'id=11,99', provider, 404],
    ['an unknown one, asked by an administrator', 'id=99', admin, 404],
    ['no id', '', provider, 400],
    ['no days', 'id=11&days=0', provider, 400],
    ['more than 90 days', 'id=11&days=91', provider, 400],
    ['no number', 'id=x', provider, 400],
    ['more than 100', `id=${'11,'.repeat(100)}11`, provider, 400],
    ['another member', `id=11&member_id=${provider}`, buyer, 403],
  ])('refuses %s', async (_, query, member, status) => {
    expect(await statusOf(query, member)).toBe(status);
  });
});
