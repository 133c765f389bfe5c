import { asSegmentId, type SegmentId } from '../../../kit/ids.ts';
import { isUserKey } from '../../identifier-key.ts';
import { type BatchColumns, operationWords } from '../../packed-batch.ts';
import {
  outcomeCodes,
  ProfileStageEnded,
  type ApplyResult,
  type ChunkId,
  type LinkOutcome,
  type ProfileStats,
  type SegmentDay,
  type SeeOutcome,
  type StageId,
} from '../../profile-store.ts';
import type { RestoreColumns } from '../../restore-batch.ts';
import { dayOf, movementField, type MovementField } from '../memory/segment-history.ts';
import { newPlace, ProfileMemory } from '../memory/profile-memory.ts';
import { applyBatch, TranslationScratch, wouldCreateUser, type Applied } from './apply-batch.ts';
import type { PackedBefore } from './before-images.ts';
import { ChunkOutcomes, noChanges, outcomesOf } from './chunk-outcomes.ts';
import type { CoreLimits } from './core-limits.ts';
import { DryRun } from './dry-run.ts';
import { forgetKey, linkKey, mergeKeys, optInKey, seeKey, unlinkKey, type PackedLinkOptions } from './identity-changes.ts';
import { entryType, LogEntryWriter } from './log-entry.ts';
import { freeUnusedOrdinals, loadBlock } from './load-block.ts';
import { isNoted } from './noted-additions.ts';
import { replayEntry } from './replay-entry.ts';
import { restoreBatch } from './restore-operations.ts';
import { SnapshotCut } from './snapshot-cut.ts';
import { SweepPass } from './sweep.ts';
import type { WordReader } from './word-reader.ts';

/** A change that has been made in memory, and the entry that makes it durable: null where nothing changed. */
export interface Change<T> {
  readonly result: T;
  /** A view, valid until the next change. */
  readonly entry: Uint8Array | null;
}

/** `ApplyResult`, with before-images packed. */
export type PackedResult = Omit<ApplyResult, 'before'> & { readonly before: PackedBefore | null };

/** `ApplyOptions`, packed. */
export interface PackedApplyOptions {
  /** A source word. */
  readonly source: number;
  readonly chunk: ChunkId | null;
  /** 0: none. */
  readonly stage: number;
  readonly knownUsersOnly: boolean;
  readonly wholeOrFull: boolean;
  readonly before: boolean;
  readonly beforeKeptUpTo: number | null;
  readonly dryRun: boolean;
}

/** What is stored of a chunk, whatever it was. */
type Stored = Pick<Applied, 'outcomes' | 'changes' | 'anyRefused'>;

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
    this.#memory = new ProfileMemory(newPlace(hashSeed, flipEntries), (number, day, user) => isNoted(this.#memory, number, day, user));
    this.#memory.uniques.limitBytes = limits.uniquesBytes;
  }

  /** Readers in other threads are given its place and its chunks. */
  get memory(): ProfileMemory {
    return this.#memory;
  }

  /** A change threw in its middle: memory does not agree with the log any more, and no change may follow. */
  get halfDone(): boolean {
    return this.#halfDone;
  }

  apply(columns: BatchColumns, options: PackedApplyOptions, nowS: number): Change<PackedResult> {
    const { chunk, source, stage, knownUsersOnly, before, beforeKeptUpTo } = options;
    if (options.dryRun && (chunk !== null || stage !== 0)) throw new TypeError('a dry run has neither a chunk nor a stage');
    const stored = this.#repeated(chunk, before);
    if (stored !== null) return { result: stored, entry: null };
    if (stage !== 0 && !this.#memory.segments.isStaged(stage)) throw new ProfileStageEnded(stage);
    // Asked once: a call is not to be let in whole and then done in part.
    const isFull = this.#limits.isFull(this.#memory.memoryBytes);
    const settings = { source, stage, knownUsersOnly, mayCreate: !isFull, before };
    if (isFull && options.wholeOrFull && wouldCreateUser(this.#memory, columns, settings, nowS, this.#limits)) {
      const outcomes = new Uint8Array(columns.operations.length / operationWords).fill(outcomeCodes.full);
      return { result: { outcomes, repeated: false, refusedWhole: true, changes: noChanges, before: null }, entry: null };
    }
    if (options.dryRun) {
      const imagined = new DryRun(this.#memory, settings, nowS, this.#limits).run(columns);
      return { result: { ...imagined, repeated: false, refusedWhole: false }, entry: null };
    }
    const applied = this.#whole(nowS, () => applyBatch(this.#memory, columns, settings, nowS, this.#limits, this.#scratch));
    if (chunk !== null && beforeKeptUpTo !== null) this.#chunks.forgetBefore(chunk.job, beforeKeptUpTo);
    this.#store(chunk, applied, applied.before);
    const mustLog = applied.anyApplied || chunk !== null || applied.newNumbers.length > 0;
    const entry = mustLog ? this.#entries.writeApply(nowS, columns, applied, source, chunk, beforeKeptUpTo) : null;
    const { outcomes, changes } = applied;
    return { result: { outcomes, repeated: false, refusedWhole: false, changes, before: applied.before }, entry };
  }

  /** @param source the source word of the job whose changes are taken back */
  restore(columns: RestoreColumns, source: number, chunk: ChunkId | null, nowS: number): Change<PackedResult> {
    const stored = this.#repeated(chunk, false);
    if (stored !== null) return { result: stored, entry: null };
    const restored = this.#whole(nowS, () => restoreBatch(this.#memory, columns, source, nowS, this.#limits, this.#scratch));
    this.#store(chunk, restored, null);
    const { outcomes, changes, anyChanged } = restored;
    const entry = anyChanged || chunk !== null ? this.#entries.writeRestore(nowS, columns, restored, chunk) : null;
    return { result: { outcomes, repeated: false, refusedWhole: false, changes, before: null }, entry };
  }

  forgetChunks(job: number, nowS: number): Change<void> {
    const changed = this.#chunks.forget(job);
    return this.#changed(undefined, changed, entryType.forgetChunks, nowS, [job], []);
  }

  see(key: Uint8Array, nowS: number): Change<SeeOutcome> {
    const outcome = this.#whole(nowS, () => seeKey(this.#memory, key, nowS, this.#limits));
    return this.#changed(outcome, outcome === 'seen', entryType.see, nowS, [], [key]);
  }

  link(key: Uint8Array, toKey: Uint8Array, options: PackedLinkOptions, nowS: number): Change<LinkOutcome> {
    if (isUserKey(key[0] as number)) throw new TypeError('a user id cannot be linked: merge the users');
    const outcome = this.#whole(nowS, () => linkKey(this.#memory, key, toKey, options, nowS, this.#limits));
    const changed = outcome === 'linked' || outcome === 'moved' || outcome === 'unchanged';
    return this.#changed(outcome, changed, entryType.link, nowS, [options.expiresAtS, options.linkedBy], [key, toKey]);
  }

  unlink(key: Uint8Array, nowS: number): Change<boolean> {
    const done = this.#whole(nowS, () => unlinkKey(this.#memory, key, nowS));
    return this.#changed(done, done, entryType.unlink, nowS, [], [key]);
  }

  merge(into: Uint8Array, from: Uint8Array, nowS: number): Change<boolean> {
    const done = this.#whole(nowS, () => mergeKeys(this.#memory, into, from, nowS, this.#limits));
    return this.#changed(done, done, entryType.merge, nowS, [], [into, from]);
  }

  forget(key: Uint8Array, optOut: boolean, nowS: number): Change<void> {
    const changed = this.#whole(nowS, () => forgetKey(this.#memory, key, optOut, nowS));
    return this.#changed(undefined, changed, entryType.forget, nowS, [optOut ? 1 : 0], [key]);
  }

  optIn(key: Uint8Array, nowS: number): Change<void> {
    const changed = this.#whole(nowS, () => optInKey(this.#memory, key, nowS));
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
    // In one step for readers: the old members are there, or the new ones.
    this.#whole(nowS, () => {
      this.#memory.versions.openNames();
      segments.commit(stage, nowS);
    });
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

  stats(): Omit<ProfileStats, 'logBytes'> {
    const { userCount, nameCount, membershipCount, memoryBytes, membershipBytes, segments } = this.#memory;
    return {
      users: userCount,
      identifiers: nameCount,
      memberships: membershipCount,
      segments: segments.segmentCount,
      memoryBytes: memoryBytes + this.#chunks.memoryBytes,
      membershipBytes,
    };
  }

  segmentIds(): SegmentId[] {
    return [...new Set(Array.from(this.#memory.segments.all(), ({ segment }) => asSegmentId(segment)))];
  }

  movements(segment: SegmentId, days: number, nowS: number): SegmentDay[] {
    const { segments, uniques } = this.#memory;
    const number = segments.numberOf(segment);
    const today = dayOf(nowS);
    return Array.from({ length: days }, (_, i) => {
      const day = today - days + 1 + i;
      const of = (reason: MovementField): number => (number === 0 ? 0 : segments.movementOf(number, day, reason));
      const { users, approximate } = uniques.count(number, day);
      return {
        day,
        added: of(movementField.added),
        removed: of(movementField.removed),
        expired: of(movementField.expired),
        uniques: users,
        approximate,
      };
    });
  }

  /** What is held in all, for a snapshot's last block; opted-out marks are users here. */
  heldTotals(): { readonly users: number; readonly memberships: number } {
    return { users: this.#memory.users.used, memberships: this.#memory.membershipCount };
  }

  /** So many identifiers are about to be loaded. */
  reserveNames(count: number): void {
    this.#memory.reserveNames(count);
  }

  /** A snapshot is loaded: ordinals that it did not name can be given out. */
  loaded(): void {
    freeUnusedOrdinals(this.#memory);
    this.#memory.uniques.resume();
  }

  /** Begins a sweep. Passes must not overlap. */
  beginSweep(): SweepPass {
    const pass = new SweepPass(this.#memory, this.#sweepEverything || this.#memory.uniques.isUnsettled);
    this.#sweepEverything = false;
    return pass;
  }
  /** Begins a snapshot of this very moment. One at a time; `release` ends it. */
  cut(): SnapshotCut {
    return new SnapshotCut(this.#memory, this.#chunks);
  }
  replay(entry: WordReader): void {
    if (replayEntry(this.#memory, this.#chunks, entry)) this.#sweepEverything = true;
  }
  load(kind: number, bytes: Uint8Array, nowS: number): void {
    loadBlock(this.#memory, this.#chunks, kind, bytes, nowS);
    if (!this.#memory.segments.replacements.isEmpty) this.#sweepEverything = true;
  }

  /** What a chunk was answered the first time; null where it is new. */
  #repeated(chunk: ChunkId | null, before: boolean): PackedResult | null {
    const stored = chunk === null ? undefined : this.#chunks.get(chunk.job, chunk.sequence);
    if (stored === undefined) return null;
    const { outcomes, changes } = stored;
    return { outcomes: outcomesOf(outcomes), repeated: true, refusedWhole: false, changes, before: before ? stored.before : null };
  }

  #store(chunk: ChunkId | null, { outcomes, changes, anyRefused }: Stored, before: PackedBefore | null): void {
    if (chunk === null) return;
    this.#chunks.set(chunk.job, chunk.sequence, { outcomes: anyRefused ? outcomes.slice() : outcomes.length, changes, before });
  }

  #whole<T>(nowS: number, make: () => T): T {
    this.#memory.segments.startDay(nowS);
    this.#halfDone = true;
    try {
      const result = make();
      this.#halfDone = false;
      return result;
    } finally {
      this.#memory.settle();
    }
  }

  #changed<T>(result: T, changed: boolean, type: number, nowS: number, words: readonly number[], keys: readonly Uint8Array[]): Change<T> {
    return { result, entry: changed ? this.#entries.write(type, nowS, words, keys) : null };
  }
}

function checkSegment(segment: SegmentId): void {
  if (!Number.isInteger(segment) || segment < 1 || segment > 0xffff_ffff) throw new RangeError(`a segment id cannot be ${segment}`);
}
