import type { Clock } from '../kit/clock.ts';
import { asMemberId, asSegmentId, asUserId, type SegmentId } from '../kit/ids.ts';
import type { DeviceDomain, Identifier } from './identifier.ts';
import type { OperationBatch } from './operation-batch.ts';
import { outcomeCodes, type ApplyOptions, type Outcome, type ProfileStore } from './profile-store.ts';

/** For tests: a clock that stands still until it is told. */
export class FakeClock implements Clock {
  ms = 1_700_000_000_000;
  nowMs(): number {
    return this.ms;
  }
  get s(): number {
    return Math.floor(this.ms / 1000);
  }
  pass(seconds: number): void {
    this.ms += seconds * 1000;
  }
}

export const user = (id: number | bigint): Identifier => ({ kind: 'user', id: asUserId(BigInt(id)) });
export const segment = (id: number): SegmentId => asSegmentId(id);
export const external = (id: string, member = 9): Identifier => ({ kind: 'external', member: asMemberId(member), id });
export const eid = (id: string): Identifier => ({ kind: 'eid', source: 'netid.de', id });
export const device = (n: number, domain: DeviceDomain = 'idfa'): Identifier => {
  return { kind: 'device', domain, id: `1ba98a6c-d1a5-49ef-ad1c-${n.toString(16).padStart(12, '0')}` };
};
export const instant: ApplyOptions = { source: { kind: 'instant', job: 0 } };

/** The outcomes by name. */
export async function outcomesOf(store: ProfileStore, batch: OperationBatch, options: Partial<ApplyOptions> = {}): Promise<Outcome[]> {
  const names = Object.keys(outcomeCodes) as Outcome[];
  const { outcomes } = await store.apply(batch, { ...instant, ...options });
  return Array.from(outcomes, (code) => names.find((name) => outcomeCodes[name] === code) ?? 'full');
}
