import { removal, type OperationBatch } from './operation-batch.ts';
import { refusedWrite } from './profile-errors.ts';
import type { RestoreBatch } from './restore-batch.ts';
import {
  outcomeCodes,
  ProfileStoreUnavailable,
  type ApplyOptions,
  type ApplyResult,
  type Outcome,
  type ProfileStore,
  type RestoreOptions,
  type RestoreResult,
} from './profile-store.ts';

/** Operations since the start of the process. Chunks that had been applied before are not counted again, and dry runs not at all. */
export interface ProfileWriterCounts {
  /** Memberships added or refreshed. */
  readonly added: number;
  /** Removals taken, those of what was not there included. */
  readonly removed: number;
  /** Operations refused, by outcome. */
  readonly refused: Readonly<Record<Exclude<Outcome, 'applied' | 'newer'>, number>>;
  /** Calls that the store could not take. */
  readonly unavailable: number;
}

export interface ProfileWriter {
  /**
   * `ProfileStore.apply`, counted. The batch is the writer's until the promise settles.
   * Throws the refusal `profiles.unavailable` (503, Retry-After) where the store cannot take writes.
   */
  write(batch: OperationBatch, options: ApplyOptions): Promise<ApplyResult>;
  /**
   * `ProfileStore.restore`. What comes back was there before, so no limit refuses it, and nothing is counted. Throws as `write` does.
   */
  restore(batch: RestoreBatch, options: RestoreOptions): Promise<RestoreResult>;
  counts(): ProfileWriterCounts;
}

/** What a limit says of one batch. */
export interface WriteGrant {
  /** Operations that are not to be written. */
  readonly refused: readonly number[];
  /** To be called once the batch is written or has failed. */
  settle(): void;
}

/** Limits on what may be written, kept by a later domain. */
export interface WriteLimits {
  /** Asked before each batch; null where no limit is concerned. */
  take(batch: OperationBatch, options: ApplyOptions): WriteGrant | null | Promise<WriteGrant | null>;
  /** Memberships have come in that it was not asked for. */
  bypassed(): void;
}

const noLimits: WriteLimits = { take: () => null, bypassed: () => undefined };

/** A column for each outcome code. */
const outcomeCount = Object.keys(outcomeCodes).length;

/** The way of memberships from ingest to the store: the one place that counts what comes in. */
export function createProfileWriter(store: Pick<ProfileStore, 'apply' | 'restore'>, limits: WriteLimits = noLimits): ProfileWriter {
  /** By outcome code; additions and removals of each. */
  const additions = new Float64Array(outcomeCount);
  const removals = new Float64Array(outcomeCount);
  let unavailable = 0;

  const refused = (outcome: Outcome): number => (additions[outcomeCodes[outcome]] ?? 0) + (removals[outcomeCodes[outcome]] ?? 0);
  const taken = async <T>(write: Promise<T>): Promise<T> => {
    try {
      return await write;
    } catch (error) {
      if (error instanceof ProfileStoreUnavailable) unavailable += 1;
      throw refusedWrite(error);
    }
  };
  return {
    async write(batch, options) {
      const asked = limits.take(batch, options);
      const grant = asked instanceof Promise ? await asked : asked;
      const apply = (): Promise<ApplyResult> => taken(store.apply(batch, options));
      const result = grant === null ? await apply() : await applyGranted(grant, batch, apply);
      if (!result.repeated && options.dryRun !== true) countOperations(batch.operations, result.outcomes, additions, removals);
      return result;
    },
    async restore(batch, options) {
      try {
        return await taken(store.restore(batch, options));
      } finally {
        limits.bypassed();
      }
    },
    counts: () => ({
      added: additions[outcomeCodes.applied] ?? 0,
      removed: removals[outcomeCodes.applied] ?? 0,
      refused: {
        'opted-out': refused('opted-out'),
        unmapped: refused('unmapped'),
        'unknown-user': refused('unknown-user'),
        full: refused('full'),
        'over-limit': refused('over-limit'),
      },
      unavailable,
    }),
  };
}

async function applyGranted(
  { refused, settle }: WriteGrant,
  batch: OperationBatch,
  apply: () => Promise<ApplyResult>,
): Promise<ApplyResult> {
  try {
    for (const operation of refused) batch.withdraw(operation);
    return await apply();
  } finally {
    settle();
  }
}

function countOperations(operations: Uint32Array, outcomes: Uint8Array, additions: Float64Array, removals: Float64Array): void {
  for (let i = 0; i < outcomes.length; i++) {
    const counts = operations[i * 4 + 3] === removal ? removals : additions;
    const outcome = outcomes[i] as number;
    counts[outcome] = (counts[outcome] as number) + 1;
  }
}
