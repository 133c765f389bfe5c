import { neverEnds } from '../../operation-batch.ts';
import {
  addedAtWord,
  countedBit,
  lifetimeWord,
  membershipWords,
  mostMembershipsPerProfile,
  segmentWord,
  sourceMask,
  sourceWord,
  valueMask,
  valueWord,
} from '../memory/membership-slabs.ts';
import { neverDue } from '../memory/due-times.ts';
import type { MovementField } from '../memory/segment-history.ts';
import { classMask, classShift, countMask, userField, type ProfileMemory } from '../memory/profile-memory.ts';
import { noteGoes } from './noted-additions.ts';
import { tellUnseen, type Tell } from './unseen-changes.ts';

/** Live: added_at <= now < added_at + lifetime. */
export const isLiveAt = (addedAtS: number, lifetime: number, nowS: number): boolean =>
  addedAtS <= nowS && (lifetime === neverEnds || nowS < addedAtS + lifetime * 60);
export const hasEnded = (addedAtS: number, lifetime: number, nowS: number): boolean =>
  lifetime !== neverEnds && nowS >= addedAtS + lifetime * 60;

/** The moment after `nowS` at which a membership begins or ends. */
export function nextChangeS(addedAtS: number, lifetime: number, nowS: number): number {
  if (addedAtS > nowS) return addedAtS;
  return lifetime === neverEnds ? neverDue : Math.min(addedAtS + lifetime * 60, neverDue);
}

/** One membership as it is held. */
export interface PackedMembership {
  number: number;
  value: number;
  addedAtS: number;
  lifetime: number;
  source: number;
  counted: boolean;
}

/** Where in its chunk the membership with this number begins, or -1. */
export function findMembership(memory: ProfileMemory, user: number, number: number): number {
  const count = memory.users.get(user, userField.shape) & countMask;
  if (count === 0) return -1;
  const slab = memory.users.get(user, userField.slab);
  const words = memory.slabs.wordsOf(slab);
  const start = memory.slabs.offsetOf(slab);
  const end = start + count * membershipWords;
  for (let at = start; at < end; at += membershipWords) if (words[at] === number) return at;
  return -1;
}

/**
 * Brings a user's memberships to the time: tells what has begun and ended, counts what has begun, removes what has ended and what
 * is of a dead number. Answers whether it removed anything.
 */
export function compactMemberships(memory: ProfileMemory, user: number, nowS: number): boolean {
  const { segments, slabs } = memory;
  const untilS = Math.max(nowS, segments.replacements.latestS);
  let touched = false;
  let removed = false;
  const tell: Tell = (number, reason, atS, by) => segments.move(number, reason, atS, by);
  const slab = memory.users.get(user, userField.slab);
  for (let i = membershipsOf(memory, user) - 1; i >= 0; i--) {
    const words = slabs.wordsOf(slab);
    const at = slabs.offsetOf(slab) + i * membershipWords;
    const value = words[at + valueWord] as number;
    const number = words[at + segmentWord] as number;
    const gone = hasEnded(words[at + addedAtWord] as number, words[at + lifetimeWord] as number, untilS) || segments.isDead(number);
    const begun = !gone && value < countedBit && (words[at + addedAtWord] as number) <= untilS;
    if (!gone && !begun) continue;
    if (!touched) {
      memory.beforeChange(user);
      tellUnseen(memory, user, segments.replacements, untilS, tell);
      touched = true;
    }
    if (gone) {
      removeAt(memory, user, at);
      removed = true;
    } else {
      words[at + valueWord] = (value | countedBit) >>> 0;
      segments.changeCount(number, user, true);
    }
  }
  return removed;
}

/** All memberships that are held; call `compactMemberships` first to have only those that have not ended. */
export function listMemberships(memory: ProfileMemory, user: number): PackedMembership[] {
  const slab = memory.users.get(user, userField.slab);
  return Array.from({ length: membershipsOf(memory, user) }, (_, i) => {
    const words = memory.slabs.wordsOf(slab);
    const at = memory.slabs.offsetOf(slab) + i * membershipWords;
    return {
      number: words[at + segmentWord] as number,
      value: (words[at + valueWord] as number) & valueMask,
      addedAtS: words[at + addedAtWord] as number,
      lifetime: words[at + lifetimeWord] as number,
      source: (words[at + sourceWord] as number) & sourceMask,
      counted: (words[at + valueWord] as number) >= countedBit,
    };
  });
}

/** Ends all memberships and frees their room. `reason`: see `removeAt`. */
export function removeAllMemberships(memory: ProfileMemory, user: number, reason?: MovementField): void {
  memory.beforeChange(user);
  const slab = memory.users.get(user, userField.slab);
  const start = memory.slabs.offsetOf(slab);
  for (let i = membershipsOf(memory, user) - 1; i >= 0; i--) removeAt(memory, user, start + i * membershipWords, reason);
  resizeSlab(memory, user, 0);
}

/** Gives back room that a user has far more of than it needs. */
export function fitSlab(memory: ProfileMemory, user: number): void {
  const fitting = memory.slabs.classFor(membershipsOf(memory, user));
  if (((memory.users.get(user, userField.shape) >>> classShift) & classMask) > fitting + 2) resizeSlab(memory, user, fitting);
}

/** Room at once for so many memberships, for a user that has none. */
export function reserveSlab(memory: ProfileMemory, user: number, count: number): void {
  if (count > 0 && count <= mostMembershipsPerProfile) resizeSlab(memory, user, memory.slabs.classFor(count));
}

/**
 * Gives a user that has no memberships `count` of these, which begin at `fromAt`: words as they are held. No number comes twice.
 * @param countedAtS those that are live at this time are counted; null: those that have the counted bit
 */
export function takeMemberships(
  memory: ProfileMemory,
  user: number,
  from: Uint32Array,
  fromAt: number,
  count: number,
  countedAtS: number | null,
): void {
  reserveSlab(memory, user, count);
  if (count === 0) return;
  const slab = memory.users.get(user, userField.slab);
  const words = memory.slabs.wordsOf(slab);
  const end = fromAt + count * membershipWords;
  let to = memory.slabs.offsetOf(slab);
  let dueS = neverDue;
  for (let at = fromAt; at < end; at += membershipWords, to += membershipWords) {
    const number = from[at + segmentWord] as number;
    const value = (from[at + valueWord] as number) & valueMask;
    const addedAtS = from[at + addedAtWord] as number;
    const lifetime = from[at + lifetimeWord] as number;
    const counted = countedAtS === null ? (from[at + valueWord] as number) >= countedBit : isLiveAt(addedAtS, lifetime, countedAtS);
    words[to + segmentWord] = number;
    words[to + valueWord] = counted ? value | countedBit : value;
    words[to + addedAtWord] = addedAtS;
    words[to + lifetimeWord] = lifetime;
    words[to + sourceWord] = from[at + sourceWord] as number;
    if (counted && !memory.segments.isDead(number)) memory.segments.changeCount(number, user, true);
    const changeS = counted ? nextChangeS(addedAtS, lifetime, addedAtS) : addedAtS;
    if (changeS < dueS) dueS = changeS;
  }
  memory.users.set(user, userField.shape, memory.users.get(user, userField.shape) + count);
  memory.membershipCount += count;
  memory.due.notLaterThan(user, dueS);
}

export const membershipsOf = (memory: ProfileMemory, user: number): number => memory.users.get(user, userField.shape) & countMask;

/** Room for `count` memberships, more than the user has. */
export function growSlab(memory: ProfileMemory, user: number, count: number): void {
  resizeSlab(memory, user, memory.slabs.classFor(count));
}

/**
 * The membership that begins at `at` goes, and the last one takes its place. `reason`: what the segment's movements of today say, if
 * the membership was counted; without one they say nothing.
 */
export function removeAt(memory: ProfileMemory, user: number, at: number, reason?: MovementField): void {
  const slab = memory.users.get(user, userField.slab);
  const words = memory.slabs.wordsOf(slab);
  const shape = memory.users.get(user, userField.shape);
  const number = words[at + segmentWord] as number;
  const counted = (words[at + valueWord] as number) >>> 31 === 1;
  const noted = (words[at + sourceWord] as number) >>> 31 === 1;
  const last = memory.slabs.offsetOf(slab) + ((shape & countMask) - 1) * membershipWords;
  if (last !== at) words.copyWithin(at, last, last + membershipWords);
  memory.users.set(user, userField.shape, shape - 1);
  memory.membershipCount -= 1;
  if (noted) noteGoes(memory, user, number);
  if (!counted || memory.segments.isDead(number)) return;
  if (reason === undefined) memory.segments.changeCount(number, user, false);
  else memory.segments.moveCount(number, user, false, reason);
}

function resizeSlab(memory: ProfileMemory, user: number, sizeClass: number): void {
  const { slabs, users } = memory;
  const shape = users.get(user, userField.shape);
  const from = users.get(user, userField.slab);
  const to = slabs.allocate(sizeClass);
  const words = (shape & countMask) * membershipWords;
  if (words > 0) {
    const source = slabs.wordsOf(from);
    const target = slabs.wordsOf(to);
    const sourceAt = slabs.offsetOf(from);
    const targetAt = slabs.offsetOf(to);
    for (let i = 0; i < words; i++) target[targetAt + i] = source[sourceAt + i] as number;
  }
  slabs.release(from, (shape >>> classShift) & classMask);
  users.set(user, userField.slab, to);
  users.set(user, userField.shape, (shape & ~(classMask << classShift)) | (sizeClass << classShift));
}
