import { membershipWords, mostMembershipsPerProfile } from '../memory/membership-slabs.ts';
import { userField, type ProfileMemory } from '../memory/profile-memory.ts';
import type { PackedBefore } from './before-images.ts';
import { noChanges, type ChunkOutcomes } from './chunk-outcomes.ts';
import { loadNoted } from './noted-additions.ts';
import { takeMemberships } from './membership-changes.ts';
import { blockKind, chunkFlag } from './snapshot-block.ts';
import { loadRenames, loadUniques } from './uniques-blocks.ts';
import { WordReader } from './word-reader.ts';

/** Takes in a block of a snapshot. Throws on anything that cannot be: the block is damaged then. */
export function loadBlock(memory: ProfileMemory, chunks: ChunkOutcomes, kind: number, bytes: Uint8Array, nowS: number): void {
  const block = new WordReader(bytes);
  switch (kind) {
    case blockKind.numbers:
      loadNumbers(memory, block);
      break;
    case blockKind.chunks:
    case blockKind.chunksOfFormat2:
      while (!block.atEnd) loadChunk(chunks, block, kind === blockKind.chunks);
      break;
    case blockKind.users:
    case blockKind.usersOfFormat1:
      while (!block.atEnd) loadUser(memory, block, kind === blockKind.users ? null : nowS);
      memory.settle();
      break;
    case blockKind.movements:
      loadMovements(memory, block);
      break;
    case blockKind.renames:
      loadRenames(memory, block);
      break;
    case blockKind.uniques:
      loadUniques(memory, block);
      break;
    default:
      throw new RangeError(`no block has the kind ${kind}`);
  }
}

function loadNumbers(memory: ProfileMemory, block: WordReader): void {
  const end = block.word();
  for (let left = block.word(); left > 0; left--) {
    const number = block.word();
    const segment = block.word();
    memory.segments.define(number, segment, block.word() === 1);
  }
  memory.segments.reserve(end - 1);
}

/** @param withChanges false: as older versions wrote it */
function loadChunk(chunks: ChunkOutcomes, block: WordReader, withChanges: boolean): void {
  const job = block.word();
  const sequence = block.word();
  const flags = block.word();
  const outcomes = (flags & chunkFlag.allApplied) === 0 ? block.bytes().slice() : block.word();
  const changes = withChanges ? { added: block.word(), refreshed: block.word(), removed: block.word(), missing: block.word() } : noChanges;
  const before = (flags & chunkFlag.before) === 0 ? null : (block.words(block.word()).slice() as Uint32Array as PackedBefore);
  chunks.set(job, sequence, { outcomes, changes, before });
}

function loadMovements({ segments }: ProfileMemory, block: WordReader): void {
  const pairs = (): (readonly [number, number])[] => Array.from({ length: block.word() }, () => [known(), block.word()] as const);
  const known = (): number => {
    const number = block.word();
    if (!segments.isKnown(number)) throw new RangeError(`nothing has the number ${number}`);
    return number;
  };
  segments.replacements.load(pairs(), pairs());
  while (!block.atEnd) segments.addHistory(known(), block.word(), [block.word() | 0, block.word() | 0, block.word() | 0]);
}

/** @param countedAtS null: users have their ordinals, memberships their counted bit */
function loadUser(memory: ProfileMemory, block: WordReader, countedAtS: number | null): void {
  const place = countedAtS === null ? block.word() : 0;
  const day = countedAtS === null ? block.word() : 0;
  const optedOut = block.word() === 1;
  const length = block.word();
  const start = block.skipBytes(length);
  const first = memory.addUnseenName(block.allBytes, start, start + length);
  if (first === 0) throw comesTwice();
  const user = memory.addUser(first, optedOut, place);
  for (let left = block.word(); left > 0; left--) {
    const data = { linkedAtS: block.word(), expiresAtS: block.word(), linkedBy: block.word() };
    const linkLength = block.word();
    const at = block.skipBytes(linkLength);
    if (!memory.addUnseenLink(block.allBytes, at, at + linkLength, user, data)) throw comesTwice();
  }
  const count = block.word();
  if (count > mostMembershipsPerProfile) throw new RangeError('a profile is too large');
  takeMemberships(memory, user, block.allWords, block.skipWords(count * membershipWords), count, countedAtS);
  loadNoted(memory, user, day);
}

const comesTwice = (): RangeError => new RangeError('an identifier comes twice');

/** Ordinals between those of loaded users, unless a set may still hold them: to be called once, after the last block. */
export function freeUnusedOrdinals({ users, uniques }: ProfileMemory): void {
  const waiting = new Set(uniques.renamed());
  for (let user = users.end - 1; user > 0; user--) if (users.get(user, userField.firstName) === 0 && !waiting.has(user)) users.free(user);
}
