import type { Clock } from '../kit/clock.ts';
import { asMemberId, asSegmentId, asUserId, type SegmentId } from '../kit/ids.ts';
import { beforeKind, beforeWords } from './before-image.ts';
import { decodeIdentifier } from './identifier-key.ts';
import type { DeviceDomain, Identifier } from './identifier.ts';
import { neverEnds, type OperationBatch, removal } from './operation-batch.ts';
import { operationWords } from './packed-batch.ts';
import { outcomeCodes, type ApplyOptions, type Outcome, type ProfileStore } from './profile-store.ts';
import { RestoreBatch } from './restore-batch.ts';

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
  return outcomeNames((await store.apply(batch, { ...instant, ...options })).outcomes);
}

export function outcomeNames(outcomes: Uint8Array): Outcome[] {
  const names = Object.keys(outcomeCodes) as Outcome[];
  return Array.from(outcomes, (code) => names.find((name) => outcomeCodes[name] === code) ?? 'full');
}

/** What takes back all that a batch changed, the last operation first. */
export function undoOf(batch: OperationBatch, before: Uint32Array): RestoreBatch {
  const undo = new RestoreBatch();
  for (let user = batch.userCount - 1; user >= 0; user--) {
    const startOf = (ends: Uint32Array): number => (user === 0 ? 0 : (ends[user - 1] as number));
    undo.forUser(decodeIdentifier(batch.keys.slice(startOf(batch.userKeyEnds), batch.userKeyEnds[user])));
    for (let i = (batch.userOperationEnds[user] as number) - 1; i >= startOf(batch.userOperationEnds); i--) {
      const [id = 0, , addedAtS = 0, lifetime = 0] = batch.operations.subarray(i * operationWords);
      if (before[i * beforeWords] === beforeKind.unchanged) continue;
      if (lifetime === removal) undo.takeBackRemoval(segment(id), before, i * beforeWords);
      else undo.takeBackAddition(segment(id), addedAtS, lifetime === neverEnds ? null : lifetime, before, i * beforeWords);
    }
  }
  return undo;
}
