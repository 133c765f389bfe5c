import fc from 'fast-check';
import { asMemberId, type SegmentId } from '../../../kit/ids.ts';
import type { Identifier } from '../../identifier.ts';
import { OperationBatch } from '../../operation-batch.ts';
import { device, external, instant, segment, user } from '../../profile-fixtures.ts';
import type { Expression, ScanFields, ScannedUser, ScanPage, StageId } from '../../profile-store.ts';
import { scannedIdentifiers, scannedUsers } from '../../scan-page.ts';
import { replayLimits } from '../core/core-limits.ts';
import { BareCore } from '../core/profile-core.fixture.ts';
import type { SweepPass } from '../core/sweep.ts';
import { AudienceIndex, type AudienceLimits } from './audience-index.ts';
import { planAudience } from './audience-plan.ts';
import { UneasyReader } from './audience-readers.fixture.ts';
import type { MemoryReader } from './memory-reader.ts';

export const forEver: AudienceLimits = { memoryBytes: Number.POSITIVE_INFINITY, idleMs: Number.POSITIVE_INFINITY };
/** A build that is asked every 1,024 users whether it may go on, and never may. */
export const oneStep = (): boolean => false;
export const toTheEnd = (): boolean => true;

/** An engine without a disk, its index, and the time. */
export class Bench {
  readonly core: BareCore;
  readonly index: AudienceIndex;
  readonly reader: UneasyReader;
  nowS = 1_700_000_000;
  sweep: SweepPass | null = null;

  constructor(limits = forEver, flipEntries?: number) {
    this.core = new BareCore(replayLimits, 1, flipEntries);
    const memory: MemoryReader = this.core.audienceReader();
    this.reader = new UneasyReader(memory);
    this.index = new AudienceIndex(this.reader, memory.flips, limits);
  }

  /** By the index; sets that are missing are built first. */
  count(expression: Expression): number {
    for (;;) {
      const plan = planAudience(expression, (id) => this.core.numberOf(id));
      if (this.index.want(plan.numbers, this.nowS * 1000)) {
        const count = this.index.evaluate(plan, this.nowS);
        if (count !== null) return count;
      }
      this.index.build(this.nowS * 1000, toTheEnd);
    }
  }

  expectExact(expressions: readonly Expression[]): void {
    for (const each of expressions) {
      const [found, right] = [this.count(each), this.core.evaluate(each, this.nowS)];
      if (found !== right) throw new Error(`${JSON.stringify(each)} holds for ${right} users, not for ${found}`);
    }
  }

  want(...segments: readonly SegmentId[]): boolean {
    return this.index.want(
      segments.map((id) => this.core.numberOf(id)),
      this.nowS * 1000,
    );
  }

  add(who: Identifier, to: readonly number[], lifetimeMinutes: number | null = null, delayS = 0, value = 1): void {
    const batch = new OperationBatch().forUser(who);
    for (const id of to) batch.add(segment(id), value, this.nowS + delayS, lifetimeMinutes);
    this.core.apply(batch, instant, this.nowS);
  }
  remove(who: Identifier, from: number): void {
    const batch = new OperationBatch().forUser(who);
    batch.remove(segment(from));
    this.core.apply(batch, instant, this.nowS);
  }

  scan(of: SegmentId, limit: number): ScannedUser[] {
    const users: ScannedUser[] = [];
    for (let cursor: number | null = null; ;) {
      const page: ScanPage = this.page(of, cursor, limit);
      users.push(...scannedUsers(page));
      if (page.next === null) return users;
      cursor = page.next;
    }
  }
  scanKeys(of: SegmentId, limit: number): Identifier[] {
    const users: Identifier[] = [];
    for (let cursor: number | null = null; ;) {
      const page: ScanPage = this.page(of, cursor, limit, 'keys');
      users.push(...scannedIdentifiers(page));
      if (page.next === null) return users;
      cursor = page.next;
    }
  }
  page(of: SegmentId, cursor: number | null, limit: number, fields: ScanFields = 'memberships'): ScanPage {
    const question = { segment: of, number: this.core.numberOf(of), cursor, limit, nowS: this.nowS, fields };
    return this.index.scan(question, this.nowS * 1000);
  }
}

export const people: readonly Identifier[] = [
  ...Array.from({ length: 150 }, (_, i) => user(i + 1)),
  ...Array.from({ length: 20 }, (_, i) => device(i)),
  ...['x', 'y', 'z'].map((id) => external(id)),
];
export const segments = [1, 2, 3, 4, 5].map((id) => segment(id));
const who = fc.constantFrom(...people);
const where = fc.constantFrom(...segments);

const leaf: fc.Arbitrary<Expression> = fc.oneof(
  fc.record({ segment: fc.constantFrom(...segments, segment(99)) }),
  fc.record({ segment: where, minValue: fc.nat(3) }),
  fc.record({ segment: where, minValue: fc.nat(2), maxValue: fc.nat(3) }),
);
export const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.record({ not: tie('expression') }),
    fc.record({ and: fc.array(tie('expression'), { maxLength: 4 }) }),
    fc.record({ or: fc.array(tie('expression'), { maxLength: 4 }) }),
  ),
}));

const change = fc.record({
  who,
  where,
  value: fc.nat(3),
  delayS: fc.constantFrom(0, 0, 0, -30, 45),
  lifetime: fc.constantFrom(null, null, 0, 1, 2, 5),
  remove: fc.nat(3).map((n) => n === 0),
});
export const doing = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ does: fc.constant('apply' as const), changes: fc.array(change, { maxLength: 30 }), staged: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('link' as const, 'merge' as const), from: who, to: who }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constantFrom('forget' as const, 'optOut' as const, 'optIn' as const, 'unlink' as const), who }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constantFrom('stage' as const, 'commit' as const, 'abort' as const, 'drop' as const), where }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('wait' as const), seconds: fc.constantFrom(1, 20, 60, 200) }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constantFrom('sweep' as const, 'sweep one block' as const, 'tidy' as const, 'build a step' as const) }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('ask' as const), expression }) },
);
export type Doing = typeof doing extends fc.Arbitrary<infer T> ? T : never;

export function run(bench: Bench, stages: Map<SegmentId, StageId>, op: Doing): void {
  const { core, nowS } = bench;
  switch (op.does) {
    case 'apply': {
      const batch = new OperationBatch();
      for (const each of op.changes) {
        batch.forUser(each.who);
        if (each.remove) batch.remove(each.where);
        else batch.add(each.where, each.value, nowS + each.delayS, each.lifetime);
      }
      const stage = op.staged ? [...stages.values()][0] : undefined;
      core.apply(batch, { ...instant, ...(stage === undefined ? {} : { stage }) }, nowS);
      break;
    }
    case 'link':
      if (op.from.kind !== 'user') core.link(op.from, op.to, { expiresAtS: nowS + 50, linkedBy: asMemberId(1) }, nowS);
      break;
    case 'merge':
      core.merge(op.to, op.from, nowS);
      break;
    case 'forget':
    case 'optOut':
      core.forget(op.who, op.does === 'optOut', nowS);
      break;
    case 'optIn':
      core.optIn(op.who, nowS);
      break;
    case 'unlink':
      core.unlink(op.who, nowS);
      break;
    case 'stage':
      stages.set(op.where, core.stageReplace(op.where, nowS).result);
      break;
    case 'commit':
    case 'abort': {
      const stage = stages.get(op.where);
      if (stage !== undefined) core[op.does](stage, nowS);
      stages.delete(op.where);
      break;
    }
    case 'drop':
      core.dropSegment(op.where, nowS);
      stages.delete(op.where);
      break;
    default:
      runOnIndex(bench, op);
  }
}

function runOnIndex(bench: Bench, op: Doing): void {
  const { core, index, nowS } = bench;
  switch (op.does) {
    case 'wait':
      bench.nowS += op.seconds;
      break;
    case 'sweep':
      core.beginSweep().step(nowS, toTheEnd);
      break;
    case 'sweep one block':
      bench.sweep ??= core.beginSweep();
      if (bench.sweep.step(nowS, oneStep)) bench.sweep = null;
      break;
    case 'tidy':
      index.tidy(nowS * 1000);
      break;
    case 'build a step':
      bench.want(...segments.filter((each) => core.numberOf(each) !== 0));
      index.build(nowS * 1000, oneStep);
      break;
    case 'ask':
      bench.expectExact([op.expression]);
      break;
    default:
      throw new Error(`${op.does} is not for the index`);
  }
}

/** Users 1 to `count` in one batch: user n is in segment s where n is a multiple of s. */
export function addMany(bench: Bench, first: number, last: number, ids: readonly number[], lifetimeMinutes: number | null = null): void {
  const batch = new OperationBatch();
  for (let n = first; n <= last; n++) {
    batch.forUser(user(n));
    for (const id of ids) if (n % id === 0) batch.add(segment(id), n % 100, bench.nowS, lifetimeMinutes);
  }
  bench.core.apply(batch, instant, bench.nowS);
}
