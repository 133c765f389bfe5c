import { neverEnds, removal } from '../../operation-batch.ts';
import { operationWords } from '../../packed-batch.ts';
import { type BatchChanges, outcomeCodes } from '../../profile-store.ts';
import { jobRemoved, originWords, type RestoreColumns } from '../../restore-batch.ts';
import { addedAtWord, lifetimeWord, mostMembershipsPerProfile, sourceMask, sourceWord } from '../memory/membership-slabs.ts';
import { userField, type ProfileMemory } from '../memory/profile-memory.ts';
import type { TranslationScratch } from './apply-batch.ts';
import type { CoreLimits } from './core-limits.ts';
import { findMembership, hasEnded } from './membership-changes.ts';
import { MergeTally, mergeOperations } from './merge-operations.ts';
import { refusalOf, resolveKey, type ResolvedKey } from './resolve-key.ts';

/** What a restore did, as the log needs it. */
export interface Restored {
  readonly outcomes: Uint8Array;
  /** Memberships that came back, with the engine's number in place of the segment, and removals; 0 for what had no effect. */
  readonly translated: Uint32Array;
  /** One word per operation: the source of what came back. */
  readonly sources: Uint32Array;
  readonly changes: BatchChanges;
  readonly anyChanged: boolean;
  readonly anyRefused: boolean;
}

const { applied, full, newer } = outcomeCodes;

/** Scratch that lives for one call. */
const resolved: ResolvedKey = { name: 0, user: 0, optedOut: false, unmapped: false };

/** One operation's rules: each has its own source. */
interface RestoreRules {
  source: number;
  readonly nowS: number;
  readonly most: number;
  readonly noting: false;
  readonly tally: MergeTally;
}

/**
 * `ProfileStore.restore`, operation by operation, each on what the ones before it left. `source`: the job's.
 * `translated` is a view of `scratch.words`, valid until the next call.
 */
export function restoreBatch(
  memory: ProfileMemory,
  batch: RestoreColumns,
  source: number,
  nowS: number,
  limits: CoreLimits,
  scratch: TranslationScratch,
): Restored {
  const { operations, origins, keys, userKeyEnds, userOperationEnds } = batch;
  const translated = scratch.room(operations.length).fill(0);
  const outcomes = new Uint8Array(operations.length / operationWords);
  const rules = rulesFor(nowS, limits.maxMembershipsPerProfile);
  let additions = 0;
  let missing = 0;
  let keyStart = 0;
  let operation = 0;
  for (let u = 0; u < userKeyEnds.length; u++) {
    const keyEnd = userKeyEnds[u] as number;
    const end = userOperationEnds[u] as number;
    resolveKey(memory, keys, keyStart, keyEnd, nowS, limits.holdExternals, resolved);
    const refusal = refusalOf(resolved, true);
    for (; operation < end; operation++) {
      outcomes[operation] = refusal === applied ? decide(memory, batch, operation, source, nowS, translated) : refusal;
      if (outcomes[operation] !== applied) continue;
      const at = operation * operationWords;
      rules.source = origins[operation * originWords] as number;
      if (translated[at] === 0) missing += 1;
      else if (mergeOperations(memory, resolved.user, translated, at, at + operationWords, rules) > 0) outcomes[operation] = full;
      else if (translated[at + 3] !== removal) additions += 1;
    }
    memory.settle();
    keyStart = keyEnd;
  }
  const { refreshed, removed } = rules.tally;
  const changes = { added: additions - refreshed, refreshed, removed, missing };
  const sources = Uint32Array.from(outcomes, (_, i) => origins[i * originWords] as number);
  const anyRefused = outcomes.some((outcome) => outcome !== applied);
  return { outcomes, translated, sources, changes, anyChanged: additions + removed > 0, anyRefused };
}

/** Is this operation of `resolved` taken back? What is to be done for it goes to `translated`; its number stays 0 where that is nothing. */
function decide(
  memory: ProfileMemory,
  { operations, origins }: RestoreColumns,
  operation: number,
  source: number,
  nowS: number,
  translated: Uint32Array,
): number {
  const at = operation * operationWords;
  const number = memory.segments.numberOf(operations[at] as number);
  if (number === 0) return newer;
  const heldSource = sourceOfHeld(memory, number, nowS);
  const jobEnd = origins[operation * originWords + 1] as number;
  const isNewest = heldSource < 0 ? jobEnd === jobRemoved || nowS >= jobEnd : jobEnd !== jobRemoved && heldSource === source;
  if (!isNewest) return newer;
  const [, value = 0, addedAtS = 0, lifetime = neverEnds] = operations.subarray(at, at + operationWords);
  if (lifetime !== removal && !hasEnded(addedAtS, lifetime, nowS)) translated.set([number, value, addedAtS, lifetime], at);
  else if (heldSource >= 0) translated.set([number, 0, 0, removal], at);
  return applied;
}

/** The source of the membership that `resolved` holds, or -1 where there is none that has not ended. */
function sourceOfHeld(memory: ProfileMemory, number: number, nowS: number): number {
  const place = findMembership(memory, resolved.user, number);
  if (place < 0) return -1;
  const words = memory.slabs.wordsOf(memory.users.get(resolved.user, userField.slab));
  const ended = hasEnded(words[place + addedAtWord] as number, words[place + lifetimeWord] as number, nowS);
  return ended ? -1 : (words[place + sourceWord] as number) & sourceMask;
}

/** A restore as it was logged. */
export interface LoggedRestore extends Pick<RestoreColumns, 'operations' | 'keys' | 'userKeyEnds' | 'userOperationEnds'> {
  readonly sources: Uint32Array;
}

/** Does a logged restore once more, before anybody reads. */
export function replayRestore(memory: ProfileMemory, batch: LoggedRestore, nowS: number): void {
  const { operations, sources, keys, userKeyEnds, userOperationEnds } = batch;
  const rules = rulesFor(nowS, mostMembershipsPerProfile);
  let keyStart = 0;
  let operation = 0;
  for (let u = 0; u < userKeyEnds.length; u++) {
    const keyEnd = userKeyEnds[u] as number;
    const end = userOperationEnds[u] as number;
    resolveKey(memory, keys, keyStart, keyEnd, nowS, true, resolved);
    for (; operation < end; operation++) {
      const at = operation * operationWords;
      if (operations[at] === 0) continue;
      if (resolved.user === 0) throw new RangeError('a logged restore is of nobody');
      rules.source = sources[operation] as number;
      if (mergeOperations(memory, resolved.user, operations, at, at + operationWords, rules) > 0)
        throw new RangeError('a logged membership has no room');
    }
    keyStart = keyEnd;
  }
}

const rulesFor = (nowS: number, most: number): RestoreRules => ({ source: 0, nowS, most, noting: false, tally: new MergeTally(null) });
