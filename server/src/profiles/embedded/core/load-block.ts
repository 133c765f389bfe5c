import { membershipWords, mostMembershipsPerProfile } from '../memory/membership-slabs.ts';
import type { ProfileMemory } from '../memory/profile-memory.ts';
import type { ChunkOutcomes } from './chunk-outcomes.ts';
import { takeMemberships } from './membership-changes.ts';
import { blockKind } from './snapshot-cut.ts';
import { WordReader } from './word-reader.ts';

/** Takes in a block of a snapshot. Throws on anything that cannot be: the block is damaged then. */
export function loadBlock(memory: ProfileMemory, chunks: ChunkOutcomes, kind: number, bytes: Uint8Array, nowS: number): void {
  const block = new WordReader(bytes);
  switch (kind) {
    case blockKind.numbers:
      loadNumbers(memory, block);
      break;
    case blockKind.chunks:
      while (!block.atEnd) {
        const job = block.word();
        const sequence = block.word();
        chunks.set(job, sequence, block.word() === 1 ? block.word() : block.bytes().slice());
      }
      break;
    case blockKind.users:
    case blockKind.usersOfFormat1:
      while (!block.atEnd) loadUser(memory, block, kind === blockKind.users ? null : nowS);
      memory.settle();
      break;
    case blockKind.movements:
      loadMovements(memory, block);
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

/** @param countedAtS null: memberships have their counted bit */
function loadUser(memory: ProfileMemory, block: WordReader, countedAtS: number | null): void {
  const optedOut = block.word() === 1;
  const user = memory.addUser(newName(memory, block), optedOut);
  for (let left = block.word(); left > 0; left--) {
    const data = { linkedAtS: block.word(), expiresAtS: block.word(), linkedBy: block.word() };
    memory.attach(newName(memory, block), user, data);
  }
  const count = block.word();
  if (count > mostMembershipsPerProfile) throw new RangeError('a profile is too large');
  takeMemberships(memory, user, block.allWords, block.skipWords(count * membershipWords), count, countedAtS);
}

function newName(memory: ProfileMemory, block: WordReader): number {
  const length = block.word();
  const start = block.skipBytes(length);
  const name = memory.addUnseenName(block.allBytes, start, start + length);
  if (name === 0) throw new RangeError('an identifier comes twice');
  return name;
}
