import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { asMemberId } from '../../kit/ids.ts';
import type { Identifier } from '../identifier.ts';
import { ModelProfileStore } from '../model/model-profile-store.ts';
import { OperationBatch } from '../operation-batch.ts';
import { device, eid, external, FakeClock, segment, undoOf, user } from '../profile-fixtures.ts';
import type { ApplyResult, ChunkId, Expression, ProfileStore, ScannedUser, ScanPage, Source, StageId } from '../profile-store.ts';
import { scannedUsers } from '../scan-page.ts';
import { EmbeddedProfileStore } from './embedded-profile-store.ts';

/** How many operations in all; more by FOYER_TEST_OPERATIONS. fast-check prints seed and path of what fails; FOYER_TEST_SHRINK=1 shrinks it, which takes minutes. */
const operationsWanted = Number(process.env['FOYER_TEST_OPERATIONS'] ?? 100_000);
const operationsPerRun = 1000;

const people: readonly Identifier[] = [
  ...[1, 2, 3].map((n) => user(n)),
  ...[1, 2, 3].map((n) => device(n)),
  ...['x', 'y'].map((id) => external(id)),
  ...['a', 'b'].map((id) => eid(id)),
];
const linkable = people.filter((each) => each.kind !== 'user');
const segments = [1, 2, 3, 4, 5].map((id) => segment(id));

const who = fc.constantFrom(...people);
const where = fc.constantFrom(...segments);
const change = fc.record({
  who,
  where,
  value: fc.nat(3),
  delayS: fc.constantFrom(0, 0, 0, -30, 45),
  lifetime: fc.constantFrom(null, 0, 1, 2, 5),
  remove: fc.nat(4).map((n) => n === 0),
  withdraw: fc.nat(15).map((n) => n === 0),
});
const chunk = fc.option(fc.record({ job: fc.nat(2), sequence: fc.nat(2) }), { freq: 3 });
const operation = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      does: fc.constant('apply' as const),
      changes: fc.array(change, { maxLength: 8 }),
      known: fc.nat(5).map((n) => n === 0),
      stage: fc.nat(3),
      chunk,
      job: fc.nat(2),
      before: fc.boolean(),
      beforeKeptUpTo: fc.option(fc.nat(1), { freq: 2 }),
      dryRun: fc.nat(5).map((n) => n === 0),
    }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('restore' as const), which: fc.nat(6), chunk }) },
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('link' as const),
      from: fc.constantFrom(...linkable),
      to: who,
      // The longest lies beyond what a link's entry holds in its short form (memory/name-entries.ts).
      forS: fc.constantFrom(null, -1, 50, 200, 20_000_000),
      by: fc.constantFrom(4, 5),
      known: fc.nat(3).map((n) => n === 0),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('see' as const), who }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('unlink' as const), from: who }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('merge' as const), into: who, from: who }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('forget' as const), who, optOut: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('optIn' as const), who }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('stage' as const, 'drop' as const), where }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('commit' as const, 'abort' as const), stage: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('wait' as const), seconds: fc.constantFrom(1, 20, 60, 200, 200, 30_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constantFrom(
        'snapshot' as const,
        'snapshot beside' as const,
        'reopen' as const,
        'crash' as const,
        'sweep' as const,
        'sweep' as const,
        'compare' as const,
        'compare' as const,
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('forgetChunks' as const), job: fc.nat(2) }) },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;
type ApplyOperation = Extract<Operation, { does: 'apply' }>;

// In memory where the system has such a place: this is about what is written, not about the disk.
const root = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'foyer-random-'));
afterAll(() => rm(root, { recursive: true }));
const limits = { maxMembershipsPerProfile: 5, maxLinksPerUser: 3 };

/** The two engines side by side. */
class Pair {
  readonly clock = new FakeClock();
  readonly model: ModelProfileStore;
  readonly holdExternals: boolean;
  embedded: EmbeddedProfileStore | null = null;
  directory = '';
  /** Stages of the model and of the embedded engine, oldest first. */
  readonly stages: [StageId, StageId][] = [];
  readonly pending: Promise<unknown>[] = [];
  /** What can be taken back, newest last. */
  readonly done: { readonly batch: OperationBatch; readonly before: Uint32Array; readonly source: Source }[] = [];

  constructor(holdExternals: boolean) {
    this.holdExternals = holdExternals;
    this.model = new ModelProfileStore({ clock: this.clock, holdExternals, ...limits });
  }

  get store(): EmbeddedProfileStore {
    if (this.embedded === null) throw new Error('not open');
    return this.embedded;
  }

  async open(directory: string): Promise<void> {
    this.directory = directory;
    const { clock, holdExternals } = this;
    this.embedded = await EmbeddedProfileStore.open({
      directory,
      clock,
      holdExternals,
      ...limits,
      durability: 'os',
      sweepIntervalMs: 3,
      ownThread: false,
    });
  }

  /** What the call answers on both, or the name of its error. */
  async both(call: (store: ProfileStore, stage: (i: number) => StageId) => Promise<unknown>): Promise<[unknown, unknown]> {
    const tried = async (store: ProfileStore, side: 0 | 1): Promise<unknown> => {
      try {
        return await call(store, (i) => this.stages[this.stages.length - 1 - i]?.[side] ?? (1_000_000 as StageId));
      } catch (error) {
        return (error as Error).name;
      }
    };
    return [await tried(this.store, 1), await tried(this.model, 0)];
  }

  async run(op: Operation, index: number): Promise<void> {
    switch (op.does) {
      case 'wait':
        return this.clock.pass(op.seconds);
      case 'sweep':
        return this.store.sweep();
      case 'compare':
        return this.compare();
      case 'snapshot':
        return this.store.snapshot();
      case 'snapshot beside':
        this.pending.push(this.store.snapshot().catch(() => undefined));
        return undefined;
      case 'reopen':
        await this.store.close();
        await this.open(this.directory);
        return this.compare();
      case 'crash': {
        await Promise.all(this.pending.splice(0));
        const copy = join(root, `${Math.random()}-${index}`);
        await cp(this.directory, copy, { recursive: true });
        await this.store.close();
        await rm(this.directory, { recursive: true });
        await this.open(copy);
        return this.compare();
      }
      case 'stage': {
        const [embedded, model] = await this.both((store) => store.stageReplace(op.where));
        this.stages.push([model as StageId, embedded as StageId]);
        return undefined;
      }
      default: {
        const [embedded, model] = await this.both((store, stage) => this.change(store, op, stage));
        same(embedded, model);
        if (op.does === 'apply') this.noteDone(op, model as ApplyResult | string);
      }
    }
  }

  change(store: ProfileStore, op: Operation, stage: (i: number) => StageId): Promise<unknown> {
    const nowS = this.clock.s;
    switch (op.does) {
      case 'apply': {
        const staged = this.isStaged(op) ? { stage: stage(op.stage) } : {};
        return store.apply(batchOf(op.changes, nowS), {
          source: sourceOf(op),
          knownUsersOnly: op.known,
          ...staged,
          ...chunkOf(op),
          ...(op.before ? { before: true as const } : {}),
          ...(op.beforeKeptUpTo === null ? {} : { beforeKeptUpTo: op.beforeKeptUpTo }),
          ...(op.dryRun ? { dryRun: true as const } : {}),
        });
      }
      case 'restore': {
        const { batch, before, source } = this.done.at(-1 - op.which) ?? nothingDone;
        return store.restore(undoOf(batch, before), { source, ...chunkOf(op) });
      }
      case 'see':
        return store.see(op.who);
      case 'link':
        return store.link(op.from, op.to, {
          expiresAtS: op.forS === null ? null : nowS + op.forS,
          linkedBy: asMemberId(op.by),
          knownUsersOnly: op.known,
        });
      case 'unlink':
        return store.unlink(op.from);
      case 'merge':
        return store.merge(op.into, op.from);
      case 'forget':
        return store.forget(op.who, { optOut: op.optOut });
      case 'optIn':
        return store.optIn(op.who);
      case 'commit':
        return store.commit(stage(op.stage));
      case 'abort':
        return store.abort(stage(op.stage));
      case 'drop':
        return store.dropSegment(op.where);
      case 'forgetChunks':
        return store.forgetChunks(op.job);
      default:
        throw new Error(`${op.does} is no change`);
    }
  }

  isStaged(op: ApplyOperation): boolean {
    return op.stage <= 1 && this.stages.length > 0;
  }

  /** The last ten batches can be taken back. */
  noteDone(op: ApplyOperation, result: ApplyResult | string): void {
    if (typeof result === 'string' || result.before === null || result.repeated || op.dryRun || this.isStaged(op)) return;
    this.done.push({ batch: batchOf(op.changes, this.clock.s), before: result.before, source: sourceOf(op) });
    if (this.done.length > 10) this.done.shift();
  }

  async compare(): Promise<void> {
    const { store, model } = this;
    await store.sweep();
    for (const each of people) {
      same(store.get(each), model.get(each), each);
      same(inOrder(store.links(each)), inOrder(model.links(each)), each);
    }
    for (const each of segments) {
      same(store.count(each), model.count(each), each);
      same(inOrder(await scanned(store, each)), inOrder(await scanned(model, each)), each);
    }
    same(await store.movements(segments, 90), model.movements(segments, 90), 'movements');
    const [a, b, c] = segments.map((each): Expression => ({ segment: each, minValue: 1 }));
    if (a === undefined || b === undefined || c === undefined) return;
    for (const expression of [{ not: a }, { and: [a, { or: [b, { not: c }] }] }, { or: [a, b, c] }] satisfies Expression[]) {
      same(await store.evaluate(expression), model.evaluate(expression), expression);
    }
    const { users, identifiers } = model.stats();
    expect(store.stats()).toMatchObject({ users, identifiers: expect.any(Number) as number });
    expect(store.stats().identifiers).toBeLessThanOrEqual(identifiers);
  }
}

describe('the embedded engine against the model', () => {
  it(`agrees after random operations, snapshots, restarts and crashes (${operationsWanted} operations)`, { timeout: 600_000 }, async () => {
    const operations = fc.array(operation, { minLength: operationsPerRun / 2, maxLength: operationsPerRun * 1.5, size: 'max' });
    const property = fc.asyncProperty(operations, fc.boolean(), async (ops, holdExternals) => {
      const pair = new Pair(holdExternals);
      await pair.open(await mkdtemp(join(root, 'run-')));
      try {
        for (const [i, op] of ops.entries()) await pair.run(op, i);
        await pair.compare();
      } finally {
        await pair.embedded?.close();
        await Promise.all(pair.pending);
        await rm(pair.directory, { recursive: true, force: true });
      }
    });
    await fc.assert(property, {
      numRuns: Math.ceil(operationsWanted / operationsPerRun),
      endOnFailure: process.env['FOYER_TEST_SHRINK'] !== '1',
    });
  });
});

/** `expect` only where they differ: it is a hundred times slower. */
function same(embedded: unknown, model: unknown, of: unknown = ''): void {
  if (!isDeepStrictEqual(embedded, model)) expect([of, embedded]).toEqual([of, model]);
}

const nothingDone = { batch: new OperationBatch(), before: new Uint32Array(0), source: { kind: 'batch', job: 5 } } as const;
const sourceOf = (op: ApplyOperation): Source => ({ kind: 'batch', job: 5 + op.job });
const chunkOf = (op: { readonly chunk: ChunkId | null }): { readonly chunk?: ChunkId } => (op.chunk === null ? {} : { chunk: op.chunk });

function batchOf(changes: ApplyOperation['changes'], nowS: number): OperationBatch {
  const batch = new OperationBatch();
  for (const each of changes) {
    batch.forUser(each.who);
    if (each.remove) batch.remove(each.where);
    else {
      const added = batch.add(each.where, each.value, nowS + each.delayS, each.lifetime);
      if (each.withdraw) batch.withdraw(added);
    }
  }
  return batch;
}

async function scanned(store: EmbeddedProfileStore | ModelProfileStore, of: (typeof segments)[number]): Promise<ScannedUser[]> {
  const users: ScannedUser[] = [];
  for (let cursor: number | null = null; ;) {
    const page: ScanPage = await store.scan(of, cursor, 3);
    users.push(...scannedUsers(page));
    if (page.next === null) return users;
    cursor = page.next;
  }
}

const inOrder = (list: readonly object[]): readonly object[] => list.toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
const textOf = (value: object): string => JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? String(each) : each));
