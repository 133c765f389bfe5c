import { outcomeCodes, type ApplyResult } from '../../profile-store.ts';
import { unpackBefore } from '../core/before-images.ts';
import { noChanges } from '../core/chunk-outcomes.ts';
import type { PackedResult } from '../core/profile-core.ts';
import type { RequestMemory } from './request-memory.ts';

/** What a request is answered with: `apply` and `restore` by outcomes, all others by a number, or nothing. */
export type Answered = PackedResult | number;

/**
 * Answers as they lie in the ring: [length, id, kind, number]. One by outcomes goes on: the number is how many, then come four words of
 * changes, the words of packed before-images (one more than their length; 0: none), themselves, and the outcomes where they are not all the same.
 */
const answerKind = { number: 0, applied: 1, refusedWhole: 2, outcomes: 3, repeated: 4 } as const;
const numberHeadWords = 4;
const batchHeadWords = numberHeadWords + 5;

export function wordsOfAnswer(answered: Answered): number {
  if (typeof answered === 'number') return numberHeadWords;
  const outcomeWords = isPlain(answered) ? 0 : (answered.outcomes.length + 3) >>> 2;
  return batchHeadWords + (answered.before?.length ?? 0) + outcomeWords;
}

export function writeAnswer({ words, bytes }: RequestMemory, at: number, id: number, answered: Answered): void {
  words[at + 1] = id;
  if (typeof answered === 'number') {
    words[at + 2] = answerKind.number;
    words[at + 3] = answered;
    return;
  }
  const { outcomes, changes, before } = answered;
  const kind = kindOf(answered);
  words[at + 2] = kind;
  words[at + 3] = outcomes.length;
  words[at + 4] = changes.added;
  words[at + 5] = changes.refreshed;
  words[at + 6] = changes.removed;
  words[at + 7] = changes.missing;
  words[at + 8] = before === null ? 0 : before.length + 1;
  let to = at + batchHeadWords;
  if (before !== null) {
    words.set(before, to);
    to += before.length;
  }
  if (kind === answerKind.outcomes || kind === answerKind.repeated) bytes.set(outcomes, to * 4);
}

/** Reads an answer. Its arrays are copies; outcomes that all are `applied` share their memory with others. */
export function readAnswer({ words, bytes }: RequestMemory, at: number): { readonly id: number; readonly answered: ApplyResult | number } {
  const id = words[at + 1] as number;
  const kind = words[at + 2] as number;
  const number = words[at + 3] as number;
  if (kind === answerKind.number) return { id, answered: number };
  const [added = 0, refreshed = 0, removed = 0, missing = 0, beforeLength = 0] = words.subarray(at + 4, at + batchHeadWords);
  const beforeAt = at + batchHeadWords;
  const outcomesAt = beforeAt + Math.max(beforeLength - 1, 0);
  const answered: ApplyResult = {
    outcomes: outcomesOf(kind, number, bytes, outcomesAt * 4),
    repeated: kind === answerKind.repeated,
    refusedWhole: kind === answerKind.refusedWhole,
    changes: kind === answerKind.refusedWhole ? noChanges : { added, refreshed, removed, missing },
    before: beforeLength === 0 ? null : unpackBefore(words.subarray(beforeAt, outcomesAt)),
  };
  return { id, answered };
}

let applied = new Uint8Array(4096).fill(outcomeCodes.applied);

/** Of large loads nearly all chunks are so, and arrays of their own would wait for the collector: 80 MB for 100M lines. */
function allApplied(count: number): Uint8Array {
  if (count > applied.length) applied = new Uint8Array(count * 2).fill(outcomeCodes.applied);
  return applied.subarray(0, count);
}

function outcomesOf(kind: number, count: number, bytes: Uint8Array, at: number): Uint8Array {
  if (kind === answerKind.applied) return allApplied(count);
  if (kind === answerKind.refusedWhole) return new Uint8Array(count).fill(outcomeCodes.full);
  return bytes.slice(at, at + count);
}

/** An answer that did not come through the ring. */
export const unpackAnswer = (answered: Answered): ApplyResult | number =>
  typeof answered === 'number' ? answered : { ...answered, before: answered.before === null ? null : unpackBefore(answered.before) };

function kindOf(answered: PackedResult): number {
  if (answered.repeated) return answerKind.repeated;
  if (answered.refusedWhole) return answerKind.refusedWhole;
  return isPlain(answered) ? answerKind.applied : answerKind.outcomes;
}

/** Do the outcomes say nothing but `applied`, or nothing but `full`? */
function isPlain({ outcomes, repeated, refusedWhole }: PackedResult): boolean {
  if (repeated) return false;
  if (refusedWhole) return true;
  for (const outcome of outcomes) if (outcome !== outcomeCodes.applied) return false;
  return true;
}
