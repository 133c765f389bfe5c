import { neverEnds } from '../../operation-batch.ts';
import { addedAtWord, countedBit, lifetimeWord, membershipWords, segmentWord, valueWord } from '../memory/membership-slabs.ts';
import { countMask, userField, type ProfileMemory } from '../memory/profile-memory.ts';
import type { Replacement, Replacements } from '../memory/replacements.ts';
import { movementField, type MovementField } from '../memory/segment-history.ts';

/**
 * What the clock did to memberships since the engine last looked at them: some began, some ended, some are of a number whose
 * segment got other members. Each begin and each end is told once, with the moment at which it was, whoever looks first and when: a
 * sweep, the user's next change, or a snapshot. So movements depend on the log and the time alone.
 */
export type Tell = (number: number, reason: MovementField, atS: number, by: number) => void;

const { added, removed, expired } = movementField;

/** All that a user's memberships have not told until `nowS`. Changes nothing. */
export function tellUnseen(memory: ProfileMemory, user: number, replacements: Replacements, nowS: number, tell: Tell): void {
  const { slabs, users } = memory;
  const slab = users.get(user, userField.slab);
  if (slab === 0) return;
  const words = slabs.wordsOf(slab);
  const start = slabs.offsetOf(slab);
  const end = start + (users.get(user, userField.shape) & countMask) * membershipWords;
  for (let at = start; at < end; at += membershipWords) {
    const number = words[at + segmentWord] as number;
    const replacement = replacements.isEmpty ? undefined : replacements.of(number);
    const sinceS = replacements.committedAtS(number);
    if (replacement === undefined) tellEvents(words, at, sinceS, nowS, tell);
    else tellReplaced(words, at, { start, end, sinceS, replacement }, tell);
  }
}

/** Began and ended, as long as it was its segment's: since `sinceS`, and until `untilS`. */
function tellEvents(words: Uint32Array, at: number, sinceS: number, untilS: number, tell: Tell): void {
  const number = words[at + segmentWord] as number;
  const addedAtS = words[at + addedAtWord] as number;
  const endS = endOf(words, at);
  if (!isCounted(words, at)) {
    // What had ended when it was written has a lifetime of 0.
    if (addedAtS > untilS || endS === addedAtS || endS <= sinceS) return;
    tell(number, added, Math.max(addedAtS, sinceS), 1);
    if (endS <= untilS) tell(number, expired, endS, 1);
  } else if (endS <= untilS) {
    if (endS > sinceS) tell(number, expired, endS, 1);
    else tell(number, added, sinceS, -1);
  }
}

/** The commit counted all that was counted in the old number as removed, and all in the new one as added. */
function tellReplaced(
  words: Uint32Array,
  at: number,
  place: { readonly start: number; readonly end: number; readonly sinceS: number; readonly replacement: Replacement },
  tell: Tell,
): void {
  const { by, atS } = place.replacement;
  const number = words[at + segmentWord] as number;
  tellEvents(words, at, place.sinceS, atS, tell);
  const wasLive = isLiveIn(words, at, atS);
  const counted = isCounted(words, at);
  if (wasLive !== counted) tell(number, removed, atS, wasLive ? 1 : -1);
  if (!wasLive) return;
  for (let other = place.start; other < place.end; other += membershipWords) {
    if (words[other + segmentWord] !== by || !isLiveIn(words, other, atS)) continue;
    tell(number, added, atS, -1);
    tell(number, removed, atS, -1);
  }
}

const isCounted = (words: Uint32Array, at: number): boolean => ((words[at + valueWord] as number) & countedBit) !== 0;
const isLiveIn = (words: Uint32Array, at: number, atS: number): boolean =>
  (words[at + addedAtWord] as number) <= atS && atS < endOf(words, at);

function endOf(words: Uint32Array, at: number): number {
  const lifetime = words[at + lifetimeWord] as number;
  return lifetime === neverEnds ? Number.POSITIVE_INFINITY : (words[at + addedAtWord] as number) + lifetime * 60;
}
