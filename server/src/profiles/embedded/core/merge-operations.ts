import { neverEnds, removal } from '../../operation-batch.ts';
import { operationWords } from '../../packed-batch.ts';
import {
  addedAtWord,
  countedBit,
  lifetimeWord,
  membershipWords,
  notedBit,
  segmentWord,
  sourceMask,
  sourceWord,
  valueMask,
  valueWord,
} from '../memory/membership-slabs.ts';
import { neverDue } from '../memory/due-times.ts';
import { movementField } from '../memory/segment-history.ts';
import { classMask, classShift, countMask, stampMask, stampShift, userField, type ProfileMemory } from '../memory/profile-memory.ts';
import type { BeforeImages } from './before-images.ts';
import { settleAdditions } from './noted-additions.ts';
import { compactMemberships, findMembership, growSlab, hasEnded, removeAt } from './membership-changes.ts';

/** What all operations of a batch have in common. */
export interface MergeRules {
  readonly source: number;
  readonly nowS: number;
  /** Most memberships in the profile, live or waiting. */
  readonly most: number;
  /** Are additions counted among the day's distinct users? Not those of a merge. */
  readonly noting: boolean;
  readonly tally: MergeTally;
}

/** What operations found: the sum over all calls that were given it. */
export class MergeTally {
  /** Additions that replaced a membership that had not ended. */
  refreshed = 0;
  /** Removals that ended one. */
  removed = 0;
  /** Told by the operations' places in their words; null: not asked for. */
  readonly before: BeforeImages | null;

  constructor(before: BeforeImages | null) {
    this.before = before;
  }
}

const noWords = new Uint32Array(0);

/**
 * Does the operations that stand in `words` from `fromAt` to below `endAt` to a user, in order: adds a membership or replaces
 * the one of the same number whole, or ends it. What had no room in the profile gets the number 0. Answers how many had none.
 */
export function mergeOperations(
  memory: ProfileMemory,
  user: number,
  words: Uint32Array,
  fromAt: number,
  endAt: number,
  rules: MergeRules,
): number {
  memory.beforeChange(user);
  if (memory.users.get(user, userField.shape) >>> stampShift !== (memory.uniques.day & stampMask)) settleAdditions(memory, user);
  // What the clock did must be told before what the caller does.
  if (memory.due.isDue(user, rules.nowS) || !memory.segments.replacements.isEmpty) compactMemberships(memory, user, rules.nowS);
  let refused = 0;
  let at = mergeWhileRoom(memory, user, words, fromAt, endAt, rules);
  while (at < endAt) {
    if (words[at + 3] === removal) removeOne(memory, user, words, at, rules);
    else if (makeRoom(memory, user, (endAt - at) / operationWords, rules)) {
      at = mergeWhileRoom(memory, user, words, at, endAt, rules);
      continue;
    } else {
      words[at] = 0;
      refused += 1;
    }
    at = mergeWhileRoom(memory, user, words, at + operationWords, endAt, rules);
  }
  return refused;
}

/** The hot loop: stops at an operation that needs more room, or at a membership that ends. Answers where. */
function mergeWhileRoom(
  memory: ProfileMemory,
  user: number,
  words: Uint32Array,
  fromAt: number,
  endAt: number,
  { source, nowS, most, noting, tally }: MergeRules,
): number {
  const { before } = tally;
  const { users, slabs, segments, uniques } = memory;
  const slab = users.get(user, userField.slab);
  const shape = users.get(user, userField.shape);
  const held = slab === 0 ? noWords : slabs.wordsOf(slab);
  const start = slabs.offsetOf(slab);
  const room = start + Math.min(slabs.capacityOf((shape >>> classShift) & classMask), most) * membershipWords;
  const heldEnd = start + (shape & countMask) * membershipWords;
  let end = heldEnd;
  let dueS = neverDue;
  let refreshed = 0;
  let at = fromAt;
  for (; at < endAt; at += operationWords) {
    const number = words[at] as number;
    if (number === 0) continue;
    let place = start;
    while (place < end && held[place] !== number) place += membershipWords;
    const lifetime = words[at + 3] as number;
    if (lifetime === removal) {
      if (place < end) break;
      continue;
    }
    const isHeld = place < end;
    if (!isHeld && end >= room) break;
    const countedBefore = isHeld && (held[place + valueWord] as number) >>> 31 === 1;
    let noted = isHeld && (held[place + sourceWord] as number) >>> 31 === 1;
    // What is not counted either waits or had ended when it was written.
    const shows = countedBefore || (isHeld && (held[place + addedAtWord] as number) > nowS);
    if (!isHeld) end += membershipWords;
    if (shows) refreshed += 1;
    if (before !== null) noteBefore(before, at, held, shows ? place : -1);
    const addedAtS = words[at + 2] as number;
    const endS = lifetime === neverEnds ? neverDue : addedAtS + lifetime * 60;
    const counted = addedAtS <= nowS && (nowS < endS || lifetime === neverEnds);
    held[place + segmentWord] = number;
    held[place + valueWord] = counted ? (words[at + 1] as number) | countedBit : (words[at + 1] as number);
    held[place + addedAtWord] = addedAtS;
    // Has ended already: the lifetime of 0 tells that it never was live.
    held[place + lifetimeWord] = counted || addedAtS > nowS ? lifetime : 0;
    if (noting && !noted) noted = uniques.note(number, user);
    held[place + sourceWord] = noted ? source | notedBit : source;
    if (counted !== countedBefore) segments.moveCount(number, user, counted, counted ? movementField.added : movementField.removed);
    const changeS = addedAtS > nowS ? addedAtS : endS;
    if (changeS < dueS) dueS = changeS;
  }
  if (end > heldEnd) {
    const added = (end - heldEnd) / membershipWords;
    users.set(user, userField.shape, shape + added);
    memory.membershipCount += added;
  }
  if (dueS !== neverDue) memory.due.notLaterThan(user, dueS);
  tally.refreshed += refreshed;
  return at;
}

/** A removal of what is held; it may have ended in this very batch. */
function removeOne(memory: ProfileMemory, user: number, words: Uint32Array, at: number, { nowS, tally }: MergeRules): void {
  const place = findMembership(memory, user, words[at] as number);
  const held = memory.slabs.wordsOf(memory.users.get(user, userField.slab));
  if (!hasEnded(held[place + addedAtWord] as number, held[place + lifetimeWord] as number, nowS)) {
    tally.removed += 1;
    if (tally.before !== null) noteBefore(tally.before, at, held, place);
  }
  removeAt(memory, user, place, movementField.removed);
}

/** The before-image of the operation at `at`: the membership that is held at `place`; -1: none. */
function noteBefore(before: BeforeImages, at: number, held: Uint32Array, place: number): void {
  const operation = at / operationWords;
  if (place < 0) before.none(operation);
  else {
    const value = (held[place + valueWord] as number) & valueMask;
    const source = (held[place + sourceWord] as number) & sourceMask;
    before.held(operation, value, held[place + addedAtWord] as number, held[place + lifetimeWord] as number, source);
  }
}

/** Room for one membership more, and at once for all that may come; false where the profile is full. */
function makeRoom(memory: ProfileMemory, user: number, coming: number, { nowS, most }: MergeRules): boolean {
  const shapeOf = (): number => memory.users.get(user, userField.shape);
  let count = shapeOf() & countMask;
  if (count >= most || memory.due.isDue(user, nowS)) {
    compactMemberships(memory, user, nowS);
    count = shapeOf() & countMask;
    if (count >= most) return false;
  }
  const capacity = memory.slabs.capacityOf((shapeOf() >>> classShift) & classMask);
  if (count >= capacity) growSlab(memory, user, Math.min(count + coming, most));
  return true;
}
