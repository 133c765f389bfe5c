import { encodeIdentifier } from '../../identifier-key.ts';
import type { Identifier } from '../../identifier.ts';
import type { OperationBatch } from '../../operation-batch.ts';
import { outcomeCodes, type ApplyOptions, type ApplyResult, type LinkOutcome, type SeeOutcome, type StageId } from '../../profile-store.ts';
import { asSegmentId } from '../../../kit/ids.ts';
import { sourceToWord } from '../../source-word.ts';
import type { OperationColumns } from '../core/apply-batch.ts';
import { entryType } from '../core/log-entry.ts';
import type { ProfileCore, Change } from '../core/profile-core.ts';

/**
 * Requests as they lie in the ring: [length in words, id, type, Unix seconds, what the type needs]. Types are those of log
 * entries; a key is its length in bytes and its bytes, padded to words. A bulk request is one word longer than nothing: the
 * request itself came as a message.
 */
export const bulkRequest = 0;
export const headWords = 4;
const idAt = 1;
const typeAt = 2;
const nowAt = 3;

const flag = { chunk: 1, knownUsersOnly: 2, wholeOrFull: 4 } as const;
/** After the head: flags, source, job, sequence, stage, users, operations, bytes of keys. */
const applyHeadWords = headWords + 8;

/** Memory that requests are written into or read from. */
export interface RequestMemory {
  readonly words: Uint32Array;
  readonly bytes: Uint8Array;
}

export const wordsOfApply = (batch: OperationBatch): number =>
  applyHeadWords + batch.userCount * 2 + batch.operationCount * 4 + ((batch.keys.length + 3) >>> 2);

/** Writes an `apply` of `wordsOfApply` words at `at`, but for its length. */
export function writeApply(
  { words, bytes }: RequestMemory,
  at: number,
  id: number,
  nowS: number,
  batch: OperationBatch,
  options: ApplyOptions,
): void {
  const { chunk, stage, knownUsersOnly, wholeOrFull } = options;
  const { userCount, operationCount, keys } = batch;
  words[at + idAt] = id;
  words[at + typeAt] = entryType.apply;
  words[at + nowAt] = nowS;
  let to = at + headWords;
  words[to++] =
    (chunk === undefined ? 0 : flag.chunk) |
    (knownUsersOnly === true ? flag.knownUsersOnly : 0) |
    (wholeOrFull === true ? flag.wholeOrFull : 0);
  words[to++] = sourceToWord(options.source);
  words[to++] = chunk?.job ?? 0;
  words[to++] = chunk?.sequence ?? 0;
  words[to++] = stage ?? 0;
  words[to++] = userCount;
  words[to++] = operationCount;
  words[to++] = keys.length;
  words.set(batch.userKeyEnds, to);
  words.set(batch.userOperationEnds, to + userCount);
  words.set(batch.operations, to + userCount * 2);
  bytes.set(keys, (to + userCount * 2 + operationCount * 4) * 4);
}

/** At most: what ids take in UTF-8 is seen when they are written. */
export function wordsOfKeys(words: readonly number[], identifiers: readonly Identifier[]): number {
  let length = headWords + words.length;
  for (const identifier of identifiers) length += 1 + ((encodeIdentifier.maxBytes(identifier) + 3) >>> 2);
  return length;
}

/** Writes a request of words and of identifiers' keys at `at`, but for its length. Keys are short enough (`checkKeyLength`). */
export function writeKeys(
  { words: into, bytes }: RequestMemory,
  at: number,
  head: { readonly id: number; readonly type: number; readonly nowS: number },
  words: readonly number[],
  identifiers: readonly Identifier[],
): void {
  into[at + idAt] = head.id;
  into[at + typeAt] = head.type;
  into[at + nowAt] = head.nowS;
  let to = at + headWords;
  for (const word of words) into[to++] = word;
  for (const identifier of identifiers) {
    const length = encodeIdentifier(identifier, bytes, (to + 1) * 4);
    into[to] = length;
    to += 1 + ((length + 3) >>> 2);
  }
}

/** What a request is answered with: `apply` by outcomes, all others by a number, or nothing. */
export type Answered = ApplyResult | number;

export const linkOutcomes: readonly LinkOutcome[] = ['linked', 'moved', 'unchanged', 'opted-out', 'full', 'unmapped', 'unknown-user'];
export const seeOutcomes: readonly SeeOutcome[] = ['seen', 'known', 'opted-out', 'full', 'unmapped'];

/** A request that has been read; its arrays are views of where it lies. */
export class RequestReader {
  #memory: RequestMemory = { words: new Uint32Array(0), bytes: new Uint8Array(0) };
  #at = 0;
  id = 0;
  type = 0;
  nowS = 0;

  read(memory: RequestMemory, at: number): void {
    this.#memory = memory;
    this.id = memory.words[at + idAt] as number;
    this.type = memory.words[at + typeAt] as number;
    this.nowS = memory.words[at + nowAt] as number;
    this.#at = at + headWords;
  }

  /** Makes the change that the request asks for. */
  change(core: ProfileCore): Change<Answered> {
    const { nowS } = this;
    switch (this.type) {
      case entryType.apply:
        return this.#apply(core);
      case entryType.forgetChunks:
        return nothing(core.forgetChunks(this.#word(), nowS));
      case entryType.see: {
        const { result, entry } = core.see(this.#key(), nowS);
        return { result: seeOutcomes.indexOf(result), entry };
      }
      case entryType.link: {
        const options = { expiresAtS: this.#word(), linkedBy: this.#word(), knownUsersOnly: this.#word() === 1 };
        const { result, entry } = core.link(this.#key(), this.#key(), options, nowS);
        return { result: linkOutcomes.indexOf(result), entry };
      }
      case entryType.unlink:
        return flagged(core.unlink(this.#key(), nowS));
      case entryType.merge:
        return flagged(core.merge(this.#key(), this.#key(), nowS));
      case entryType.forget: {
        const optOut = this.#word() === 1;
        return nothing(core.forget(this.#key(), optOut, nowS));
      }
      case entryType.optIn:
        return nothing(core.optIn(this.#key(), nowS));
      case entryType.stage:
        return core.stageReplace(asSegmentId(this.#word()), nowS);
      case entryType.commit:
        return nothing(core.commit(this.#word() as StageId, nowS));
      case entryType.abort:
        return nothing(core.abort(this.#word() as StageId, nowS));
      case entryType.drop:
        return nothing(core.dropSegment(asSegmentId(this.#word()), nowS));
      default:
        throw new RangeError(`no request has the type ${this.type}`);
    }
  }

  #apply(core: ProfileCore): Change<ApplyResult> {
    const { words, bytes } = this.#memory;
    const flags = this.#word();
    const source = this.#word();
    const chunk = { job: this.#word(), sequence: this.#word() };
    const stage = this.#word();
    const users = this.#word();
    const operationCount = this.#word();
    const keyBytes = this.#word();
    const usersEnd = this.#at + users * 2;
    const operationsEnd = usersEnd + operationCount * 4;
    const columns: OperationColumns = {
      userKeyEnds: words.subarray(this.#at, this.#at + users),
      userOperationEnds: words.subarray(this.#at + users, usersEnd),
      operations: words.subarray(usersEnd, operationsEnd),
      keys: bytes.subarray(operationsEnd * 4, operationsEnd * 4 + keyBytes),
    };
    const options = {
      source,
      chunk: (flags & flag.chunk) === 0 ? null : chunk,
      stage,
      knownUsersOnly: (flags & flag.knownUsersOnly) !== 0,
      wholeOrFull: (flags & flag.wholeOrFull) !== 0,
    };
    return core.apply(columns, options, this.nowS);
  }

  #word(): number {
    return this.#memory.words[this.#at++] as number;
  }

  /** A copy: a change may keep the key longer than the ring does. */
  #key(): Uint8Array {
    const length = this.#word();
    const start = this.#at * 4;
    this.#at += (length + 3) >>> 2;
    return this.#memory.bytes.slice(start, start + length);
  }
}

const nothing = ({ entry }: Change<void>): Change<number> => ({ result: 0, entry });
const flagged = ({ result, entry }: Change<boolean>): Change<number> => ({ result: result ? 1 : 0, entry });

/** Answers as they lie in the ring: [length, id, kind, number, outcomes]. */
export const answerKind = { number: 0, applied: 1, refusedWhole: 2, outcomes: 3, repeated: 4 } as const;
const answerHeadWords = 4;

export const wordsOfAnswer = (answered: Answered): number =>
  typeof answered === 'number' || isPlain(answered) ? answerHeadWords : answerHeadWords + ((answered.outcomes.length + 3) >>> 2);

export function writeAnswer({ words, bytes }: RequestMemory, at: number, id: number, answered: Answered): void {
  words[at + 1] = id;
  if (typeof answered === 'number') {
    words[at + 2] = answerKind.number;
    words[at + 3] = answered;
    return;
  }
  const { outcomes, repeated, refusedWhole } = answered;
  words[at + 3] = outcomes.length;
  if (isPlain(answered)) words[at + 2] = refusedWhole ? answerKind.refusedWhole : answerKind.applied;
  else {
    words[at + 2] = repeated ? answerKind.repeated : answerKind.outcomes;
    bytes.set(outcomes, (at + answerHeadWords) * 4);
  }
}

/** Reads an answer. Outcomes are a copy. */
export function readAnswer({ words, bytes }: RequestMemory, at: number): { readonly id: number; readonly answered: Answered } {
  const id = words[at + 1] as number;
  const kind = words[at + 2] as number;
  const value = words[at + 3] as number;
  if (kind === answerKind.number) return { id, answered: value };
  const outcomes = new Uint8Array(value);
  if (kind === answerKind.refusedWhole) outcomes.fill(outcomeCodes.full);
  else if (kind !== answerKind.applied) outcomes.set(bytes.subarray((at + answerHeadWords) * 4, (at + answerHeadWords) * 4 + value));
  return { id, answered: { outcomes, repeated: kind === answerKind.repeated, refusedWhole: kind === answerKind.refusedWhole } };
}

/** Do the outcomes say nothing but `applied`, or nothing but `full`? */
function isPlain({ outcomes, repeated, refusedWhole }: ApplyResult): boolean {
  if (repeated) return false;
  if (refusedWhole) return true;
  for (const outcome of outcomes) if (outcome !== outcomeCodes.applied) return false;
  return true;
}
