import type { SegmentId } from '../../../kit/ids.ts';
import { keyOf } from '../../identifier-key.ts';
import type { Identifier } from '../../identifier.ts';
import type { OperationBatch } from '../../operation-batch.ts';
import type { ApplyOptions, Expression, LinkOptions, LinkOutcome, StageId } from '../../profile-store.ts';
import { sourceToWord } from '../../source-word.ts';
import { MemoryReader } from '../audience/memory-reader.ts';
import { linkNeverEnds } from '../memory/name-entries.ts';
import type { CoreLimits } from './core-limits.ts';
import { evaluateExpression } from './evaluate-expression.ts';
import { type PackedResult, ProfileCore } from './profile-core.ts';

/** A core alone, with its changes as the port has them: for tests and measurements that need neither disk nor thread. */
export class BareCore {
  readonly core: ProfileCore;

  /** `flipEntries`: see ProfileCore. */
  constructor(limits: CoreLimits, hashSeed: number, flipEntries?: number) {
    this.core = new ProfileCore(limits, hashSeed, flipEntries);
  }

  apply(batch: OperationBatch, options: ApplyOptions, nowS: number): { readonly result: PackedResult } {
    const { operations, keys, userKeyEnds, userOperationEnds } = batch;
    const packed = {
      source: sourceToWord(options.source),
      chunk: options.chunk ?? null,
      stage: options.stage ?? 0,
      knownUsersOnly: options.knownUsersOnly === true,
      wholeOrFull: options.wholeOrFull === true,
      before: options.before === true,
      beforeKeptUpTo: options.beforeKeptUpTo ?? null,
      dryRun: options.dryRun === true,
    };
    return this.core.apply({ operations, keys, userKeyEnds, userOperationEnds }, packed, nowS);
  }
  link(identifier: Identifier, to: Identifier, options: LinkOptions, nowS: number): { readonly result: LinkOutcome } {
    const { linkedBy, knownUsersOnly = false } = options;
    return this.core.link(
      keyOf(identifier),
      keyOf(to),
      { expiresAtS: options.expiresAtS ?? linkNeverEnds, linkedBy, knownUsersOnly },
      nowS,
    );
  }
  unlink(identifier: Identifier, nowS: number): void {
    this.core.unlink(keyOf(identifier), nowS);
  }
  merge(into: Identifier, from: Identifier, nowS: number): void {
    this.core.merge(keyOf(into), keyOf(from), nowS);
  }
  forget(identifier: Identifier, optOut: boolean, nowS: number): void {
    this.core.forget(keyOf(identifier), optOut, nowS);
  }
  optIn(identifier: Identifier, nowS: number): void {
    this.core.optIn(keyOf(identifier), nowS);
  }
  stageReplace(segment: SegmentId, nowS: number): { readonly result: StageId } {
    return this.core.stageReplace(segment, nowS);
  }
  commit(stage: StageId, nowS: number): void {
    this.core.commit(stage, nowS);
  }
  abort(stage: StageId, nowS: number): void {
    this.core.abort(stage, nowS);
  }
  dropSegment(segment: SegmentId, nowS: number): void {
    this.core.dropSegment(segment, nowS);
  }
  beginSweep(): ReturnType<ProfileCore['beginSweep']> {
    return this.core.beginSweep();
  }
  stats(): ReturnType<ProfileCore['stats']> {
    return this.core.stats();
  }

  numberOf(segment: SegmentId): number {
    return this.core.memory.segments.numberOf(segment);
  }
  count(segment: SegmentId): number {
    const number = this.numberOf(segment);
    return number === 0 ? 0 : this.core.memory.segments.countOf(number);
  }
  /** The audience index's slow twin: looks at every user. */
  evaluate(expression: Expression, nowS: number): number {
    return evaluateExpression(this.core.memory, expression, nowS);
  }
  /** One at a time: the log of flips has one reader. */
  audienceReader(): MemoryReader {
    return new MemoryReader(this.core.memory);
  }
}
