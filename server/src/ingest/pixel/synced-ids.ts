import type { MemberId } from '../../kit/ids.ts';
import type { PixelError } from './pixel-errors.ts';

/** What became of an id that a member sent to mapuid: matched to a user, or why not. */
export type SyncOutcome = 'matched' | PixelError;

export interface SyncedIds {
  readonly member: MemberId;
  /** Begin of the UTC day, epoch milliseconds. */
  readonly day: number;
  readonly outcome: SyncOutcome;
  readonly ids: number;
}
