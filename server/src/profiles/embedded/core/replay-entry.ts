import { type BatchColumns, operationWords } from '../../packed-batch.ts';
import type { BatchChanges } from '../../profile-store.ts';
import type { ProfileMemory } from '../memory/profile-memory.ts';
import { replayBatch } from './apply-batch.ts';
import { BeforeImages } from './before-images.ts';
import { noChanges, type ChunkOutcomes, type StoredOutcomes } from './chunk-outcomes.ts';
import { replayLimits } from './core-limits.ts';
import { forgetKey, linkKey, mergeKeys, optInKey, seeKey, unlinkKey } from './identity-changes.ts';
import { applyFlag, entryType } from './log-entry.ts';
import { MergeTally } from './merge-operations.ts';
import { replayRestore } from './restore-operations.ts';
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
    case entryType.restore:
      replayRestored(memory, chunks, entry, nowS);
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
  const batch = readColumns(entry, flags);
  const changes = readChanges(entry, flags);
  if ((flags & applyFlag.beforeKept) !== 0) chunks.forgetBefore(job, entry.word());
  const tally = new MergeTally((flags & applyFlag.before) === 0 ? null : new BeforeImages(batch.count));
  replayBatch(memory, batch, source, nowS, tally);
  if ((flags & applyFlag.chunk) !== 0)
    chunks.set(job, sequence, { outcomes: batch.outcomes, changes, before: tally.before?.packed() ?? null });
}

function replayRestored(memory: ProfileMemory, chunks: ChunkOutcomes, entry: WordReader, nowS: number): void {
  const flags = entry.word();
  const job = entry.word();
  const sequence = entry.word();
  const batch = readColumns(entry, flags);
  replayRestore(memory, { ...batch, sources: entry.words(batch.count) }, nowS);
  const changes = readChanges(entry, flags);
  if ((flags & applyFlag.chunk) !== 0) chunks.set(job, sequence, { outcomes: batch.outcomes, changes, before: null });
}

/** The opposite of what `LogEntryWriter` writes of a batch. `outcomes` are as they are stored. */
function readColumns(entry: WordReader, flags: number): BatchColumns & { readonly count: number; readonly outcomes: StoredOutcomes } {
  const userCount = entry.word();
  const userKeyEnds = entry.words(userCount);
  const userOperationEnds = entry.words(userCount);
  const keys = entry.bytes();
  const count = entry.word();
  const operations = entry.words(count * operationWords);
  const outcomes = (flags & applyFlag.outcomes) === 0 ? count : entry.bytes().slice();
  return { operations, keys, userKeyEnds, userOperationEnds, count, outcomes };
}

function readChanges(entry: WordReader, flags: number): BatchChanges {
  if ((flags & applyFlag.changes) === 0) return noChanges;
  return { added: entry.word(), refreshed: entry.word(), removed: entry.word(), missing: entry.word() };
}
