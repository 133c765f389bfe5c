import { asSegmentId, type SegmentId } from '../../../kit/ids.ts';
import { keyOf } from '../../identifier-key.ts';
import type { Identifier } from '../../identifier.ts';
import type { OperationBatch } from '../../operation-batch.ts';
import {
  outcomeCodes,
  ProfileStageEnded,
  type ApplyOptions,
  type ApplyResult,
  type Expression,
  type LinkedIdentifier,
  type LinkOptions,
  type LinkOutcome,
  type Profile,
  type ProfileStats,
  type StageId,
} from '../../profile-store.ts';
import { sourceToWord } from '../../source-word.ts';
import { MemoryReader } from '../audience/memory-reader.ts';
import { linkNeverEnds, ProfileMemory } from '../memory/profile-memory.ts';
import { applyBatch, TranslationScratch, wouldCreateUser, type OperationColumns } from './apply-batch.ts';
import { ChunkOutcomes } from './chunk-outcomes.ts';
import type { CoreLimits } from './core-limits.ts';
import { evaluateExpression } from './evaluate-expression.ts';
import { forgetKey, linkKey, mergeKeys, optInKey, unlinkKey } from './identity-changes.ts';
import { entryType, LogEntryWriter } from './log-entry.ts';
import { loadBlock } from './load-block.ts';
import { readLinks, readProfile } from './read-profile.ts';
import { replayEntry } from './replay-entry.ts';
import { SnapshotCut } from './snapshot-cut.ts';
import { SweepPass } from './sweep.ts';
import type { WordReader } from './word-reader.ts';

/** A change that has been made in memory, and the entry that makes it durable: null where nothing changed. */
export interface Change<T> {
  readonly result: T;
  /** A view, valid until the next change. */
  readonly entry: Uint8Array | null;
}

/**
 * The engine without its disk: every change is made in memory at once and answered together with its log entry. No promises,
 * no I/O, no clock: the store around it gives the time, writes the entries, and reads them back.
 */
export class ProfileCore {
  readonly #limits: CoreLimits;
  readonly #memory: ProfileMemory;
  readonly #chunks = new ChunkOutcomes();
  readonly #entries = new LogEntryWriter();
  readonly #scratch = new TranslationScratch();
  /** A number died: the next sweep has to look at every user. */
  #sweepEverything = false;
  #halfDone = false;

  /** @param flipEntries how many flips the log for the audience index holds, a power of two */
  constructor(limits: CoreLimits, hashSeed: number, flipEntries?: number) {
    this.#limits = limits;
    this.#memory = new ProfileMemory(hashSeed, flipEntries);
  }

  /** A change threw in its middle: memory does not agree with the log any more, and no change may follow. */
  get halfDone(): boolean {
    return this.#halfDone;
  }

  apply(batch: OperationBatch, options: ApplyOptions, nowS: number): Change<ApplyResult> {
    const { chunk } = options;
    const before = chunk === undefined ? undefined : this.#chunks.get(chunk.job, chunk.sequence);
    if (before !== undefined) return { result: { outcomes: before, repeated: true, refusedWhole: false }, entry: null };
    const stage = options.stage ?? 0;
    if (stage !== 0 && !this.#memory.segments.isStaged(stage)) throw new ProfileStageEnded(stage);
    const source = sourceToWord(options.source);
    const { operations, keys, userKeyEnds, userOperationEnds } = batch;
    const columns: OperationColumns = { operations, keys, userKeyEnds, userOperationEnds };
    // Asked once: a call is not to be let in whole and then done in part.
    const isFull = this.#limits.isFull(this.#memory.memoryBytes);
    const settings = { source, stage, knownUsersOnly: options.knownUsersOnly === true, mayCreate: !isFull };
    if (isFull && options.wholeOrFull && wouldCreateUser(this.#memory, columns, settings, nowS, this.#limits)) {
      const outcomes = new Uint8Array(batch.operationCount).fill(outcomeCodes.full);
      return { result: { outcomes, repeated: false, refusedWhole: true }, entry: null };
    }
    const applied = this.#whole(() => applyBatch(this.#memory, columns, settings, nowS, this.#limits, this.#scratch));
    const { outcomes } = applied;
    if (chunk !== undefined) this.#chunks.set(chunk.job, chunk.sequence, applied.anyRefused ? outcomes.slice() : outcomes.length);
    const mustLog = applied.anyApplied || chunk !== undefined || applied.newNumbers.length > 0;
    const entry = mustLog ? this.#entries.writeApply(nowS, columns, applied, source, chunk) : null;
    return { result: { outcomes, repeated: false, refusedWhole: false }, entry };
  }

  forgetChunks(job: number, nowS: number): Change<void> {
    const changed = this.#chunks.forget(job);
    return this.#changed(undefined, changed, entryType.forgetChunks, nowS, [job], []);
  }

  link(identifier: Identifier, to: Identifier, options: LinkOptions, nowS: number): Change<LinkOutcome> {
    if (identifier.kind === 'user') throw new TypeError('a user id cannot be linked: merge the users');
    const key = keyOf(identifier);
    const toKey = keyOf(to);
    const expiresAtS = options.expiresAtS === null ? linkNeverEnds : Math.min(Math.max(options.expiresAtS, 0), linkNeverEnds - 1);
    const { linkedBy } = options;
    const outcome = this.#whole(() => linkKey(this.#memory, key, toKey, { expiresAtS, linkedBy }, nowS, this.#limits));
    const changed = outcome === 'linked' || outcome === 'moved' || outcome === 'unchanged';
    return this.#changed(outcome, changed, entryType.link, nowS, [expiresAtS, linkedBy], [key, toKey]);
  }

  unlink(identifier: Identifier, nowS: number): Change<boolean> {
    const key = keyOf(identifier);
    const done = this.#whole(() => unlinkKey(this.#memory, key, nowS));
    return this.#changed(done, done, entryType.unlink, nowS, [], [key]);
  }

  merge(into: Identifier, from: Identifier, nowS: number): Change<boolean> {
    const keys = [keyOf(into), keyOf(from)] as const;
    const done = this.#whole(() => mergeKeys(this.#memory, keys[0], keys[1], nowS, this.#limits));
    return this.#changed(done, done, entryType.merge, nowS, [], keys);
  }

  forget(identifier: Identifier, optOut: boolean, nowS: number): Change<void> {
    const key = keyOf(identifier);
    const changed = this.#whole(() => forgetKey(this.#memory, key, optOut, nowS));
    return this.#changed(undefined, changed, entryType.forget, nowS, [optOut ? 1 : 0], [key]);
  }

  optIn(identifier: Identifier, nowS: number): Change<void> {
    const key = keyOf(identifier);
    const changed = this.#whole(() => optInKey(this.#memory, key, nowS));
    return this.#changed(undefined, changed, entryType.optIn, nowS, [], [key]);
  }

  stageReplace(segment: SegmentId, nowS: number): Change<StageId> {
    checkSegment(segment);
    const { segments } = this.#memory;
    if (segments.stageOf(segment) !== 0) this.#sweepEverything = true;
    const number = segments.stage(segment);
    return this.#changed(number as StageId, true, entryType.stage, nowS, [number, segment], []);
  }

  commit(stage: StageId, nowS: number): Change<void> {
    const { segments } = this.#memory;
    if (!segments.isStaged(stage)) {
      if (segments.isKnown(stage) && segments.isLive(stage)) return { result: undefined, entry: null };
      throw new ProfileStageEnded(stage);
    }
    segments.commit(stage);
    this.#sweepEverything = true;
    return this.#changed(undefined, true, entryType.commit, nowS, [stage], []);
  }

  abort(stage: StageId, nowS: number): Change<void> {
    if (!this.#memory.segments.isStaged(stage)) return { result: undefined, entry: null };
    this.#memory.segments.abort(stage);
    this.#sweepEverything = true;
    return this.#changed(undefined, true, entryType.abort, nowS, [stage], []);
  }

  dropSegment(segment: SegmentId, nowS: number): Change<void> {
    checkSegment(segment);
    const { segments } = this.#memory;
    const changed = segments.numberOf(segment) !== 0 || segments.stageOf(segment) !== 0;
    segments.drop(segment);
    this.#sweepEverything ||= changed;
    return this.#changed(undefined, changed, entryType.drop, nowS, [segment], []);
  }

  get(identifier: Identifier, nowS: number): Profile {
    return readProfile(this.#memory, identifier, nowS, this.#limits.holdExternals);
  }
  links(identifier: Identifier, nowS: number): LinkedIdentifier[] {
    return readLinks(this.#memory, identifier, nowS, this.#limits.holdExternals);
  }
  count(segment: SegmentId): number {
    const number = this.#memory.segments.numberOf(segment);
    return number === 0 ? 0 : this.#memory.segments.countOf(number);
  }
  /** The live number of a segment, or 0. */
  numberOf(segment: SegmentId): number {
    return this.#memory.segments.numberOf(segment);
  }
  /** For the audience index, and for nobody else: the log of flips has one reader. */
  audienceReader(): MemoryReader {
    return new MemoryReader(this.#memory);
  }
  /** What else counts as the engine's memory. */
  countMemoryOf(part: { readonly memoryBytes: number }): void {
    this.#memory.beside.push(part);
  }
  /** The audience index's slow twin: looks at every user. */
  evaluate(expression: Expression, nowS: number): number {
    return evaluateExpression(this.#memory, expression, nowS);
  }
  stats(): Omit<ProfileStats, 'logBytes'> {
    const { userCount, nameCount, membershipCount, memoryBytes, segments } = this.#memory;
    return {
      users: userCount,
      identifiers: nameCount,
      memberships: membershipCount,
      segments: segments.segmentCount,
      memoryBytes: memoryBytes + this.#chunks.memoryBytes,
    };
  }

  segmentIds(): SegmentId[] {
    return [...new Set(Array.from(this.#memory.segments.all(), ({ segment }) => asSegmentId(segment)))];
  }

  /** What is held in all, for a snapshot's last block; opted-out marks are users here. */
  heldTotals(): { readonly users: number; readonly memberships: number } {
    return { users: this.#memory.users.used, memberships: this.#memory.membershipCount };
  }

  /** Begins a sweep. Passes must not overlap. */
  beginSweep(): SweepPass {
    const pass = new SweepPass(this.#memory, this.#sweepEverything);
    this.#sweepEverything = false;
    return pass;
  }
  /** Begins a snapshot of this very moment. One at a time; `release` ends it. */
  cut(nowS: number): SnapshotCut {
    return new SnapshotCut(this.#memory, this.#chunks, nowS);
  }
  replay(entry: WordReader): void {
    this.#sweepEverything = true;
    replayEntry(this.#memory, this.#chunks, entry);
  }
  load(kind: number, bytes: Uint8Array, nowS: number): void {
    loadBlock(this.#memory, this.#chunks, kind, bytes, nowS);
  }

  #whole<T>(make: () => T): T {
    this.#halfDone = true;
    const result = make();
    this.#memory.flips.publish();
    this.#halfDone = false;
    return result;
  }

  #changed<T>(result: T, changed: boolean, type: number, nowS: number, words: readonly number[], keys: readonly Uint8Array[]): Change<T> {
    return { result, entry: changed ? this.#entries.write(type, nowS, words, keys) : null };
  }
}

function checkSegment(segment: SegmentId): void {
  if (!Number.isInteger(segment) || segment < 1 || segment > 0xffff_ffff) throw new RangeError(`a segment id cannot be ${segment}`);
}
