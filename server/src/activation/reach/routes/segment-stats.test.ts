import { describe, expect, it } from 'vitest';
import { callOf, snapshotOf } from '../../../../test/snapshot-of.ts';
import { asSegmentId, asUserId } from '../../../kit/ids.ts';
import { Refusal } from '../../../kit/refusal.ts';
import { ModelProfileStore } from '../../../profiles/model/model-profile-store.ts';
import { OperationBatch } from '../../../profiles/operation-batch.ts';
import { SegmentSizes } from '../segment-sizes.ts';
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
    { id: 21, member: buyer },
  ],
  sharing: [{ from: provider, to: buyer, segments: [11, 13] }],
});

async function statsOf(query: string, member: number): Promise<unknown> {
  const profiles = new ModelProfileStore({ clock: { nowMs: () => nowMs } });
  const batch = new OperationBatch();
  for (let user = 1n; user <= 3n; user++) {
    batch.forUser({ kind: 'user', id: asUserId(user) });
    batch.add(asSegmentId(11), 1, nowMs / 1000, null);
  }
  batch.add(asSegmentId(13), 1, nowMs / 1000, null);
  batch.add(asSegmentId(21), 1, nowMs / 1000, null);
  await profiles.apply(batch, { source: { kind: 'instant', job: 0 } });
  const clock = { nowMs: () => nowMs };
  const operation = segmentStats({
    view: { current: () => snapshot },
    sizes: new SegmentSizes({ profiles, clock }),
    clock,
    reachFloor: 1000,
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
          { day: '2026-01-14', added: 0, removed: 0, expired: 0 },
          { day: '2026-01-15', added: 3, removed: 0, expired: 0 },
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
      { segment_id: 11, live_users: null, floor: 1000, days: null, expiring: null, never_expiring: null, as_of: '2026-01-15 00:00:00' },
      { segment_id: 21, live_users: 1, floor: null },
    ]);
  });

  it('tells administrators everything, or with member_id what that member would see', async () => {
    expect(await statsOf('id=11,21', admin)).toMatchObject([{ live_users: 3 }, { live_users: 1 }]);
    expect(await statsOf(`id=11&member_id=${buyer}`, admin)).toMatchObject([{ live_users: null, floor: 1000 }]);
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
