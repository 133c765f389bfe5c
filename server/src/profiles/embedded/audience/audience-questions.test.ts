import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { OperationBatch } from '../../operation-batch.ts';
import { FakeClock, instant, segment, user } from '../../profile-fixtures.ts';
import { ProfileStoreUnavailable, type Expression } from '../../profile-store.ts';
import { scannedUsers } from '../../scan-page.ts';
import { replayLimits } from '../core/core-limits.ts';
import { BareCore } from '../core/profile-core.fixture.ts';
import { AudienceIndex, type AudienceLimits } from './audience-index.ts';
import { AudienceQuestions } from './audience-questions.ts';
import { UneasyReader } from './audience-readers.fixture.ts';

const unlimited: AudienceLimits = { memoryBytes: Number.POSITIVE_INFINITY, idleMs: Number.POSITIVE_INFINITY };
const users = 100_000;
const blocks = Math.ceil((users + 1) / 64);

let stop = (): void => undefined;
afterEach(() => stop());

/** An engine where user n is in segment s if n is a multiple of s, for s from 1 to 5. */
function opened(limits = unlimited, flipEntries?: number) {
  const clock = new FakeClock();
  const core = new BareCore(replayLimits, 1, flipEntries);
  for (let first = 1; first <= users; first += 10_000) {
    const batch = new OperationBatch();
    for (let n = first; n < first + 10_000; n++) {
      batch.forUser(user(n));
      for (let id = 1; id <= 5; id++) if (n % id === 0) batch.add(segment(id), 1, clock.s, null);
    }
    core.apply(batch, instant, clock.s);
  }
  const memory = core.audienceReader();
  const reader = new UneasyReader(memory);
  const index = new AudienceIndex(reader, memory.flips, limits);
  const questions = new AudienceQuestions(index, clock, (id) => core.numberOf(id));
  stop = () => questions.stop();
  return { clock, core, reader, index, questions };
}

const of = (id: number): Expression => ({ segment: segment(id) });

function put(core: BareCore, clock: FakeClock, n: number, id: number): void {
  const batch = new OperationBatch().forUser(user(n));
  batch.add(segment(id), 1, clock.s, null);
  core.apply(batch, instant, clock.s);
}

describe('questions', () => {
  it('that wait at the same time share one scan, and give the event loop away meanwhile', async () => {
    const { questions, reader } = opened();
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 1);
    const answers = await Promise.all([of(2), of(3), { and: [of(2), of(3)] }, { not: of(4) }].map((each) => questions.evaluate(each)));
    clearInterval(counting);
    expect(answers).toEqual([50_000, 33_333, 16_666, 75_000]);
    expect(reader.visits).toBe(blocks);
    expect(turns).toBeGreaterThan(1);
    expect(await questions.evaluate({ or: [of(2), { not: of(3) }] })).toBe(100_000 - 16_667);
    expect(reader.visits).toBe(blocks);
  });

  it('are answered for the number that a segment has when its set is ready', async () => {
    const { clock, core, questions } = opened();
    const answer = questions.evaluate(of(2));
    const stage = core.stageReplace(segment(2), clock.s).result;
    const batch = new OperationBatch().forUser(user(7));
    batch.add(segment(2), 1, clock.s, null);
    core.apply(batch, { ...instant, stage }, clock.s);
    core.commit(stage, clock.s);
    expect(await answer).toBe(1);
    core.dropSegment(segment(2), clock.s);
    expect(await questions.evaluate(of(2))).toBe(0);
  });

  it('are answered though so much is written that flips are lost', async () => {
    const { clock, core, questions } = opened(unlimited, 4);
    const answer = questions.evaluate(of(5));
    for (let n = 1; n <= 50; n++) put(core, clock, n, 5);
    expect(await answer).toBe(20_040);
    for (let n = 51; n <= 100; n++) put(core, clock, n, 5);
    expect(await questions.evaluate(of(5))).toBe(20_080);
  });

  it('that wait when the store closes are refused', async () => {
    const { questions } = opened();
    const answer = questions.evaluate(of(2));
    questions.stop();
    await expect(answer).rejects.toThrow(ProfileStoreUnavailable);
  });

  it('are not needed for the log of flips to be emptied', async () => {
    const { clock, core, index, questions, reader } = opened(unlimited, 64);
    expect(await questions.evaluate(of(2))).toBe(50_000);
    for (let n = 1; n < 160; n += 2) {
      put(core, clock, n, 2);
      if (n % 40 === 1) await wait(120);
    }
    expect(index.setCount).toBe(1);
    expect(await questions.evaluate(of(2))).toBe(50_080);
    expect(reader.visits).toBe(blocks);
  });
});

describe('a scan', () => {
  it('reads only the profiles of a warm segment, and those of due blocks', async () => {
    const { clock, core, questions, reader } = opened();
    put(core, clock, 40_001, 77);
    put(core, clock, 90_001, 77);
    const batch = new OperationBatch().forUser(user(70_001));
    batch.add(segment(77), 1, clock.s + 30, null);
    core.apply(batch, instant, clock.s);
    expect(await questions.evaluate(of(77))).toBe(2);
    const identifiers = (): unknown[] => Array.from(scannedUsers(questions.scan(segment(77), null, 100)), ({ identifier }) => identifier);
    expect(identifiers()).toEqual([user(40_001), user(90_001)]);
    expect(reader.users).toBe(2);
    clock.pass(30);
    expect(identifiers()).toEqual([user(40_001), user(70_001), user(90_001)]);
    // Those two again, and the due block.
    expect(reader.users).toBe(2 + 2 + 64);
  });

  it('of a segment that nobody is in has one empty page', () => {
    expect(opened().questions.scan(segment(1234), null, 10)).toMatchObject({ count: 0, next: null });
  });
});
