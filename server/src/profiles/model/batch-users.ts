import type { SegmentId } from '../../kit/ids.ts';
import { decodeIdentifier } from '../identifier-key.ts';
import type { Identifier } from '../identifier.ts';
import { neverEnds, removal, type OperationBatch } from '../operation-batch.ts';
import type { ModelMembership } from './model-user.ts';

export interface BatchUser {
  readonly identifier: Identifier;
  /** `membership` null: a removal. */
  readonly operations: { readonly segment: SegmentId; readonly membership: Omit<ModelMembership, 'source'> | null }[];
}

/** A packed batch as objects. */
export function batchUsers(batch: OperationBatch): BatchUser[] {
  const { operations, keys, userKeyEnds, userOperationEnds } = batch;
  return Array.from(userKeyEnds, (keyEnd, user) => {
    const first = user === 0 ? 0 : (userOperationEnds[user - 1] as number);
    const count = (userOperationEnds[user] as number) - first;
    return {
      identifier: decodeIdentifier(keys.slice(user === 0 ? 0 : userKeyEnds[user - 1], keyEnd)),
      operations: Array.from({ length: count }, (_, i) => {
        const [segment, value, addedAtS, lifetime] = operations.subarray((first + i) * 4) as unknown as [number, number, number, number];
        const lifetimeMinutes = lifetime === neverEnds ? null : lifetime;
        return { segment: segment as SegmentId, membership: lifetime === removal ? null : { value, addedAtS, lifetimeMinutes } };
      }),
    };
  });
}
