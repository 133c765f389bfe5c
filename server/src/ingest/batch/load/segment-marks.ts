import type { BatchCounter } from '../batch-job.ts';

/** Of the segments of a job, by their numbers in it: how many users came and went, and which have been counted as faulty. */
export class SegmentMarks {
  #added = new Float64Array(1024);
  #removed = new Float64Array(1024);
  #segments = new Uint32Array(1024);
  readonly #faulty = new Map<BatchCounter, Set<number>>();

  /** @param segments by use: the segment's id @param count uses there are */
  name(segments: Uint32Array, count: number): void {
    if (count > this.#segments.length) {
      let room = this.#segments.length;
      while (room < count) room *= 2;
      this.#added = larger(this.#added, new Float64Array(room));
      this.#removed = larger(this.#removed, new Float64Array(room));
      this.#segments = larger(this.#segments, new Uint32Array(room));
    }
    for (let use = 0; use < count; use++) if (segments[use] !== 0) this.#segments[use] = segments[use] as number;
  }

  count(use: number, removal: boolean): void {
    const counts = removal ? this.#removed : this.#added;
    counts[use] = (counts[use] as number) + 1;
  }

  /** True where the segment was not told with this counter before. */
  isNew(counter: BatchCounter, use: number): boolean {
    // A timestamp is counted each time (ingest.md section 4.5).
    if (counter === 'num_invalid_timestamp') return true;
    let told = this.#faulty.get(counter);
    if (told === undefined) this.#faulty.set(counter, (told = new Set()));
    if (told.has(use)) return false;
    told.add(use);
    return true;
  }

  /** `added:` and `removed:` with `ID:COUNT` lines, by count descending, then id; null where nothing was counted. */
  log(most: number): string | null {
    const parts = [
      { head: 'added:', counts: this.#bySegment(this.#added) },
      { head: 'removed:', counts: this.#bySegment(this.#removed) },
    ];
    let left = most;
    const lines: string[] = [];
    for (const { head, counts } of parts) {
      const shown = counts.slice(0, left);
      left -= shown.length;
      if (shown.length > 0) lines.push(head, ...shown.map(([segment, count]) => `${segment}:${count}`));
    }
    return lines.length === 0 ? null : lines.join('\n');
  }

  /** A segment may have been named by its id and by its code. */
  #bySegment(counts: Float64Array): [number, number][] {
    const sums = new Map<number, number>();
    for (const [use, count] of counts.entries()) {
      if (count === 0) continue;
      const segment = this.#segments[use] ?? 0;
      sums.set(segment, (sums.get(segment) ?? 0) + count);
    }
    return [...sums].sort(([a, countA], [b, countB]) => countB - countA || a - b);
  }
}

function larger<T extends Float64Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
