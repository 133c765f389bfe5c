import type { SegmentId } from '../../../kit/ids.ts';
import type { ScanPage } from '../../profile-store.ts';
import { ScanPageBuilder } from '../../scan-page.ts';
import { addedAtWord, lifetimeWord, sourceWord, valueMask, valueWord } from '../memory/membership-slabs.ts';
import { type AudienceSet, bitmapWords, chunkShift } from './audience-set.ts';
import { blocksPerChunk } from './plan-evaluation.ts';
import { liveMembershipAt } from './plan-walk.ts';
import { blockShift, usersPerBlock } from '../memory/user-blocks.ts';
import type { BlockCollector, BlockReader, UserBlock } from './block-reader.ts';

/** A page has so many users at most, and looks at so many profiles at most that its segment may not have: about 3 ms each. */
const mostUsersPerPage = 1 << 14;
const mostProfilesRead = 1 << 15;

/** Where nobody knows how many users a page will have. */
const roomAtFirst = 1024;

export interface ScanQuestion {
  readonly segment: SegmentId;
  /** The segment's live number. */
  readonly number: number;
  /** The ordinal to begin with; null: the first. */
  readonly cursor: number | null;
  readonly limit: number;
  readonly nowS: number;
}

/**
 * `ProfileStore.scan`: the live users of a segment by ordinal, which no write changes; so the cursor is the next ordinal to look
 * at. With the segment's set (up to date with all flips) only its users' profiles are read, and those of due blocks, where
 * somebody may have come or gone since; without it all profiles are.
 */
export function scanSegment(reader: BlockReader, set: AudienceSet | null, question: ScanQuestion): ScanPage {
  const { cursor, limit, nowS } = question;
  const most = Math.min(limit, mostUsersPerPage);
  const page = new PageCollector(reader, question, most, set?.cardinality ?? roomAtFirst);
  const bitmap = new Uint32Array(set === null ? 0 : bitmapWords);
  const end = reader.userEnd;
  let user = cursor ?? 1;
  let bitmapOf = -1;
  for (let read = 0; user < end && page.taken < most && read < mostProfilesRead;) {
    const block = user >>> blockShift;
    if (set === null || reader.isDue(block, nowS)) {
      page.wanted(-1, -1);
      read += usersPerBlock;
    } else {
      const chunk = user >>> chunkShift;
      if (chunk !== bitmapOf) set.copyInto(chunk, bitmap);
      bitmapOf = chunk;
      const at = (block & (blocksPerChunk - 1)) * 2;
      page.wanted(bitmap[at] as number, bitmap[at + 1] as number);
    }
    user = page.isWanted ? page.readFrom(user) : (block + 1) << blockShift;
  }
  return page.page(user < end ? user : null);
}

class PageCollector implements BlockCollector {
  readonly #reader: BlockReader;
  readonly #question: ScanQuestion;
  readonly #most: number;
  readonly #page: ScanPageBuilder;
  #low = 0;
  #high = 0;
  #from = 0;
  #next = 0;
  /** Users of the page after the last visit that is over. */
  taken = 0;

  constructor(reader: BlockReader, question: ScanQuestion, most: number, room: number) {
    this.#reader = reader;
    this.#question = question;
    this.#most = most;
    this.#page = new ScanPageBuilder(question.segment, Math.min(most, room));
  }

  get isWanted(): boolean {
    return (this.#low | this.#high) !== 0;
  }

  /** Whom of the next block to look at, one bit each. */
  wanted(low: number, high: number): void {
    this.#low = low;
    this.#high = high;
  }

  /** Reads the block of this user from it on. Answers the next user to look at. */
  readFrom(user: number): number {
    this.#from = user;
    this.#reader.visit(user >>> blockShift, this, this.#low, this.#high);
    this.taken = this.#page.count;
    return this.#next;
  }

  collect(block: UserBlock): void {
    const page = this.#page;
    const reader = this.#reader;
    const { number, nowS } = this.#question;
    const { firstUser, size } = block;
    page.rewind(this.taken);
    for (let i = this.#from - firstUser; i < size; i++) {
      if ((((i < 32 ? this.#low : this.#high) >>> (i & 31)) & 1) === 0) continue;
      if (page.count === this.#most) {
        this.#next = firstUser + i;
        return;
      }
      const at = liveMembershipAt(block, i, number, nowS);
      if (at < 0) continue;
      const words = block.words[i] as Uint32Array;
      page.add(
        reader.copyKeyOf(firstUser + i, page.keys, page.keyEnd),
        (words[at + valueWord] as number) & valueMask,
        words[at + addedAtWord] as number,
        words[at + lifetimeWord] as number,
        words[at + sourceWord] as number,
      );
    }
    this.#next = firstUser + usersPerBlock;
  }

  page(next: number | null): ScanPage {
    return this.#page.page(next);
  }
}
