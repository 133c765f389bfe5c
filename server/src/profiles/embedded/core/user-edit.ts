import { addedAtWord, countedBit, lifetimeWord, membershipWords, segmentWord, sourceWord, valueWord } from '../memory/membership-slabs.ts';
import { neverDue } from '../memory/due-times.ts';
import { classMask, classShift, countMask, userField, type ProfileMemory } from '../memory/profile-memory.ts';
import { compactMemberships, growSlab, isLiveAt, nextChangeS, removeAt, type PackedMembership } from './membership-changes.ts';

const noWords = new Uint32Array(0);

/**
 * Several changes of one user's memberships, with what they need again and again at hand: where the user's slab lies, how many
 * memberships are in it and how many fit. `begin`, changes, `end`; one user at a time, and nobody else changes it in between.
 */
export class UserEdit {
  readonly #memory: ProfileMemory;
  #user = 0;
  #words: Uint32Array = noWords;
  #start = 0;
  #count = 0;
  #capacity = 0;
  /** Appended, and not yet in the user's record. */
  #appended = 0;
  #dueS = neverDue;
  /** Changes that may still come, at most. */
  #expected = 0;

  constructor(memory: ProfileMemory) {
    this.#memory = memory;
  }

  /** `expected`: how many `put` may follow; room for them is made at once when it is needed. */
  begin(user: number, expected: number): void {
    this.#user = user;
    this.#expected = expected;
    this.#dueS = neverDue;
    this.#look();
  }

  /** Adds a membership or replaces the one with the same number. False where the profile is full, by `most` live or waiting ones. */
  put(put: PackedMembership, nowS: number, most: number): boolean {
    const memory = this.#memory;
    memory.beforeChange(this.#user);
    this.#expected -= 1;
    let at = this.#find(put.number);
    const found = at >= 0;
    if (!found) {
      at = this.#append(nowS, most);
      if (at < 0) return false;
    }
    const words = this.#words;
    const countedBefore = found && (words[at + valueWord] as number) >>> 31 === 1;
    const counted = isLiveAt(put.addedAtS, put.lifetime, nowS);
    words[at + segmentWord] = put.number;
    words[at + valueWord] = counted ? put.value | countedBit : put.value;
    words[at + addedAtWord] = put.addedAtS;
    words[at + lifetimeWord] = put.lifetime;
    words[at + sourceWord] = put.source;
    if (counted !== countedBefore) memory.segments.changeCount(put.number, this.#user, counted);
    const changeS = nextChangeS(put.addedAtS, put.lifetime, nowS);
    if (changeS < this.#dueS) this.#dueS = changeS;
    return true;
  }

  /** Ends a membership; false where it is not there. */
  remove(number: number): boolean {
    const at = this.#find(number);
    if (at < 0) return false;
    this.#memory.beforeChange(this.#user);
    this.#write();
    removeAt(this.#memory, this.#user, at);
    this.#look();
    return true;
  }

  end(): void {
    this.#write();
    if (this.#dueS !== neverDue) this.#memory.due.notLaterThan(this.#user, this.#dueS);
  }

  #find(number: number): number {
    const words = this.#words;
    const end = this.#start + this.#count * membershipWords;
    for (let at = this.#start; at < end; at += membershipWords) if (words[at] === number) return at;
    return -1;
  }

  /** Where one more may be written, at the end; -1 where the profile is full. */
  #append(nowS: number, most: number): number {
    if (this.#count >= most || this.#count === this.#capacity) {
      this.#write();
      const memory = this.#memory;
      if (this.#count >= most || memory.due.isDue(this.#user, nowS)) {
        compactMemberships(memory, this.#user, nowS);
        this.#look();
        if (this.#count >= most) return -1;
      }
      if (this.#count === this.#capacity) {
        growSlab(memory, this.#user, Math.min(this.#count + 1 + this.#expected, most));
        this.#look();
      }
    }
    this.#appended += 1;
    return this.#start + this.#count++ * membershipWords;
  }

  #look(): void {
    const { users, slabs } = this.#memory;
    const slab = users.get(this.#user, userField.slab);
    const shape = users.get(this.#user, userField.shape);
    this.#count = shape & countMask;
    this.#capacity = slabs.capacityOf((shape >>> classShift) & classMask);
    if (slab === 0) return;
    this.#words = slabs.wordsOf(slab);
    this.#start = slabs.offsetOf(slab);
  }

  #write(): void {
    if (this.#appended === 0) return;
    const { users } = this.#memory;
    users.set(this.#user, userField.shape, users.get(this.#user, userField.shape) + this.#appended);
    this.#memory.membershipCount += this.#appended;
    this.#appended = 0;
  }
}
