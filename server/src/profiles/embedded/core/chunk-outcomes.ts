import type { BatchChanges } from '../../profile-store.ts';
import type { PackedBefore } from './before-images.ts';

/** The outcomes of a chunk as they are stored: or only how many where all were `applied`. */
export type StoredOutcomes = number | Uint8Array;

/** What became of a chunk. Nobody writes to its arrays once it is stored. */
export interface ChunkResult {
  readonly outcomes: StoredOutcomes;
  readonly changes: BatchChanges;
  /** `ApplyResult.before`; null: not asked for, or not needed any more. */
  readonly before: PackedBefore | null;
}

export interface StoredChunk extends ChunkResult {
  readonly job: number;
  readonly sequence: number;
}

export const noChanges: BatchChanges = { added: 0, refreshed: 0, removed: 0, missing: 0 };

/** What became of applied chunks, until their job is forgotten: makes a repeated chunk change nothing. */
export class ChunkOutcomes {
  readonly #byJob = new Map<number, Map<number, ChunkResult>>();
  /** By job: the sequences of those that have before-images. Few, and most chunks have none. */
  readonly #withBefore = new Map<number, Set<number>>();
  #bytes = 0;

  get memoryBytes(): number {
    return this.#bytes;
  }

  get(job: number, sequence: number): ChunkResult | undefined {
    return this.#byJob.get(job)?.get(sequence);
  }

  set(job: number, sequence: number, result: ChunkResult): void {
    let chunks = this.#byJob.get(job);
    if (chunks === undefined) this.#byJob.set(job, (chunks = new Map()));
    chunks.set(sequence, result);
    this.#bytes += sizeOf(result);
    if (result.before === null) return;
    const sequences = this.#withBefore.get(job);
    if (sequences === undefined) this.#withBefore.set(job, new Set([sequence]));
    else sequences.add(sequence);
  }

  /** Forgets what was there before the job's chunks up to this sequence. */
  forgetBefore(job: number, upToSequence: number): void {
    const chunks = this.#byJob.get(job);
    const sequences = this.#withBefore.get(job);
    for (const sequence of sequences ?? []) {
      const result = chunks?.get(sequence);
      if (result === undefined || sequence > upToSequence) continue;
      const without = { ...result, before: null };
      chunks?.set(sequence, without);
      sequences?.delete(sequence);
      this.#bytes += sizeOf(without) - sizeOf(result);
    }
  }

  forget(job: number): boolean {
    for (const result of this.#byJob.get(job)?.values() ?? []) this.#bytes -= sizeOf(result);
    this.#withBefore.delete(job);
    return this.#byJob.delete(job);
  }

  /** The chunks of this moment; later changes do not show. */
  list(): StoredChunk[] {
    return [...this.#byJob].flatMap(([job, chunks]) => [...chunks].map(([sequence, result]) => ({ job, sequence, ...result })));
  }
}

/** The outcomes themselves, the caller's own. */
export const outcomesOf = (outcomes: StoredOutcomes): Uint8Array =>
  typeof outcomes === 'number' ? new Uint8Array(outcomes) : outcomes.slice();

const sizeOf = ({ outcomes, before }: ChunkResult): number =>
  128 + (typeof outcomes === 'number' ? 0 : outcomes.length) + (before?.byteLength ?? 0);
