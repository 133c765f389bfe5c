import { membershipWords, notedBit, segmentWord, sourceWord } from '../memory/membership-slabs.ts';
import { countMask, stampMask, stampShift, userField, type ProfileMemory } from '../memory/profile-memory.ts';

/**
 * For the numbers of distinct users a membership notes in one bit that it was added to on its user's day, which stands in the
 * user's shape; `Uniques` counts these. Before anything of a user changes on another day, and by a sweep, what is noted goes into the
 * sets of its day.
 */
export function settleAdditions(memory: ProfileMemory, user: number): void {
  const { users, slabs, segments, uniques } = memory;
  const shape = users.get(user, userField.shape);
  if (shape >>> stampShift === (uniques.day & stampMask)) return;
  memory.beforeChange(user);
  const day = dayOfShape(shape, uniques.day);
  const count = shape & countMask;
  const slab = users.get(user, userField.slab);
  for (let i = 0; i < count; i++) {
    const words = slabs.wordsOf(slab);
    const at = slabs.offsetOf(slab) + i * membershipWords;
    const source = words[at + sourceWord] as number;
    if (source < notedBit) continue;
    words[at + sourceWord] = source - notedBit;
    const heir = segments.replacements.lastHeirOf(words[at + segmentWord] as number);
    if (!segments.isDead(heir)) uniques.settle(heir, day, user);
  }
  stamp(memory, user, uniques.day);
}

/** Of a user that was loaded with what it notes of `day`. */
export function loadNoted(memory: ProfileMemory, user: number, day: number): void {
  const { users, slabs, segments, uniques } = memory;
  stamp(memory, user, day);
  const count = users.get(user, userField.shape) & countMask;
  if (count === 0) return;
  const slab = users.get(user, userField.slab);
  const words = slabs.wordsOf(slab);
  const start = slabs.offsetOf(slab);
  for (let at = start; at < start + count * membershipWords; at += membershipWords) {
    if ((words[at + sourceWord] as number) < notedBit) continue;
    const heir = segments.replacements.lastHeirOf(words[at + segmentWord] as number);
    if (!segments.isDead(heir)) uniques.loadNoted(heir, day);
  }
}

/** A membership that notes an addition of today goes. Its words are gone already. */
export function noteGoes(memory: ProfileMemory, user: number, number: number): void {
  const { segments, uniques, users } = memory;
  const heir = segments.replacements.lastHeirOf(number);
  if (segments.isDead(heir)) return;
  const day = dayOfShape(users.get(user, userField.shape), uniques.day);
  uniques.unnote(heir, day, user, isNoted(memory, heir, day, user));
}

/** Does a membership of this user, in this number or one that it replaced, note an addition of the day? */
export function isNoted(memory: ProfileMemory, number: number, day: number, user: number): boolean {
  const { users, slabs, segments, uniques } = memory;
  const shape = users.get(user, userField.shape);
  const count = shape & countMask;
  if (count === 0 || dayOfShape(shape, uniques.day) !== day) return false;
  const slab = users.get(user, userField.slab);
  const words = slabs.wordsOf(slab);
  const start = slabs.offsetOf(slab);
  for (let at = start; at < start + count * membershipWords; at += membershipWords) {
    if ((words[at + sourceWord] as number) < notedBit) continue;
    if (segments.replacements.lastHeirOf(words[at + segmentWord] as number) === number) return true;
  }
  return false;
}

function stamp({ users }: ProfileMemory, user: number, day: number): void {
  const shape = users.get(user, userField.shape);
  users.set(user, userField.shape, ((shape & ~(stampMask << stampShift)) | ((day & stampMask) << stampShift)) >>> 0);
}

/** The user's day: the latest one, up to the present, of which the shape has the last 13 bits. */
export const dayOfShape = (shape: number, today: number): number => today - ((today - (shape >>> stampShift)) & stampMask);
