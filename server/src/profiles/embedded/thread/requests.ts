import { encodeIdentifier } from '../../identifier-key.ts';
import type { Identifier } from '../../identifier.ts';
import type { OperationBatch } from '../../operation-batch.ts';
import { operationWords } from '../../packed-batch.ts';
import type { ApplyOptions, LinkOutcome, SeeOutcome, StageId } from '../../profile-store.ts';
import { originWords, RestoreBatch, type RestoreColumns } from '../../restore-batch.ts';
import { asSegmentId } from '../../../kit/ids.ts';
import { sourceToWord } from '../../source-word.ts';
import { entryType } from '../core/log-entry.ts';
import type { Change, PackedResult, ProfileCore } from '../core/profile-core.ts';
import type { Answered } from './answers.ts';
import type { RequestMemory } from './request-memory.ts';

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

const flag = { chunk: 1, knownUsersOnly: 2, wholeOrFull: 4, before: 8, dryRun: 16 } as const;
/** After the head: flags, source, job, sequence, stage, one more than `beforeKeptUpTo`, users, operations, bytes of keys. */
const batchHeadWords = headWords + 9;

const originsOf = (batch: OperationBatch | RestoreBatch): Uint32Array => (batch instanceof RestoreBatch ? batch.origins : noOrigins);
const noOrigins = new Uint32Array(0);

export const wordsOfBatch = (batch: OperationBatch | RestoreBatch): number =>
  batchHeadWords + batch.userCount * 2 + batch.operationCount * operationWords + originsOf(batch).length + ((batch.keys.length + 3) >>> 2);

/** Writes an `apply` or, with a `RestoreBatch`, a `restore` of `wordsOfBatch` words at `at`, but for its length. */
export function writeBatch(
  { words, bytes }: RequestMemory,
  at: number,
  id: number,
  nowS: number,
  batch: OperationBatch | RestoreBatch,
  options: ApplyOptions,
): void {
  const { chunk, stage, knownUsersOnly, wholeOrFull, before, beforeKeptUpTo, dryRun } = options;
  const { userCount, operations, keys } = batch;
  const origins = originsOf(batch);
  words[at + idAt] = id;
  words[at + typeAt] = batch instanceof RestoreBatch ? entryType.restore : entryType.apply;
  words[at + nowAt] = nowS;
  let to = at + headWords;
  words[to++] =
    (chunk === undefined ? 0 : flag.chunk) |
    (knownUsersOnly === true ? flag.knownUsersOnly : 0) |
    (wholeOrFull === true ? flag.wholeOrFull : 0) |
    (before === true ? flag.before : 0) |
    (dryRun === true ? flag.dryRun : 0);
  words[to++] = sourceToWord(options.source);
  words[to++] = chunk?.job ?? 0;
  words[to++] = chunk?.sequence ?? 0;
  words[to++] = stage ?? 0;
  words[to++] = (beforeKeptUpTo ?? -1) + 1;
  words[to++] = userCount;
  words[to++] = batch.operationCount;
  words[to++] = keys.length;
  for (const column of [batch.userKeyEnds, batch.userOperationEnds, operations, origins]) {
    words.set(column, to);
    to += column.length;
  }
  bytes.set(keys, to * 4);
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
      case entryType.restore:
        return this.#restore(core);
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

  #apply(core: ProfileCore): Change<PackedResult> {
    const { flags, source, chunk, stage, beforeKept } = this.#batchHead();
    const options = {
      source,
      chunk,
      stage,
      knownUsersOnly: (flags & flag.knownUsersOnly) !== 0,
      wholeOrFull: (flags & flag.wholeOrFull) !== 0,
      before: (flags & flag.before) !== 0,
      beforeKeptUpTo: beforeKept === 0 ? null : beforeKept - 1,
      dryRun: (flags & flag.dryRun) !== 0,
    };
    return core.apply(this.#columns(0), options, this.nowS);
  }

  #restore(core: ProfileCore): Change<PackedResult> {
    const { source, chunk } = this.#batchHead();
    return core.restore(this.#columns(originWords), source, chunk, this.nowS);
  }

  #batchHead() {
    const flags = this.#word();
    const source = this.#word();
    const chunk = { job: this.#word(), sequence: this.#word() };
    return { flags, source, chunk: (flags & flag.chunk) === 0 ? null : chunk, stage: this.#word(), beforeKept: this.#word() };
  }

  /** What `writeBatch` wrote, as views; origins of so many words per operation. */
  #columns(originsEach: number): RestoreColumns {
    const users = this.#word();
    const operationCount = this.#word();
    const keyBytes = this.#word();
    const userKeyEnds = this.#words(users);
    const userOperationEnds = this.#words(users);
    const operations = this.#words(operationCount * operationWords);
    const origins = this.#words(operationCount * originsEach);
    const keys = this.#memory.bytes.subarray(this.#at * 4, this.#at * 4 + keyBytes);
    return { userKeyEnds, userOperationEnds, operations, origins, keys };
  }

  #words(count: number): Uint32Array {
    const start = this.#at;
    this.#at += count;
    return this.#memory.words.subarray(start, this.#at);
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
