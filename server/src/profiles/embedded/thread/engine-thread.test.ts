import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { receiveMessageOnPort } from 'node:worker_threads';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../kit/clock.ts';
import { asMemberId } from '../../../kit/ids.ts';
import { OperationBatch } from '../../operation-batch.ts';
import { device, external, instant, segment, user } from '../../profile-fixtures.ts';
import { outcomeCodes, ProfileStoreDamaged, ProfileStoreUnavailable } from '../../profile-store.ts';
import { scannedUsers } from '../../scan-page.ts';
import { EmbeddedProfileStore, type EmbeddedProfileStoreOptions } from '../embedded-profile-store.ts';
import { entryType } from '../core/log-entry.ts';
import { writeAnswer } from './answers.ts';
import { EngineClient } from './engine-client.ts';
import { type EngineLink, newLink } from './engine-link.ts';
import { SharedRing } from './shared-ring.ts';

const root = await mkdtemp(join(tmpdir(), 'foyer-thread-'));
afterAll(() => rm(root, { recursive: true }));

const opened: EmbeddedProfileStore[] = [];
afterEach(() => Promise.all(opened.splice(0).map((store) => store.close())));

async function open(options: Partial<EmbeddedProfileStoreOptions> = {}): Promise<EmbeddedProfileStore> {
  const directory = await mkdtemp(join(root, 'store-'));
  const store = await EmbeddedProfileStore.open({ directory, clock: systemClock, durability: 'os', ...options });
  opened.push(store);
  return store;
}

const nowSeconds = (): number => Math.floor(Date.now() / 1000);
const forEver = { expiresAtS: null, linkedBy: asMemberId(9) };

/** Reads as fast as it can, in slices that let answers in, until the writing is over. Answers how many reads there were. */
async function readBeside(writing: Promise<unknown>, read: () => void): Promise<number> {
  const until = { over: false };
  let reads = 0;
  const done = writing.finally(() => {
    until.over = true;
  });
  while (!until.over) {
    const endMs = performance.now() + 2;
    while (performance.now() < endMs) {
      read();
      reads += 1;
    }
    await nextTurn();
  }
  await done;
  return reads;
}

describe('reading while the engine writes', () => {
  it('shows all of what one call did to a user or none of it, while the store grows, sweeps and takes snapshots', async () => {
    const store = await open({ sweepIntervalMs: 3, snapshotLogBytes: 1_000_000 });
    const people = 3000;
    const segments = [1, 2, 3, 4, 5, 6, 7];
    /** Every call gives a user the same value in all segments; every third one takes the user out of all. */
    const write = async (offset: number): Promise<void> => {
      const batch = new OperationBatch();
      for (let round = 1; round <= 60; round++) {
        batch.clear();
        for (let i = 0; i < 200; i++) {
          batch.forUser(user(((round * 7919 + i * 31 + offset) % people) + 1));
          for (const each of segments) {
            if ((round + i) % 3 === 0) batch.remove(segment(each));
            else batch.add(segment(each), round, nowSeconds(), (round + i) % 2 === 0 ? null : 1000);
          }
        }
        await store.apply(batch, instant);
      }
    };
    let next = 0;
    let found = 0;
    const torn: unknown[] = [];
    const reads = await readBeside(Promise.all([0, 1, 2, 3].map(write)), () => {
      const { memberships } = store.get(user((next++ % people) + 1));
      if (memberships.length > 0) found += 1;
      const values = new Set(memberships.map((each) => each.value));
      const whole = memberships.length === 0 || (memberships.length === segments.length && values.size === 1);
      if (!whole) torn.push(memberships);
    });
    expect(torn).toEqual([]);
    expect(reads).toBeGreaterThan(1000);
    expect(found).toBeGreaterThan(100);
  });

  it('never shows an identifier without its user while links are made, merged and taken away around it', async () => {
    const store = await open({ sweepIntervalMs: 3 });
    const base = new OperationBatch().forUser(user(1));
    base.add(segment(1), 1, nowSeconds(), null);
    await store.apply(base, instant);
    await store.link(device(1), user(1), forEver);
    const change = async (): Promise<void> => {
      for (let round = 0; round < 400; round++) {
        const batch = new OperationBatch().forUser(device(2));
        batch.add(segment(2), round, nowSeconds(), null);
        await store.apply(batch, instant);
        await store.link(device(2), user(1), forEver);
        await store.link(external(`x${round}`), user(1), { ...forEver, expiresAtS: nowSeconds() + 100 });
        await store.unlink(device(2));
        await store.unlink(external(`x${round}`));
      }
    };
    const wrong: unknown[] = [];
    let longest = 0;
    await readBeside(change(), () => {
      const profile = store.get(device(1));
      if (profile.userId !== 1n || profile.memberships[0]?.segment !== 1) wrong.push(profile);
      const links = store.links(user(1));
      longest = Math.max(longest, links.length);
      if (!links.some(({ identifier }) => identifier.kind === 'device' && identifier.id === (device(1) as typeof identifier).id))
        wrong.push(links);
    });
    expect(wrong).toEqual([]);
    expect(longest).toBeGreaterThan(1);
  });

  it('shows the old members or the new ones of a segment that is replaced, never neither', async () => {
    const store = await open();
    const batch = new OperationBatch().forUser(user(1));
    batch.add(segment(1), 1, nowSeconds(), null);
    await store.apply(batch, instant);
    const replace = async (): Promise<void> => {
      for (let round = 0; round < 200; round++) {
        const stage = await store.stageReplace(segment(1));
        await store.apply(batch, { ...instant, stage });
        await store.commit(stage);
      }
    };
    let missing = 0;
    await readBeside(replace(), () => {
      if (store.get(user(1)).memberships.length !== 1) missing += 1;
    });
    expect(missing).toBe(0);
  });
});

describe('the audience index beside the engine', () => {
  it('answers exactly once writes are over, and never against itself while they go on', async () => {
    const store = await open({ sweepIntervalMs: 20 });
    const people = 5000;
    const state = { asked: 0, over: false };
    const write = async (offset: number): Promise<void> => {
      const batch = new OperationBatch();
      for (let round = 1; round <= 80 || state.asked < 20; round++) {
        batch.clear();
        for (let i = 0; i < 100; i++) {
          // Of each user's segments 1 and 2 always the same is true.
          const on = (round * 13 + i * 7 + offset) % 3 > 0;
          batch.forUser(user(((round * 7919 + i * 31 + offset) % people) + 1));
          for (const each of [1, 2]) {
            if (on) batch.add(segment(each), round, nowSeconds(), null);
            else batch.remove(segment(each));
          }
          batch.add(segment(3), round, nowSeconds(), null);
        }
        await store.apply(batch, instant);
      }
    };
    const both = { and: [1, 2].map((id) => ({ segment: segment(id) })) };
    const apart = { and: [{ segment: segment(1) }, { not: { segment: segment(2) } }] };
    const asking = (async (): Promise<number[]> => {
      const wrong: number[] = [];
      for (; !state.over; state.asked++)
        wrong.push(
          await store.evaluate(apart),
          Math.min(0, (await store.evaluate({ segment: segment(3) })) - (await store.evaluate(both))),
        );
      return wrong;
    })();
    await Promise.all([0, 1, 2].map(write));
    state.over = true;
    expect((await asking).filter((each) => each !== 0)).toEqual([]);
    const held = Array.from({ length: people }, (_, i) => store.get(user(i + 1)).memberships.map((each): number => each.segment));
    const inBoth = held.filter((each) => each.includes(1) && each.includes(2)).length;
    expect(await store.evaluate(both)).toBe(inBoth);
    expect(await store.evaluate({ not: { segment: segment(1) } })).toBe(held.filter((each) => each.length > 0 && !each.includes(1)).length);
    expect(store.count(segment(3))).toBe(await store.evaluate({ segment: segment(3) }));
    const found: unknown[] = [];
    for (let cursor: number | null = null; ;) {
      const page = await store.scan(segment(1), cursor, 700);
      found.push(...scannedUsers(page));
      if (page.next === null) break;
      cursor = page.next;
    }
    expect(found.length).toBe(inBoth);
  });

  it('refuses questions that wait when the store is closed', async () => {
    const store = await open();
    const batch = new OperationBatch();
    for (let id = 1; id <= 50_000; id++) batch.forUser(user(id)).add(segment(1), 1, nowSeconds(), null);
    await store.apply(batch, instant);
    const asked = store.evaluate({ segment: segment(1) }).catch((error: unknown) => error);
    await store.close();
    const answer = await asked;
    expect(answer === 50_000 || answer instanceof ProfileStoreUnavailable).toBe(true);
    await expect(store.evaluate({ segment: segment(1) })).rejects.toThrow(ProfileStoreUnavailable);
  });
});

function batchOf(users: number): OperationBatch {
  const batch = new OperationBatch();
  for (let id = 1; id <= users; id++) batch.forUser(user(id)).add(segment(1), 1, 1, null);
  return batch;
}

/** Undefined where nobody answers. */
const small = (client: EngineClient, id: number): Promise<number | undefined> =>
  client.change(entryType.optIn, 1, [], [user(id)], Number).catch(() => undefined);

/** How many requests the engine is shown; it has taken them then. */
function shownIn(ring: SharedRing): number {
  let shown = 0;
  for (; ring.next() >= 0; shown++) ring.release();
  return shown;
}

/** A client of an engine that never answers. */
function unheard(end: EngineLink, onFailure: (error: Error) => void = () => undefined): EngineClient {
  return new EngineClient(end, { onProgress: () => undefined, onSnapshotFailure: () => undefined, onFailure });
}

describe('the link to the engine thread', () => {
  it('takes a batch that is larger than the ring, and many at once that do not fit together', async () => {
    const store = await open({ maxMembershipsPerProfile: 1 });
    const large = new OperationBatch();
    for (let id = 1; id <= 100_000; id++) {
      large.forUser(user(id)).add(segment(1), 1, nowSeconds(), null);
      large.add(segment(2), 1, nowSeconds(), null);
    }
    const { outcomes } = await store.apply(large, instant);
    expect(outcomes.length).toBe(200_000);
    expect(outcomes.every((each, i) => each === (i % 2 === 0 ? outcomeCodes.applied : outcomeCodes.full))).toBe(true);
    const many = Array.from({ length: 300 }, (_, i) => {
      const batch = new OperationBatch();
      for (let id = 1; id <= 1000; id++) batch.forUser(user(id)).add(segment(1), i, nowSeconds(), null);
      return batch;
    });
    await Promise.all(many.map((batch) => store.apply(batch, instant)));
    expect([1, 500, 1000].map((id) => store.get(user(id)).memberships[0]?.value)).toEqual([299, 299, 299]);
    expect(store.count(segment(1))).toBe(100_000);
    expect(store.stats()).toMatchObject({ users: 100_000, memberships: 100_000, segments: 2 });
  });

  it('takes more small requests in one turn than the ring holds, and answers all of them', async () => {
    const store = await open();
    const people = 30_000;
    const linking = Array.from({ length: people }, (_, i) => store.link(external(`id-${i}-${'x'.repeat(40)}`), user(i + 1), forEver));
    expect(new Set(await Promise.all(linking))).toEqual(new Set(['linked']));
    expect(store.stats().users).toBe(people);
  });

  it('shows the engine the first of several small requests at once, and the others together when the turn ends', async () => {
    const { client: end, engine } = newLink(0);
    const client = unheard(end);
    const ring = new SharedRing(engine.requests);
    const heard = () => receiveMessageOnPort(engine.port);
    const asked = [1, 2, 3].map((id) => small(client, id));
    expect([shownIn(ring), heard(), heard()]).toEqual([1, { message: null }, undefined]);
    await nextTurn();
    expect([shownIn(ring), heard()]).toEqual([2, undefined]);
    client.fail(new Error('over'));
    await Promise.all(asked);
    end.port.close();
  });

  it('holds back the first one too where the last ones came together, until they come one by one again', async () => {
    const { client: end, engine } = newLink(0);
    const client = unheard(end);
    const [requests, answers] = [new SharedRing(engine.requests), new SharedRing(engine.answers)];
    void client.opened().catch(() => undefined);
    let answered = 0;
    const answerAll = async (): Promise<number> => {
      const shown = shownIn(requests);
      for (let each = 0; each < shown; each++) {
        writeAnswer(answers, answers.reserve(4), (answered += 1), 0);
        answers.complete();
      }
      answers.publish();
      engine.port.postMessage(null);
      await nextTurn();
      return shown;
    };
    const asked = [1, 2, 3].map((id) => small(client, id));
    await nextTurn();
    expect(await answerAll()).toBe(3);
    asked.push(small(client, 4));
    expect(shownIn(requests)).toBe(0);
    await nextTurn();
    expect(await answerAll()).toBe(1);
    asked.push(small(client, 5));
    expect(await answerAll()).toBe(1);
    expect(await Promise.all(asked)).toEqual([0, 0, 0, 0, 0]);
    end.port.close();
  });

  it.each([
    ['a long request', 2, (client: EngineClient) => client.change(entryType.optIn, 1, [], [external('x'.repeat(5000))], Number)],
    ['a request longer than the ring', 2, (client: EngineClient) => client.apply(batchOf(100_000), instant, 1)],
    ['an order', 1, (client: EngineClient) => client.order('snapshot', 1)],
  ])('shows the engine what waits before %s at once', async (_what, requests, ask) => {
    const { client: end, engine } = newLink(0);
    const client = unheard(end);
    const ring = new SharedRing(engine.requests);
    const asked = [small(client, 1), small(client, 2)];
    expect(shownIn(ring)).toBe(1);
    asked.push(ask(client).then(Number, () => undefined));
    expect(shownIn(ring)).toBe(requests);
    client.fail(new Error('over'));
    await Promise.all(asked);
    end.port.close();
  });

  it('rejects opening with the damage that the thread found', async () => {
    const directory = await mkdtemp(join(root, 'damaged-'));
    await writeFile(join(directory, 'log-1.wal'), 'x');
    const opening = EmbeddedProfileStore.open({ directory, clock: systemClock });
    await expect(opening).rejects.toThrow(ProfileStoreDamaged);
    await expect(opening).rejects.toMatchObject({ offset: 0, file: join(directory, 'manifest') });
  });

  it('tells everybody who waits when the thread dies, and says so from then on', async () => {
    const failures: Error[] = [];
    const { client: end } = newLink(0);
    const client = unheard(end, (error) => failures.push(error));
    const batch = new OperationBatch().forUser(user(1));
    batch.add(segment(1), 1, 1, null);
    const waiting = client.apply(batch, instant, 1);
    client.fail(new Error('the engine thread has ended'));
    await expect(waiting).rejects.toThrow(ProfileStoreUnavailable);
    await expect(client.apply(batch, instant, 1)).rejects.toThrow(ProfileStoreUnavailable);
    expect(failures).toHaveLength(1);
    end.port.close();
  });
});
