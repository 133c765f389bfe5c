import { removal, withdrawn } from '../../operation-batch.ts';
import { type BatchColumns, operationWords } from '../../packed-batch.ts';
import { type BatchChanges, outcomeCodes } from '../../profile-store.ts';
import { mostMembershipsPerProfile } from '../memory/membership-slabs.ts';
import type { ProfileMemory } from '../memory/profile-memory.ts';
import { BeforeImages, type PackedBefore } from './before-images.ts';
import type { CoreLimits } from './core-limits.ts';
import { reserveSlab } from './membership-changes.ts';
import { MergeTally, mergeOperations, type MergeRules } from './merge-operations.ts';
import { ensureUser, refusalOf, resolveKey, type ResolvedKey } from './resolve-key.ts';

export interface ApplySettings {
  readonly source: number;
  /** The number of the stage that is being filled, or 0. */
  readonly stage: number;
  readonly knownUsersOnly: boolean;
  /** False where the store is full. */
  readonly mayCreate: boolean;
  /** Is `ApplyResult.before` asked for? */
  readonly before: boolean;
}

/** What applying a batch did, as the log needs it. */
export interface Applied {
  readonly outcomes: Uint8Array;
  /** Like the batch's operations, with the engine's number in place of the segment; 0 for what had no effect. */
  readonly translated: Uint32Array;
  /** Numbers that were made: number and segment by turns. */
  readonly newNumbers: readonly number[];
  readonly anyApplied: boolean;
  readonly anyRefused: boolean;
  readonly changes: BatchChanges;
  readonly before: PackedBefore | null;
}

const { applied, full } = outcomeCodes;
const overLimit = outcomeCodes['over-limit'];

/** Scratch that lives for one call: applying makes no object per operation. */
const resolved: ResolvedKey = { name: 0, user: 0, optedOut: false, unmapped: false };

/**
 * Applies all operations in order. A user that nobody has seen is made by its first addition; a removal makes none.
 * `translated` is a view of `scratch.words`, valid until the next call.
 */
export function applyBatch(
  memory: ProfileMemory,
  batch: BatchColumns,
  settings: ApplySettings,
  nowS: number,
  limits: CoreLimits,
  scratch: TranslationScratch,
): Applied {
  const { operations, keys, userKeyEnds, userOperationEnds } = batch;
  const tally = new MergeTally(settings.before ? new BeforeImages(operations.length / operationWords) : null);
  const run: Run = {
    memory,
    batch,
    rules: { source: settings.source, nowS, most: limits.maxMembershipsPerProfile, noting: true, tally },
    stage: settings.stage,
    stagedSegment: settings.stage === 0 ? 0 : memory.segments.segmentOf(settings.stage),
    mayCreate: settings.mayCreate,
    outcomes: new Uint8Array(operations.length >>> 2),
    translated: scratch.room(operations.length),
    newNumbers: [],
    refused: 0,
    additions: 0,
    removals: 0,
  };
  const { outcomes, translated, newNumbers } = run;
  let keyStart = 0;
  let operation = 0;
  for (let u = 0; u < userKeyEnds.length; u++) {
    const keyEnd = userKeyEnds[u] as number;
    const operationEnd = userOperationEnds[u] as number;
    resolveKey(memory, keys, keyStart, keyEnd, nowS, limits.holdExternals, resolved);
    const refusal = refusalOf(resolved, settings.knownUsersOnly);
    if (refusal === applied) {
      applyToUser(run, keyStart, keyEnd, operation, operationEnd);
      memory.settle();
    } else {
      outcomes.fill(refusal, operation, operationEnd);
      translated.fill(0, operation * 4, operationEnd * 4);
      run.refused += operationEnd - operation;
    }
    operation = operationEnd;
    keyStart = keyEnd;
  }
  const { refreshed, removed } = tally;
  const before = tally.before?.packed() ?? null;
  const changes = { added: run.additions - refreshed, refreshed, removed, missing: run.removals - removed };
  return { outcomes, translated, newNumbers, anyApplied: run.refused < outcomes.length, anyRefused: run.refused > 0, changes, before };
}

/** Has the batch an addition for somebody that nobody has seen and that may be made? */
export function wouldCreateUser(
  memory: ProfileMemory,
  batch: BatchColumns,
  settings: ApplySettings,
  nowS: number,
  limits: CoreLimits,
): boolean {
  const { operations, keys, userKeyEnds, userOperationEnds } = batch;
  let keyStart = 0;
  let operation = 0;
  for (let u = 0; u < userKeyEnds.length; u++) {
    const keyEnd = userKeyEnds[u] as number;
    const operationEnd = userOperationEnds[u] as number;
    resolveKey(memory, keys, keyStart, keyEnd, nowS, limits.holdExternals, resolved);
    const mayCreate = resolved.user === 0 && refusalOf(resolved, settings.knownUsersOnly) === applied;
    for (; operation < operationEnd; operation++) if (mayCreate && operations[operation * 4 + 3] !== removal) return true;
    keyStart = keyEnd;
  }
  return false;
}

/** A batch under way. */
interface Run {
  readonly memory: ProfileMemory;
  readonly batch: BatchColumns;
  readonly rules: MergeRules;
  readonly stage: number;
  readonly stagedSegment: number;
  readonly mayCreate: boolean;
  readonly outcomes: Uint8Array;
  readonly translated: Uint32Array;
  readonly newNumbers: number[];
  refused: number;
  /** Applied additions. */
  additions: number;
  /** Applied removals, those of what is not there too. */
  removals: number;
}

/** One user's operations; `resolved` is the user. */
function applyToUser(run: Run, keyStart: number, keyEnd: number, start: number, end: number): void {
  const { memory, translated } = run;
  const additions = translate(run, start, end);
  if (additions > 0 && resolved.user === 0) reserveSlab(memory, ensureUser(memory, run.batch.keys, keyStart, keyEnd, resolved), additions);
  run.additions += additions;
  if (resolved.user === 0) return;
  const refused = mergeOperations(memory, resolved.user, translated, start * operationWords, end * operationWords, run.rules);
  if (refused === 0) return;
  run.additions -= refused;
  for (let operation = start; operation < end; operation++) {
    const at = operation * operationWords;
    if (translated[at] === 0 && translated[at + 3] !== removal) refuse(run, operation);
  }
}

/** Writes operations with the engine's numbers in place of the segments. Answers how many additions may be made. */
function translate(run: Run, start: number, end: number): number {
  const { memory, translated } = run;
  const { operations } = run.batch;
  const mayAdd = resolved.user !== 0 || run.mayCreate;
  let additions = 0;
  for (let operation = start; operation < end; operation++) {
    const at = operation * operationWords;
    const segment = operations[at] as number;
    const lifetime = operations[at + 3] as number;
    let number = segment === run.stagedSegment ? run.stage : memory.segments.numberOf(segment);
    if (lifetime !== removal) {
      if (!mayAdd) {
        number = 0;
        refuse(run, operation);
      } else {
        additions += 1;
        if (number === 0) {
          number = memory.segments.open(segment);
          run.newNumbers.push(number, segment);
        }
      }
    } else if (segment === withdrawn) {
      number = 0;
      run.outcomes[operation] = overLimit;
      run.refused += 1;
    } else run.removals += 1;
    translated[at] = number;
    translated[at + 1] = operations[at + 1] as number;
    translated[at + 2] = operations[at + 2] as number;
    translated[at + 3] = lifetime;
  }
  return additions;
}

function refuse(run: Run, operation: number): void {
  if (run.outcomes[operation] === full) return;
  run.outcomes[operation] = full;
  run.refused += 1;
}

/** Applies a logged batch once more, before anybody reads. Nothing is refused: refused operations have the number 0. */
export function replayBatch(memory: ProfileMemory, batch: BatchColumns, source: number, nowS: number, tally: MergeTally): void {
  const { operations, keys, userKeyEnds, userOperationEnds } = batch;
  const rules = { source, nowS, most: mostMembershipsPerProfile, noting: true, tally };
  let keyStart = 0;
  let operation = 0;
  for (let u = 0; u < userKeyEnds.length; u++) {
    const keyEnd = userKeyEnds[u] as number;
    const end = userOperationEnds[u] as number;
    resolveKey(memory, keys, keyStart, keyEnd, nowS, true, resolved);
    if (resolved.user === 0) {
      const additions = additionsAmong(operations, operation, end);
      if (additions > 0) reserveSlab(memory, ensureUser(memory, keys, keyStart, keyEnd, resolved), additions);
    }
    if (resolved.user !== 0) {
      const refused = mergeOperations(memory, resolved.user, operations, operation * operationWords, end * operationWords, rules);
      if (refused > 0) throw new RangeError('a logged membership has no room');
    }
    operation = end;
    keyStart = keyEnd;
  }
}

function additionsAmong(operations: Uint32Array, start: number, end: number): number {
  let additions = 0;
  for (let at = start * operationWords; at < end * operationWords; at += operationWords)
    if (operations[at] !== 0 && operations[at + 3] !== removal) additions += 1;
  return additions;
}

/** Room for translated operations that is used from call to call. */
export class TranslationScratch {
  #words = new Uint32Array(1024);

  room(length: number): Uint32Array {
    while (this.#words.length < length) this.#words = new Uint32Array(this.#words.length * 2);
    return this.#words.subarray(0, length);
  }
}
