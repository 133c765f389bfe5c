import type { CatalogSnapshot } from '../../../catalog-view/catalog-snapshot.ts';
import type { CatalogView } from '../../../catalog-view/catalog-view.ts';
import { asSegmentId } from '../../../kit/ids.ts';
import { decodeIdentifier } from '../../../profiles/identifier-key.ts';
import { OperationBatch } from '../../../profiles/operation-batch.ts';
import { operationWords } from '../../../profiles/packed-batch.ts';
import type { ApplyResult, ProfileStore } from '../../../profiles/profile-store.ts';
import type { ProfileWriter } from '../../../profiles/profile-writer.ts';
import type { ParsedColumns } from '../parse/parsed-chunk.ts';
import type { WrittenChunk } from './written-chunk.ts';
import type { LoadPlan } from './load-plan.ts';

export interface ChunkWritingParts {
  readonly view: Pick<CatalogView, 'current'>;
  readonly profiles: Pick<ProfileStore, 'apply' | 'getMany'>;
  readonly writer: ProfileWriter;
  readonly holdsExternals: boolean;
}

/** Writes a job's chunks, in the order in which they are given, each once whatever happens. */
export class ChunkWriting {
  readonly #parts: ChunkWritingParts;
  readonly #job: number;
  readonly #plan: LoadPlan;
  #snapshot: CatalogSnapshot;

  constructor(parts: ChunkWritingParts, job: number, plan: LoadPlan) {
    this.#parts = parts;
    this.#job = job;
    this.#plan = plan;
    this.#snapshot = parts.view.current();
  }

  /** Has the catalog changed since the last call? Then what is known of segments must be asked for again. */
  catalogChanged(): boolean {
    const before = this.#snapshot;
    this.#snapshot = this.#parts.view.current();
    return before !== this.#snapshot;
  }

  async write(sequence: number, columns: ParsedColumns, beforeUpTo: number): Promise<WrittenChunk> {
    const batch = batchOf(columns);
    this.#withdrawDeleted(batch);
    const result = batch.operationCount === 0 ? nothingWritten : await this.#apply(batch, sequence, beforeUpTo);
    return {
      outcomes: result.outcomes.every((outcome) => outcome === 0) ? null : result.outcomes,
      idleRefused: columns.idleCount === 0 ? null : await this.#idleRefused(columns),
      added: result.changes.added,
      refreshed: result.changes.refreshed,
      removed: result.changes.removed,
      before: result.before,
    };
  }

  #apply(batch: OperationBatch, sequence: number, beforeKeptUpTo: number): Promise<ApplyResult> {
    const { knownUsersOnly, undo, validateOnly } = this.#plan;
    const source = { kind: 'batch', job: this.#job } as const;
    // What is only tried is none of the writer's counts.
    if (validateOnly) return this.#parts.profiles.apply(batch, { source, knownUsersOnly, dryRun: true });
    const chunk = { job: this.#job, sequence };
    return this.#parts.writer.write(batch, { source, knownUsersOnly, chunk, ...(undo ? { before: true, beforeKeptUpTo } : {}) });
  }

  /** A segment may have been deleted since the chunk was made: nothing may be written into what is gone. */
  #withdrawDeleted(batch: OperationBatch): void {
    const snapshot = this.#parts.view.current();
    if (snapshot === this.#snapshot) return;
    const { operations } = batch;
    for (let operation = 0; operation < batch.operationCount; operation++) {
      const segment = operations[operation * operationWords] as number;
      if (segment !== 0 && snapshot.segment(asSegmentId(segment)) === undefined) batch.withdraw(operation);
    }
  }

  /** Of users whose lines write nothing, no outcome tells: the store is asked. */
  async #idleRefused({ idleKeys, idleKeyEnds, idleCount }: ParsedColumns): Promise<Uint8Array | null> {
    const { profiles, holdsExternals } = this.#parts;
    const identifiers = Array.from({ length: idleCount }, (_, idle) =>
      decodeIdentifier(idleKeys.subarray(idle === 0 ? 0 : idleKeyEnds[idle - 1], idleKeyEnds[idle])),
    );
    const found = await profiles.getMany(identifiers);
    const refused = new Uint8Array(idleCount);
    let any = false;
    for (const [idle, { known, optedOut }] of found.entries()) {
      const unmapped = identifiers[idle]?.kind === 'external' && !holdsExternals;
      if (!optedOut && (known || !(this.#plan.knownUsersOnly || unmapped))) continue;
      refused[idle] = 1;
      any = true;
    }
    return any ? refused : null;
  }
}

const nothingWritten = {
  outcomes: new Uint8Array(0),
  changes: { added: 0, refreshed: 0, removed: 0 },
  before: new Uint32Array(0),
};

/** The columns without their spare room, as a batch. */
function batchOf({ operations, operationCount, keys, userKeyEnds, userOperationEnds, userCount }: ParsedColumns): OperationBatch {
  return OperationBatch.ofColumns({
    operations: operations.subarray(0, operationCount * operationWords),
    keys: keys.subarray(0, userCount === 0 ? 0 : userKeyEnds[userCount - 1]),
    userKeyEnds: userKeyEnds.subarray(0, userCount),
    userOperationEnds: userOperationEnds.subarray(0, userCount),
  });
}
