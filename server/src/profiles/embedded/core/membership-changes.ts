import { neverEnds } from '../../operation-batch.ts';
import {
  addedAtWord,
  countedBit,
  lifetimeWord,
  membershipWords,
  mostMembershipsPerProfile,
  segmentWord,
  sourceWord,
  valueMask,
  valueWord,
} from '../memory/membership-slabs.ts';
import { neverDue } from '../memory/due-times.ts';
import { classMask, classShift, countMask, userField, type ProfileMemory } from '../memory/profile-memory.ts';

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
}

/** Adds a membership or replaces the one with the same number. False where the profile is full, by `most` live or waiting ones. */
export function putMembership(memory: ProfileMemory, user: number, put: PackedMembership, nowS: number, most: number): boolean {
  memory.beforeChange(user);
  const found = findMembership(memory, user, put.number);
  const at = found >= 0 ? found : appended(memory, user, nowS, most);
  if (at < 0) return false;
  const words = memory.slabs.wordsOf(memory.users.get(user, userField.slab));
  const countedBefore = found >= 0 && (words[at + valueWord] as number) >>> 31 === 1;
  const counted = isLiveAt(put.addedAtS, put.lifetime, nowS);
  words[at + segmentWord] = put.number;
  words[at + valueWord] = counted ? put.value | countedBit : put.value;
  words[at + addedAtWord] = put.addedAtS;
  words[at + lifetimeWord] = put.lifetime;
  words[at + sourceWord] = put.source;
  if (counted !== countedBefore) memory.segments.changeCount(put.number, user, counted);
  memory.due.notLaterThan(user, nextChangeS(put.addedAtS, put.lifetime, nowS));
  return true;
}

/** Ends a membership; false where it is not there. */
export function removeMembership(memory: ProfileMemory, user: number, number: number): boolean {
  const at = findMembership(memory, user, number);
  if (at < 0) return false;
  memory.beforeChange(user);
  removeAt(memory, user, at);
  return true;
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

/** Removes what has ended and what is of a dead number. Answers whether it removed anything. */
export function compactMemberships(memory: ProfileMemory, user: number, nowS: number): boolean {
  let removed = false;
  const slab = memory.users.get(user, userField.slab);
  for (let i = membershipsOf(memory, user) - 1; i >= 0; i--) {
    const words = memory.slabs.wordsOf(slab);
    const at = memory.slabs.offsetOf(slab) + i * membershipWords;
    const ended = hasEnded(words[at + addedAtWord] as number, words[at + lifetimeWord] as number, nowS);
    if (!ended && !memory.segments.isDead(words[at + segmentWord] as number)) continue;
    if (!removed) memory.beforeChange(user);
    removeAt(memory, user, at);
    removed = true;
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
      source: words[at + sourceWord] as number,
    };
  });
}

/** Ends all memberships and frees their room. */
export function removeAllMemberships(memory: ProfileMemory, user: number): void {
  memory.beforeChange(user);
  const slab = memory.users.get(user, userField.slab);
  for (let i = membershipsOf(memory, user) - 1; i >= 0; i--) removeAt(memory, user, memory.slabs.offsetOf(slab) + i * membershipWords);
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

export const membershipsOf = (memory: ProfileMemory, user: number): number => memory.users.get(user, userField.shape) & countMask;

/** Room for one more, at the end: where it begins, or -1 where the profile is full. */
function appended(memory: ProfileMemory, user: number, nowS: number, most: number): number {
  let shape = memory.users.get(user, userField.shape);
  let count = shape & countMask;
  const sizeClass = (shape >>> classShift) & classMask;
  if (count >= most || count === memory.slabs.capacityOf(sizeClass)) {
    compactMemberships(memory, user, nowS);
    count = membershipsOf(memory, user);
    if (count >= most) return -1;
    if (count === memory.slabs.capacityOf(sizeClass)) resizeSlab(memory, user, sizeClass + 1);
    shape = memory.users.get(user, userField.shape);
  }
  memory.users.set(user, userField.shape, shape + 1);
  memory.membershipCount += 1;
  return memory.slabs.offsetOf(memory.users.get(user, userField.slab)) + count * membershipWords;
}

/** The last membership takes the place of the removed one. */
function removeAt(memory: ProfileMemory, user: number, at: number): void {
  const slab = memory.users.get(user, userField.slab);
  const words = memory.slabs.wordsOf(slab);
  const shape = memory.users.get(user, userField.shape);
  const number = words[at + segmentWord] as number;
  const counted = (words[at + valueWord] as number) >>> 31 === 1;
  const last = memory.slabs.offsetOf(slab) + ((shape & countMask) - 1) * membershipWords;
  if (last !== at) words.copyWithin(at, last, last + membershipWords);
  memory.users.set(user, userField.shape, shape - 1);
  memory.membershipCount -= 1;
  if (counted && !memory.segments.isDead(number)) memory.segments.changeCount(number, user, false);
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
