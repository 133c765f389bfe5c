import type { ParsedChunk } from '../parse/parsed-chunk.ts';
import type { SegmentName } from '../parse/segment-table.ts';

/** A part of a file that becomes one chunk. Where the parts are cut depends on the file alone. */
export interface Stretch {
  /** What the chunk's line offsets mean; the stretch's own. */
  readonly bytes: Uint8Array;
  /** The number of its first line, from 1. */
  readonly firstLine: number;
  /** Takes lines; true when all are taken. False: `unresolved` must be asked for first, then it goes on. */
  fillChunk(into: ParsedChunk): boolean;
  unresolved(): readonly SegmentName[];
  /** Nobody looks at its bytes any more. */
  release(): void;
}
