import type { ProfileMemory } from '../memory/profile-memory.ts';
import { replayBatch } from './apply-batch.ts';
import type { ChunkOutcomes } from './chunk-outcomes.ts';
import { replayLimits } from './core-limits.ts';
import { forgetKey, linkKey, mergeKeys, optInKey, seeKey, unlinkKey } from './identity-changes.ts';
import { applyFlag, entryType } from './log-entry.ts';
import type { WordReader } from './word-reader.ts';

/**
 * Does once more what an entry says, at the time that it says. Answers whether a segment's number died: its memberships wait for
 * the sweep then. Throws on anything that cannot be: the entry is damaged then.
 */
export function replayEntry(memory: ProfileMemory, chunks: ChunkOutcomes, entry: WordReader): boolean {
  const start = entry.at;
  const length = entry.word();
  const type = entry.word();
  const nowS = entry.word();
  memory.segments.startDay(nowS);
  switch (type) {
    case entryType.apply:
      replayApply(memory, chunks, entry, nowS);
      break;
    case entryType.forgetChunks:
      chunks.forget(entry.word());
      break;
    case entryType.link: {
      const options = { expiresAtS: entry.word(), linkedBy: entry.word(), knownUsersOnly: false };
      linkKey(memory, entry.bytes(), entry.bytes(), options, nowS, replayLimits);
      break;
    }
    case entryType.unlink:
      unlinkKey(memory, entry.bytes(), nowS);
      break;
    case entryType.merge:
      mergeKeys(memory, entry.bytes(), entry.bytes(), nowS, replayLimits);
      break;
    case entryType.forget: {
      const optOut = entry.word() === 1;
      forgetKey(memory, entry.bytes(), optOut, nowS);
      break;
    }
    case entryType.optIn:
      optInKey(memory, entry.bytes(), nowS);
      break;
    case entryType.see:
      seeKey(memory, entry.bytes(), nowS, replayLimits);
      break;
    case entryType.stage: {
      const number = entry.word();
      memory.segments.define(number, entry.word(), true);
      break;
    }
    case entryType.commit:
      memory.segments.commit(entry.word(), nowS);
      break;
    case entryType.abort:
      memory.segments.abort(entry.word());
      break;
    case entryType.drop:
      memory.segments.drop(entry.word());
      break;
    default:
      throw new RangeError(`no entry has the type ${type}`);
  }
  memory.settle();
  if (entry.at - start !== length) throw new RangeError(`an entry of ${length} words has ${entry.at - start}`);
  return type === entryType.stage || type === entryType.commit || type === entryType.abort || type === entryType.drop;
}

function replayApply(memory: ProfileMemory, chunks: ChunkOutcomes, entry: WordReader, nowS: number): void {
  const flags = entry.word();
  const source = entry.word();
  const job = entry.word();
  const sequence = entry.word();
  for (let pairs = entry.word(); pairs > 0; pairs--) {
    const number = entry.word();
    memory.segments.define(number, entry.word(), false);
  }
  const userCount = entry.word();
  const userKeyEnds = entry.words(userCount);
  const userOperationEnds = entry.words(userCount);
  const keys = entry.bytes();
  const operationCount = entry.word();
  const operations = entry.words(operationCount * 4);
  const outcomes = (flags & applyFlag.outcomes) === 0 ? null : entry.bytes();
  replayBatch(memory, { operations, keys, userKeyEnds, userOperationEnds }, source, nowS);
  if ((flags & applyFlag.chunk) !== 0) chunks.set(job, sequence, outcomes === null ? operationCount : outcomes.slice());
}
