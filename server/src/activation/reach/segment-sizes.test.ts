import { beforeEach, describe, expect, it } from 'vitest';
import { asSegmentId, asUserId } from '../../kit/ids.ts';
import { ModelProfileStore } from '../../profiles/model/model-profile-store.ts';
import { OperationBatch } from '../../profiles/operation-batch.ts';
import { SegmentSizes } from './segment-sizes.ts';

const segment = asSegmentId(11);
const other = asSegmentId(12);
const minutesPerDay = 1440;
const minuteMs = 60_000;

let nowMs: number;
let store: ModelProfileStore;
let scans: number;
let sizes: SegmentSizes;
const clock = { nowMs: () => nowMs };

beforeEach(() => {
  nowMs = Date.UTC(2026, 0, 15, 23, 50);
  store = new ModelProfileStore({ clock });
  scans = 0;
  sizes = new SegmentSizes({
    clock,
    profiles: {
      evaluate: (expression) => store.evaluate(expression),
      movements: (...asked) => store.movements(...asked),
      scan: (...asked) => {
        scans += 1;
        return store.scan(...asked);
      },
    },
  });
});

async function add(lifetimes: readonly (number | null)[], to = segment): Promise<void> {
  const batch = new OperationBatch();
  for (const [at, lifetime] of lifetimes.entries())
    batch.forUser({ kind: 'user', id: asUserId(BigInt(at + 1)) }).add(to, 0, Math.floor(nowMs / 1000), lifetime);
  await store.apply(batch, { source: { kind: 'instant', job: 0 } });
}

describe('the size of a segment', () => {
  it('says on which UTC day memberships end', async () => {
    await add([5, 9, 10, 11, minutesPerDay, 90 * minutesPerDay - minutesPerDay, 90 * minutesPerDay, null]);
    const [size] = await sizes.of([segment]);
    expect(size).toMatchObject({ asOfMs: nowMs, liveUsers: 8, neverExpiring: 1 });
    expect(size?.expiring).toHaveLength(90);
    expect([size?.expiring[0], size?.expiring[1], size?.expiring[89]]).toEqual([2, 3, 1]);
  });

  it('leaves out who has left, to the second', async () => {
    await add([1, 2]);
    nowMs += minuteMs;
    expect(await sizes.of([segment])).toMatchObject([{ liveUsers: 1 }]);
  });

  it('is read once for all who ask within five seconds, and anew after that', async () => {
    await add([null]);
    await Promise.all([sizes.of([segment]), sizes.of([segment, segment])]);
    await add([null, null]);
    nowMs += 4_999;
    expect(await sizes.of([segment])).toMatchObject([{ liveUsers: 1 }]);
    expect(scans).toBe(1);
    nowMs += 1;
    expect(await sizes.of([segment])).toMatchObject([{ liveUsers: 2, asOfMs: nowMs }]);
  });

  it('answers in the order asked', async () => {
    await add([null]);
    await add([null, null], other);
    expect(await sizes.of([other, segment, other])).toMatchObject([{ liveUsers: 2 }, { liveUsers: 1 }, { liveUsers: 2 }]);
  });

  it('that could not be read is read again', async () => {
    const failing = new SegmentSizes({
      clock,
      profiles: {
        evaluate: (expression) => store.evaluate(expression),
        movements: (...asked) => store.movements(...asked),
        scan: (...asked) => {
          scans += 1;
          if (scans === 1) throw new Error('not now');
          return store.scan(...asked);
        },
      },
    });
    await add([null]);
    await expect(failing.of([segment])).rejects.toThrow('not now');
    expect(await failing.of([segment])).toMatchObject([{ liveUsers: 1 }]);
  });
});
