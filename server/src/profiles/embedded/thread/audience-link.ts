import type { MessagePort } from 'node:worker_threads';
import type { SegmentId } from '../../../kit/ids.ts';
import type { Expression, ScanFields, ScanPage } from '../../profile-store.ts';
import type { AudienceLimits } from '../audience/audience-index.ts';
import type { MemoryPlace } from '../memory/profile-memory.ts';
import type { SentError } from './engine-link.ts';

/** Everything that joins the audience index to the engine's memory, and to the one that asks it. */
export interface AudienceThreadData {
  readonly place: MemoryPlace;
  readonly limits: AudienceLimits;
  readonly port: MessagePort;
  /** Chunks and segment numbers, as in engine-link.ts. */
  readonly news: MessagePort;
  /** One Float64: bytes that sets take. */
  readonly gauge: SharedArrayBuffer;
}

/** The time comes with the question: the index has no clock of its own. A tick only tells it. */
export type AudienceQuestion = { readonly id: number; readonly nowMs: number } & (
  | { readonly ask: 'evaluate'; readonly expression: Expression }
  | {
      readonly ask: 'scan';
      readonly segment: SegmentId;
      readonly cursor: number | null;
      readonly limit: number;
      readonly fields: ScanFields;
    }
  | { readonly ask: 'tick' | 'stop' }
);

export type AudienceAnswer = { readonly id: number } & (
  | { readonly count: number }
  | { readonly page: ScanPage }
  | { readonly error: SentError }
  | { readonly stopped: true }
);
