import { describe, expect, it } from 'vitest';
import { Refusal } from '../kit/refusal.ts';
import { ModelProfileStore } from './model/model-profile-store.ts';
import { OperationBatch } from './operation-batch.ts';
import { external, FakeClock, segment, user } from './profile-fixtures.ts';
import { createProfileWriter } from './profile-writer.ts';

const options = { source: { kind: 'instant', job: 0 } } as const;

describe('the profile writer', () => {
  it('counts additions, removals and refusals by outcome, and repeated chunks once', async () => {
    const clock = new FakeClock();
    const writer = createProfileWriter(new ModelProfileStore({ clock, maxMembershipsPerProfile: 2 }));
    const batch = new OperationBatch().forUser(user(1));
    for (const id of [1, 2, 3]) batch.add(segment(id), 0, clock.s, null);
    batch.remove(segment(1));
    batch.forUser(external('x')).add(segment(1), 0, clock.s, null);
    batch.remove(segment(1));
    await writer.write(batch, { ...options, chunk: { job: 1, sequence: 0 } });
    const { repeated } = await writer.write(batch, { ...options, chunk: { job: 1, sequence: 0 } });
    expect(repeated).toBe(true);
    expect(writer.counts()).toEqual({
      added: 2,
      removed: 1,
      refused: { 'opted-out': 0, unmapped: 2, 'unknown-user': 0, full: 1, 'over-limit': 0 },
      unavailable: 0,
    });
  });

  it('answers 503 with Retry-After where the store takes no writes, and counts it', async () => {
    const store = new ModelProfileStore({ clock: new FakeClock() });
    await store.close();
    const writer = createProfileWriter(store);
    const error: unknown = await writer.write(new OperationBatch(), options).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(Refusal);
    expect(error).toMatchObject({ kind: { status: 503, name: 'profiles.unavailable' }, headers: { 'retry-after': '5' } });
    expect(writer.counts().unavailable).toBe(1);
  });
});
