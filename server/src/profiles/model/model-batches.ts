import type { SegmentId } from '../../kit/ids.ts';
import { beforeKind } from '../before-image.ts';
import type { Identifier } from '../identifier.ts';
import { neverEnds, type OperationBatch, withdrawn } from '../operation-batch.ts';
import {
  type ApplyOptions,
  type ApplyResult,
  type BatchChanges,
  type ChunkId,
  type Outcome,
  outcomeCodes,
  ProfileStageEnded,
  type RestoreOptions,
} from '../profile-store.ts';
import { jobRemoved, originWords, type RestoreBatch } from '../restore-batch.ts';
import { sourceFromWord, sourceToWord } from '../source-word.ts';
import { batchUsers, type ModelOperation } from './batch-users.ts';
import type { ModelState } from './model-state.ts';
import { dropEnded, hasEnded, liveSlot, type ModelMembership, type ModelUser, stageSlot } from './model-user.ts';

/** What one operation came to. `before`: the membership that it replaced or ended. */
interface Done {
  readonly outcome: Outcome;
  readonly did?: keyof BatchChanges;
  readonly before?: ModelMembership;
}

type Stored = Pick<ApplyResult, 'outcomes' | 'changes' | 'before'>;

/** Writing batches, and what became of those that count once. */
export class ModelBatches {
  readonly #state: ModelState;
  /** By job and sequence. */
  readonly #chunks = new Map<number, Map<number, Stored>>();

  constructor(state: ModelState) {
    this.#state = state;
  }

  apply(batch: OperationBatch, options: ApplyOptions): ApplyResult {
    const { chunk, stage, dryRun, ...wet } = options;
    if (dryRun && (chunk !== undefined || stage !== undefined)) throw new TypeError('a dry run has neither a chunk nor a stage');
    if (dryRun) return new ModelBatches(this.#state.copy()).apply(batch, wet);
    const stored = this.#stored(chunk);
    if (stored !== undefined) return { ...answered(stored, true), before: options.before ? stored.before : null };
    if (stage !== undefined && !this.#state.stages.has(stage)) throw new ProfileStageEnded(stage);
    if (options.wholeOrFull && this.#state.isFull() && this.#wouldCreate(batch, options)) {
      const refused = Array.from({ length: batch.operationCount }, (): Done => ({ outcome: 'full' }));
      return { ...answered(summed(refused, false), false), refusedWhole: true };
    }
    const done = batchUsers(batch).flatMap(({ identifier, operations }) =>
      operations.map((operation) => this.#applyOne(identifier, operation, options)),
    );
    const result = summed(done, options.before === true);
    if (chunk !== undefined) {
      this.#forgetBefore(chunk.job, options.beforeKeptUpTo ?? -1);
      this.#store(chunk, result);
    }
    return answered(result, false);
  }

  restore(batch: RestoreBatch, { source, chunk }: RestoreOptions): ApplyResult {
    const stored = this.#stored(chunk);
    if (stored !== undefined) return answered(stored, true);
    const done = batchUsers(batch).flatMap(({ identifier, operations }) =>
      operations.map(({ index, segment, membership }) => {
        const [before = 0, end = 0] = batch.origins.subarray(index * originWords);
        const back = membership === null ? null : { ...membership, source: sourceFromWord(before) };
        return this.#restoreOne(identifier, segment, back, { end, source: sourceToWord(source) });
      }),
    );
    const result = summed(done, false);
    if (chunk !== undefined) this.#store(chunk, result);
    return answered(result, false);
  }

  forgetChunks(job: number): void {
    this.#chunks.delete(job);
  }

  /** Has the batch an addition for somebody that nobody has seen and that may be made? */
  #wouldCreate(batch: OperationBatch, options: ApplyOptions): boolean {
    if (options.knownUsersOnly) return false;
    for (const { identifier, operations } of batchUsers(batch)) {
      const mayCreate = identifier.kind !== 'external' || this.#state.options.holdExternals === true;
      if (mayCreate && this.#state.userOf(identifier) === null && operations.some(({ membership }) => membership !== null)) return true;
    }
    return false;
  }

  #applyOne(
    identifier: Identifier,
    { segment, membership }: ModelOperation,
    { source, stage, knownUsersOnly = false }: ApplyOptions,
  ): Done {
    const state = this.#state;
    let user = state.userOf(identifier);
    const refusal = this.#refusalOf(user, identifier, knownUsersOnly);
    if (refusal !== null) return { outcome: refusal };
    const staged = stage !== undefined && state.stages.get(stage) === segment;
    const slot = staged ? stageSlot(stage) : liveSlot(segment);
    const before = this.#shown(user, slot);
    if (membership === null) {
      if (Number(segment) === withdrawn) return { outcome: 'over-limit' };
      if (user !== null) state.movements.around(user, segment, (memberships) => memberships.delete(slot));
      return before === undefined ? { outcome: 'applied', did: 'missing' } : { outcome: 'applied', did: 'removed', before };
    }
    if (user === null && state.isFull()) return { outcome: 'full' };
    user ??= state.create(identifier);
    if (!staged) state.segments.add(segment);
    if (!this.#hasRoom(user, slot)) return { outcome: 'full' };
    state.movements.around(user, segment, (memberships) => memberships.set(slot, { ...membership, source }));
    state.movements.uniques.add(slot, state.movements.today, user);
    return before === undefined ? { outcome: 'applied', did: 'added' } : { outcome: 'applied', did: 'refreshed', before };
  }

  /** @param job when what it added ends (`jobRemoved`: it removed), and its source word */
  #restoreOne(
    identifier: Identifier,
    segment: SegmentId,
    before: ModelMembership | null,
    job: { readonly end: number; readonly source: number },
  ): Done {
    const state = this.#state;
    const user = state.userOf(identifier);
    const refusal = this.#refusalOf(user, identifier, true);
    if (refusal !== null || user === null) return { outcome: refusal ?? 'unknown-user' };
    const slot = liveSlot(segment);
    const held = this.#shown(user, slot);
    const isRemoval = job.end === jobRemoved;
    const isNewest = held === undefined ? isRemoval || state.now() >= job.end : !isRemoval && sourceToWord(held.source) === job.source;
    if (!isNewest || !state.segments.has(segment)) return { outcome: 'newer' };
    if (before !== null && !hasEnded(before, state.now())) {
      if (!this.#hasRoom(user, slot)) return { outcome: 'full' };
      state.movements.around(user, segment, (memberships) => memberships.set(slot, before));
      return { outcome: 'applied', did: held === undefined ? 'added' : 'refreshed' };
    }
    state.movements.around(user, segment, (memberships) => memberships.delete(slot));
    return { outcome: 'applied', did: held === undefined ? 'missing' : 'removed' };
  }

  #refusalOf(user: ModelUser | null, identifier: Identifier, knownUsersOnly: boolean): Outcome | null {
    if (user?.optedOut) return 'opted-out';
    if (user === null && identifier.kind === 'external' && !this.#state.options.holdExternals) return 'unmapped';
    return user === null && knownUsersOnly ? 'unknown-user' : null;
  }

  /** A membership that has not ended. */
  #shown(user: ModelUser | null, slot: string): ModelMembership | undefined {
    const membership = user?.memberships.get(slot);
    return membership === undefined || hasEnded(membership, this.#state.now()) ? undefined : membership;
  }

  #hasRoom(user: ModelUser, slot: string): boolean {
    const most = this.#state.options.maxMembershipsPerProfile ?? 4095;
    if (user.memberships.size >= most) dropEnded(user, this.#state.now());
    return user.memberships.size < most || user.memberships.has(slot);
  }

  #stored(chunk: ChunkId | undefined): Stored | undefined {
    return chunk && this.#chunks.get(chunk.job)?.get(chunk.sequence);
  }

  #store({ job, sequence }: ChunkId, stored: Stored): void {
    this.#chunks.set(job, (this.#chunks.get(job) ?? new Map<number, Stored>()).set(sequence, stored));
  }

  #forgetBefore(job: number, upToSequence: number): void {
    const chunks = this.#chunks.get(job) ?? new Map<number, Stored>();
    for (const [sequence, stored] of chunks) if (sequence <= upToSequence) chunks.set(sequence, { ...stored, before: null });
  }
}

const answered = ({ outcomes, changes, before }: Stored, repeated: boolean): ApplyResult => {
  return { outcomes: outcomes.slice(), repeated, refusedWhole: false, changes, before };
};

function summed(done: readonly Done[], withBefore: boolean): Stored {
  const count = (did: keyof BatchChanges): number => done.filter((each) => each.did === did).length;
  return {
    outcomes: Uint8Array.from(done, ({ outcome }) => outcomeCodes[outcome]),
    changes: { added: count('added'), refreshed: count('refreshed'), removed: count('removed'), missing: count('missing') },
    before: withBefore ? Uint32Array.from(done.flatMap(beforeImage)) : null,
  };
}

function beforeImage({ did, before }: Done): number[] {
  if (before === undefined) return [did === 'added' ? beforeKind.none : beforeKind.unchanged, 0, 0, 0, 0];
  return [beforeKind.held, before.value, before.addedAtS, before.lifetimeMinutes ?? neverEnds, sourceToWord(before.source)];
}
