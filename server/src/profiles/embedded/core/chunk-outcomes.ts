/** A chunk as it is stored: the outcomes, or only how many where all were `applied`. */
export type StoredOutcomes = number | Uint8Array;

export interface StoredChunk {
  readonly job: number;
  readonly sequence: number;
  readonly outcomes: StoredOutcomes;
}

/** What became of applied chunks, until their job is forgotten: makes a repeated chunk change nothing. */
export class ChunkOutcomes {
  readonly #byJob = new Map<number, Map<number, StoredOutcomes>>();
  #bytes = 0;

  get memoryBytes(): number {
    return this.#bytes;
  }

  get(job: number, sequence: number): Uint8Array | undefined {
    const stored = this.#byJob.get(job)?.get(sequence);
    return typeof stored === 'number' ? new Uint8Array(stored) : stored?.slice();
  }

  /** `outcomes` is kept as it is: nobody may write to it afterwards. */
  set(job: number, sequence: number, outcomes: StoredOutcomes): void {
    let chunks = this.#byJob.get(job);
    if (chunks === undefined) this.#byJob.set(job, (chunks = new Map()));
    chunks.set(sequence, outcomes);
    this.#bytes += sizeOf(outcomes);
  }

  forget(job: number): boolean {
    for (const outcomes of this.#byJob.get(job)?.values() ?? []) this.#bytes -= sizeOf(outcomes);
    return this.#byJob.delete(job);
  }

  /** The chunks of this moment; later changes do not show. */
  list(): StoredChunk[] {
    return [...this.#byJob].flatMap(([job, chunks]) => [...chunks].map(([sequence, outcomes]) => ({ job, sequence, outcomes })));
  }
}

const sizeOf = (outcomes: StoredOutcomes): number => 64 + (typeof outcomes === 'number' ? 0 : outcomes.length);
