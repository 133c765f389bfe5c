import type { SegmentId } from '../../kit/ids.ts';
import { decodeIdentifier } from '../identifier-key.ts';
import type { Identifier } from '../identifier.ts';
import { neverEnds, removal } from '../operation-batch.ts';
import { type BatchColumns, operationWords } from '../packed-batch.ts';
import type { ModelMembership } from './model-user.ts';

export interface ModelOperation {
  /** Among all of the batch. */
  readonly index: number;
  readonly segment: SegmentId;
  /** Null: a removal. */
  readonly membership: Omit<ModelMembership, 'source'> | null;
}

export interface BatchUser {
  readonly identifier: Identifier;
  readonly operations: readonly ModelOperation[];
}

/** A packed batch as objects. */
export function batchUsers({ operations, keys, userKeyEnds, userOperationEnds }: BatchColumns): BatchUser[] {
  return Array.from(userKeyEnds, (keyEnd, user) => {
    const first = user === 0 ? 0 : (userOperationEnds[user - 1] as number);
    const count = (userOperationEnds[user] as number) - first;
    return {
      identifier: decodeIdentifier(keys.slice(user === 0 ? 0 : userKeyEnds[user - 1], keyEnd)),
      operations: Array.from({ length: count }, (_, i) => {
        const [segment = 0, value = 0, addedAtS = 0, lifetime = 0] = operations.subarray((first + i) * operationWords);
        const lifetimeMinutes = lifetime === neverEnds ? null : lifetime;
        const membership = lifetime === removal ? null : { value, addedAtS, lifetimeMinutes };
        return { index: first + i, segment: segment as SegmentId, membership };
      }),
    };
  });
}
