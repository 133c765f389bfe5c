import { Buffer } from 'node:buffer';
import { removal, withdrawn } from '../../operation-batch.ts';
import { type BatchColumns, operationWords } from '../../packed-batch.ts';
import { type BatchChanges, outcomeCodes } from '../../profile-store.ts';
import { addedAtWord, lifetimeWord, sourceMask, sourceWord, valueMask, valueWord } from '../memory/membership-slabs.ts';
import { userField, type ProfileMemory } from '../memory/profile-memory.ts';
import type { ApplySettings } from './apply-batch.ts';
import { BeforeImages, type PackedBefore } from './before-images.ts';
import type { CoreLimits } from './core-limits.ts';
import { findMembership, hasEnded, listMemberships, membershipsOf } from './membership-changes.ts';
import { refusalOf, resolveKey, type ResolvedKey } from './resolve-key.ts';

/** A membership that has not ended: value, addedAtS, lifetime, source. */
type Shown = readonly [number, number, number, number];

/** A user as the batch would have left it so far. */
interface ImaginedUser {
  /** 0: the batch would make it. */
  readonly user: number;
  /** By segment; null: there is none any more. */
  readonly changed: Map<number, Shown | null>;
}

/** What a batch would do. */
export interface DryRunResult {
  readonly outcomes: Uint8Array;
  readonly changes: BatchChanges;
  readonly before: PackedBefore | null;
}

const { applied, full } = outcomeCodes;
const resolved: ResolvedKey = { name: 0, user: 0, optedOut: false, unmapped: false };

/**
 * What `applyBatch` would answer now, with nothing done: memory is only read, and what the batch would change is kept beside it. Slower
 * than applying: some objects for each user.
 */
export class DryRun {
  readonly #memory: ProfileMemory;
  readonly #settings: ApplySettings;
  readonly #nowS: number;
  readonly #limits: CoreLimits;
  /** By ordinal, or by key where nobody has seen the user. */
  readonly #users = new Map<number | string, ImaginedUser>();
  readonly #changes = { added: 0, refreshed: 0, removed: 0, missing: 0 };
  #before: BeforeImages | null = null;

  constructor(memory: ProfileMemory, settings: ApplySettings, nowS: number, limits: CoreLimits) {
    this.#memory = memory;
    this.#settings = settings;
    this.#nowS = nowS;
    this.#limits = limits;
  }

  run({ operations, keys, userKeyEnds, userOperationEnds }: BatchColumns): DryRunResult {
    const outcomes = new Uint8Array(operations.length / operationWords);
    this.#before = this.#settings.before ? new BeforeImages(outcomes.length) : null;
    let keyStart = 0;
    let operation = 0;
    for (let u = 0; u < userKeyEnds.length; u++) {
      const keyEnd = userKeyEnds[u] as number;
      const end = userOperationEnds[u] as number;
      resolveKey(this.#memory, keys, keyStart, keyEnd, this.#nowS, this.#limits.holdExternals, resolved);
      const refusal = refusalOf(resolved, this.#settings.knownUsersOnly);
      if (refusal === applied) {
        const imagined = this.#imagine(keys, keyStart, keyEnd);
        for (; operation < end; operation++) outcomes[operation] = this.#runOne(imagined, operations, operation);
      } else outcomes.fill(refusal, operation, end);
      operation = end;
      keyStart = keyEnd;
    }
    return { outcomes, changes: this.#changes, before: this.#before?.packed() ?? null };
  }

  #imagine(keys: Uint8Array, start: number, end: number): ImaginedUser {
    const id = resolved.user === 0 ? Buffer.from(keys.subarray(start, end)).toString('latin1') : resolved.user;
    let imagined = this.#users.get(id);
    if (imagined === undefined) this.#users.set(id, (imagined = { user: resolved.user, changed: new Map() }));
    return imagined;
  }

  #runOne(imagined: ImaginedUser, operations: Uint32Array, operation: number): number {
    const [segment = 0, value = 0, addedAtS = 0, lifetime = 0] = operations.subarray(operation * operationWords);
    const isRemoval = lifetime === removal;
    if (isRemoval && segment === withdrawn) return outcomeCodes['over-limit'];
    const before = this.#shownOf(imagined, segment);
    if (isRemoval) {
      if (before === null) this.#changes.missing += 1;
      else {
        this.#changes.removed += 1;
        this.#note(operation, before);
        imagined.changed.set(segment, null);
      }
      return applied;
    }
    if (imagined.user === 0 && !this.#settings.mayCreate) return full;
    if (before === null && this.#isFull(imagined)) return full;
    if (before === null) this.#changes.added += 1;
    else this.#changes.refreshed += 1;
    this.#note(operation, before);
    const ended = hasEnded(addedAtS, lifetime, this.#nowS);
    imagined.changed.set(segment, ended ? null : [value, addedAtS, lifetime, this.#settings.source]);
    return applied;
  }

  #shownOf({ user, changed }: ImaginedUser, segment: number): Shown | null {
    const shown = changed.get(segment);
    if (shown !== undefined) return shown;
    const memory = this.#memory;
    const number = memory.segments.numberOf(segment);
    const place = user === 0 || number === 0 ? -1 : findMembership(memory, user, number);
    if (place < 0) return null;
    const words = memory.slabs.wordsOf(memory.users.get(user, userField.slab));
    const addedAtS = words[place + addedAtWord] as number;
    const lifetime = words[place + lifetimeWord] as number;
    if (hasEnded(addedAtS, lifetime, this.#nowS)) return null;
    return [(words[place + valueWord] as number) & valueMask, addedAtS, lifetime, (words[place + sourceWord] as number) & sourceMask];
  }

  /** Has the profile its maximum of memberships? */
  #isFull({ user, changed }: ImaginedUser): boolean {
    const most = this.#limits.maxMembershipsPerProfile;
    const held = user === 0 ? 0 : membershipsOf(this.#memory, user);
    if (held + changed.size < most) return false;
    const { segments } = this.#memory;
    let count = 0;
    for (const shown of changed.values()) if (shown !== null) count += 1;
    for (const { number, addedAtS, lifetime } of user === 0 ? [] : listMemberships(this.#memory, user)) {
      const gone = hasEnded(addedAtS, lifetime, this.#nowS) || segments.isDead(number);
      if (!gone && !changed.has(segments.visibleSegmentOf(number))) count += 1;
    }
    return count >= most;
  }

  #note(operation: number, shown: Shown | null): void {
    if (shown === null) this.#before?.none(operation);
    else this.#before?.held(operation, ...shown);
  }
}
