import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { snapshotOf } from '../../test/snapshot-of.ts';
import { asMemberId, asSegmentId, asUserId } from '../kit/ids.ts';
import { ModelProfileStore } from '../profiles/model/model-profile-store.ts';
import { OperationBatch } from '../profiles/operation-batch.ts';
import { outcomeCodes } from '../profiles/profile-store.ts';
import { undoOf } from '../profiles/profile-fixtures.ts';
import { createProfileWriter } from '../profiles/profile-writer.ts';
import { MembershipLimits } from './membership-limits.ts';

const nowS = 1_768_471_200;
const clock = { nowMs: () => nowS * 1000 };
const owner = 10;
const other = 20;
const [one, two, foreign] = [101, 102, 201];
const options = { source: { kind: 'instant', job: 0 } } as const;
const { applied } = outcomeCodes;
const overLimit = outcomeCodes['over-limit'];

/** An operation: a user, a segment, and whether it is taken out. */
type Step = readonly [user: number, segment: number, remove?: 'remove' | undefined];

function batchOf(steps: readonly Step[]): OperationBatch {
  const batch = new OperationBatch();
  for (const [user, segment, remove] of steps) {
    batch.forUser({ kind: 'user', id: asUserId(BigInt(user)) });
    if (remove) batch.remove(asSegmentId(segment));
    else batch.add(asSegmentId(segment), 1, nowS, null);
  }
  return batch;
}

function limited(limit: number | null) {
  const profiles = new ModelProfileStore({ clock });
  const snapshotWith = (most: number | null) =>
    snapshotOf({
      members: [1, owner, other],
      segments: [
        { id: one, member: owner },
        { id: two, member: owner },
        { id: foreign, member: other },
      ],
      membershipLimits: most === null ? {} : { [owner]: most },
    });
  let snapshot = snapshotWith(limit);
  const limits = new MembershipLimits({ view: { current: () => snapshot }, profiles });
  const writer = createProfileWriter(profiles, limits);
  return {
    profiles,
    count: () => limits.count(asMemberId(owner)),
    setLimit: (most: number | null) => (snapshot = snapshotWith(most)),
    write: async (...steps: Step[]) => [...(await writer.write(batchOf(steps), options)).outcomes],
    writer,
  };
}

describe('membership limits', () => {
  it('refuse what is new beyond the limit, over all segments of the owner, and nothing of others', async () => {
    const { write, count } = limited(2);
    expect(await write([1, one], [1, two], [2, one], [2, foreign])).toEqual([applied, applied, overLimit, applied]);
    expect(await count()).toBe(2);
  });

  it('let memberships that are there be refreshed at the limit, and what was removed make room at once', async () => {
    const { write, count } = limited(1);
    await write([1, one]);
    expect(await write([1, one], [2, one])).toEqual([applied, overLimit]);
    expect(await write([1, one, 'remove'], [2, one], [3, one])).toEqual([applied, applied, overLimit]);
    expect(await count()).toBe(1);
  });

  it('count a membership that comes twice in a call once', async () => {
    const { write } = limited(1);
    expect(await write([1, one], [1, one], [2, two])).toEqual([applied, applied, overLimit]);
  });

  it('take no room for users that the store does not write', async () => {
    const { profiles, write } = limited(1);
    await profiles.forget({ kind: 'user', id: asUserId(1n) }, { optOut: true });
    expect(await write([1, one], [2, one])).toEqual([outcomeCodes['opted-out'], applied]);
  });

  it('act at once when they are set, and take nothing away', async () => {
    const { write, count, setLimit } = limited(null);
    await write([1, one], [2, one], [3, one]);
    setLimit(2);
    expect(await write([3, one], [4, one])).toEqual([applied, overLimit]);
    expect(await count()).toBe(3);
    setLimit(null);
    await write([5, one], [6, one]);
    setLimit(6);
    expect(await write([7, one], [8, one])).toEqual([applied, overLimit]);
  });

  it('leave a membership whose time is still to come where it is, though it may not be written again', async () => {
    const { profiles, write } = limited(1);
    const later = new OperationBatch().forUser({ kind: 'user', id: asUserId(1n) });
    later.add(asSegmentId(one), 1, nowS + 3600, null);
    await profiles.apply(later, options);
    expect(await write([2, one], [1, one])).toEqual([applied, overLimit]);
    expect(profiles.stats().memberships).toBe(2);
  });

  it('are counted by the writer as refusals', async () => {
    const { write, writer } = limited(1);
    await write([1, one], [2, one]);
    expect(writer.counts()).toMatchObject({ added: 1, removed: 0, refused: { 'over-limit': 1 } });
  });

  it('are exact at the edge, however many calls come at once: as many as have room, no more and no fewer', async () => {
    const { write, count } = limited(10);
    const outcomes = await Promise.all(Array.from({ length: 40 }, (_, user) => write([user + 1, user % 2 ? one : two])));
    expect(outcomes.filter(([outcome]) => outcome === applied)).toHaveLength(10);
    expect(await count()).toBe(10);
  });

  it('do not count a membership twice that two calls add at once', async () => {
    const { write } = limited(1);
    expect(await Promise.all([write([1, one]), write([1, one]), write([1, one])])).toEqual([[applied], [applied], [applied]]);
  });

  it('are never exceeded by calls in any order that overlap', async () => {
    const step = fc.tuple(
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom(one, two),
      fc.constantFrom(undefined, undefined, 'remove' as const),
    );
    const calls = fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(calls, fc.integer({ min: 1, max: 6 }), async (all, limit) => {
        const { write, count } = limited(limit);
        const writes = all.map(async (steps) => {
          await write(...steps);
          expect(await count()).toBeLessThanOrEqual(limit);
        });
        await Promise.all(writes);
      }),
      { numRuns: 200 },
    );
  });

  it('let what a job removed come back beyond the limit, and count it then', async () => {
    const { writer, write, count } = limited(2);
    await write([1, one], [2, one]);
    const job = { source: { kind: 'batch', job: 7 }, before: true } as const;
    const removals = batchOf([
      [1, one, 'remove'],
      [2, one, 'remove'],
    ]);
    const { before } = await writer.write(removals, job);
    expect(await write([3, two])).toEqual([applied]);
    const { outcomes, changes } = await writer.restore(undoOf(removals, before ?? new Uint32Array()), job);
    expect([[...outcomes], changes.added, await count()]).toEqual([[applied, applied], 2, 3]);
    expect(await write([4, two], [3, two])).toEqual([overLimit, applied]);
  });

  it('are tried in a dry run, which counts as nothing written', async () => {
    const { writer, write } = limited(1);
    const dry = { ...options, dryRun: true } as const;
    const batch = (): OperationBatch =>
      batchOf([
        [1, one],
        [2, one],
      ]);
    for (let i = 0; i < 2; i++) expect([...(await writer.write(batch(), dry)).outcomes]).toEqual([applied, overLimit]);
    expect(writer.counts()).toMatchObject({ added: 0, refused: { 'over-limit': 0 } });
    expect(await write([2, one])).toEqual([applied]);
  });

  it('are told again with a chunk that was applied before, whatever has room meanwhile', async () => {
    const { writer, write } = limited(1);
    const chunk = { ...options, chunk: { job: 7, sequence: 0 } };
    const batch = (): OperationBatch =>
      batchOf([
        [1, one],
        [2, one],
      ]);
    for (const repeated of [false, true]) {
      expect(await writer.write(batch(), chunk)).toMatchObject({
        outcomes: Uint8Array.of(applied, overLimit),
        changes: { added: 1 },
        repeated,
      });
      if (!repeated) await write([1, one, 'remove']);
    }
  });
});
