import { addedAtWord, lifetimeWord, membershipWords } from '../memory/membership-slabs.ts';
import { neverDue } from '../memory/due-times.ts';
import { settleAdditions } from './noted-additions.ts';
import { userField, type ProfileMemory } from '../memory/profile-memory.ts';
import type { Replacements } from '../memory/replacements.ts';
import { compactMemberships, fitSlab, membershipsOf, nextChangeS } from './membership-changes.ts';

/**
 * One pass over the users, in steps: frees memberships that have ended or are of a dead number, ends links whose time is
 * over, and counts memberships whose time has come. Additions of earlier days come into the sets of distinct users. Then merged and erased users are renamed in the sets of distinct users. Not logged: it changes nothing that can be read, except that counts
 * and movements follow the clock. Blocks where nothing is due are skipped, unless a number died since the last pass.
 */
export class SweepPass {
  readonly #memory: ProfileMemory;
  readonly #everything: boolean;
  readonly #replacements: Replacements;
  readonly #day: number;
  #block = 1;

  constructor(memory: ProfileMemory, everything: boolean) {
    this.#memory = memory;
    this.#everything = everything;
    this.#replacements = memory.segments.replacements.copy();
    this.#day = memory.uniques.day;
  }

  /** Sweeps until `mayGoOn` says no, asked after each block that was due. True when the pass is over. */
  step(nowS: number, mayGoOn: () => boolean): boolean {
    const { due } = this.#memory;
    while (this.#block < due.end) {
      const block = this.#block++;
      if (!this.#everything && due.dueAtS(block) > nowS) continue;
      this.#sweepBlock(block, nowS);
      if (!mayGoOn()) break;
    }
    if (this.#block < due.end) return false;
    const { uniques, users } = this.#memory;
    if (!uniques.step(mayGoOn, (user) => users.free(user))) return false;
    this.#memory.segments.replacements.forget(this.#replacements);
    if (this.#everything) uniques.settled(this.#day);
    return true;
  }

  #sweepBlock(block: number, nowS: number): void {
    const { due, users } = this.#memory;
    const end = Math.min(due.endUser(block), users.end);
    let nextS = neverDue;
    for (let user = Math.max(due.firstUser(block), 1); user < end; user++) {
      if (users.get(user, userField.firstName) === 0) continue;
      nextS = Math.min(nextS, sweepUser(this.#memory, user, nowS));
      this.#memory.settle();
    }
    due.setDue(block, nextS);
  }
}

/** Answers when this user is due again. */
function sweepUser(memory: ProfileMemory, user: number, nowS: number): number {
  settleAdditions(memory, user);
  if (compactMemberships(memory, user, nowS)) fitSlab(memory, user);
  let nextS = neverDue;
  const slab = memory.users.get(user, userField.slab);
  for (let i = membershipsOf(memory, user) - 1; i >= 0; i--) {
    const words = memory.slabs.wordsOf(slab);
    const at = memory.slabs.offsetOf(slab) + i * membershipWords;
    const addedAtS = words[at + addedAtWord] as number;
    const lifetime = words[at + lifetimeWord] as number;
    nextS = Math.min(nextS, nextChangeS(addedAtS, lifetime, nowS));
  }
  if (memory.users.get(user, userField.firstLink) === 0) return nextS;
  memory.removeEndedLinks(user, nowS);
  for (const name of memory.linkedNames(user)) nextS = Math.min(nextS, memory.linkOf(name)?.expiresAtS ?? neverDue);
  return nextS;
}
