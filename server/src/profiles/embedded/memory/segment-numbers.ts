import type { FlipLog } from '../audience/flip-log.ts';
import type { Uniques } from '../uniques/uniques.ts';
import { RecordArena } from './record-arena.ts';
import { Replacements } from './replacements.ts';
import { dayOf, movementField, SegmentHistory, type MovementField } from './segment-history.ts';

const segmentField = 0;
const stateField = 1;
const countField = 2;
/** The segment again, while the number is live; else 0: one read tells a reader both. */
const visibleField = 3;
/** 1 where the audience index wants to be told of each change of the count. Its reader writes this word, and no other. */
const watchedField = 4;
/** Today's movements stand behind this word, in the order of `movementField`. */
const movementsAt = 4;

export const segmentRecordWords = 8;

const cacheMask = 0xfff;

const reasons = Object.values(movementField);

const dead = 0;
const live = 1;
const staged = 2;

/**
 * The engine's own numbers for segments, from 1 up, never used twice. A membership carries the number, so that replacing or
 * dropping a segment is one change here: memberships of a dead number are invisible at once and swept later. Each number has
 * the count of its memberships that were live when last looked at, and what moved that count today, by its reason; earlier days
 * are in the history.
 */
export class SegmentNumbers {
  readonly #records: RecordArena;
  readonly #flips: FlipLog;
  readonly #uniques: Uniques;
  readonly #liveBySegment = new Map<number, number>();
  readonly #stagedBySegment = new Map<number, number>();
  /** Answers of `numberOf`, by the segment's low bits: asked for each operation, and a Map is several times slower. */
  readonly #cachedSegments = new Uint32Array(cacheMask + 1);
  readonly #cachedNumbers = new Uint32Array(cacheMask + 1);
  readonly #history = new SegmentHistory();
  readonly replacements = new Replacements();
  #today = 0;
  /** Told when a segment gets another live number; 0: none. */
  onNumber: ((segment: number, number: number) => void) | null = null;

  constructor(flips: FlipLog, uniques: Uniques, records = new RecordArena(segmentRecordWords)) {
    this.#flips = flips;
    this.#uniques = uniques;
    this.#records = records;
  }

  get segmentCount(): number {
    return this.#liveBySegment.size;
  }
  /** One behind the highest number. */
  get end(): number {
    return this.#records.end;
  }
  get memoryBytes(): number {
    return this.#records.memoryBytes + (this.#liveBySegment.size + this.#stagedBySegment.size) * 40 + this.#history.memoryBytes;
  }

  /** The live number of a segment, or 0. */
  numberOf(segment: number): number {
    const at = segment & cacheMask;
    if (this.#cachedSegments[at] === segment) return this.#cachedNumbers[at] as number;
    const number = this.#liveBySegment.get(segment) ?? 0;
    this.#cachedSegments[at] = segment;
    this.#cachedNumbers[at] = number;
    return number;
  }
  /** The number that a segment's stage fills, or 0. */
  stageOf(segment: number): number {
    return this.#stagedBySegment.get(segment) ?? 0;
  }
  segmentOf(number: number): number {
    return this.#records.get(number, segmentField);
  }
  /** Was this number ever given out? */
  isKnown(number: number): boolean {
    return number > 0 && number < this.#records.end;
  }
  /** The segment of a live number; 0 for any other. */
  visibleSegmentOf(number: number): number {
    return this.#records.get(number, visibleField);
  }
  isLive(number: number): boolean {
    return this.#records.get(number, stateField) === live;
  }
  isStaged(number: number): boolean {
    return number > 0 && number < this.#records.end && this.#records.get(number, stateField) === staged;
  }
  isDead(number: number): boolean {
    return this.#records.get(number, stateField) === dead;
  }
  countOf(number: number): number {
    return this.#records.get(number, countField);
  }
  /** A membership of this user became counted, or (false) does not count any more. After the membership's words were written. */
  changeCount(number: number, user: number, counted: boolean): void {
    const words = this.#records.chunkOf(number);
    const at = this.#records.offsetOf(number);
    words[at + countField] = (words[at + countField] as number) + (counted ? 1 : -1);
    if (words[at + watchedField] !== 0) this.#flips.add(user, number, counted);
  }
  /** The same where users come or go today: `reason` counts too. */
  moveCount(number: number, user: number, counted: boolean, reason: MovementField): void {
    const words = this.#records.chunkOf(number);
    const at = this.#records.offsetOf(number);
    words[at + countField] = (words[at + countField] as number) + (counted ? 1 : -1);
    words[at + movementsAt + reason] = (words[at + movementsAt + reason] as number) + 1;
    if (words[at + watchedField] !== 0) this.#flips.add(user, number, counted);
  }
  watch(number: number, on: boolean): void {
    Atomics.store(this.#records.chunkOf(number), this.#records.offsetOf(number) + watchedField, on ? 1 : 0);
  }

  /** To be called before a change of another day. */
  startDay(nowS: number): void {
    const day = dayOf(nowS);
    if (day === this.#today) return;
    for (let number = 1; number < this.end; number++) this.#endDay(number);
    this.#today = day;
    this.#uniques.startDay(nowS);
  }

  /** Something happened on a day, to a user of a number that may have been replaced since. What is no segment's has no history. */
  move(number: number, reason: MovementField, atS: number, by: number): void {
    const heir = this.replacements.lastHeirOf(number);
    if (this.isLive(heir)) this.#history.add(heir, dayOf(atS), reason, by);
  }

  /** How many users came, went or ended on a UTC day. */
  movementOf(number: number, day: number, reason: MovementField): number {
    const past = this.#history.row(number, day)[reason] as number;
    return day === this.#today ? past + this.#records.get(number, movementsAt + reason) : past;
  }

  /** All movements of this moment; later ones do not show. Today's are given to the history for it. */
  cutHistory(): readonly (readonly [number, Int32Array])[] {
    for (let number = 1; number < this.end; number++) this.#endDay(number);
    return this.#history.cut();
  }

  /** Loads a row of a history. */
  addHistory(number: number, day: number, row: readonly [number, number, number]): void {
    for (const [i, by] of row.entries()) if (by !== 0) this.#history.add(number, day, (i + 1) as MovementField, by);
  }

  /** A live number for a segment that has none. */
  open(segment: number): number {
    const number = this.#records.allocate();
    this.define(number, segment, false);
    return number;
  }

  /** A number for the next members of a segment; an earlier stage of it dies. */
  stage(segment: number): number {
    const number = this.#records.allocate();
    this.define(number, segment, true);
    return number;
  }

  /** Makes a number that the log or a snapshot names. */
  define(number: number, segment: number, asStage: boolean): void {
    this.reserve(number);
    const byNumber = asStage ? this.#stagedBySegment : this.#liveBySegment;
    const before = byNumber.get(segment);
    if (before !== undefined && before !== number) this.#kill(before);
    byNumber.set(segment, number);
    if (!asStage) this.#liveChanged(segment, number);
    this.#records.set(number, segmentField, segment);
    this.#records.set(number, stateField, asStage ? staged : live);
    this.#records.set(number, visibleField, asStage ? 0 : segment);
  }

  /** Numbers up to this one are in use or were. */
  reserve(number: number): void {
    while (this.#records.end <= number) this.#records.allocate();
  }

  /** The staged number becomes the segment's; the one before it dies. */
  commit(number: number, atS: number): void {
    const segment = this.segmentOf(number);
    const before = this.#liveBySegment.get(segment) ?? 0;
    this.replacements.set(before, number, atS);
    // What happened in the stage was in nobody's sight.
    this.#forgetMovements(number);
    if (before !== 0) {
      this.#endDay(before);
      this.#history.move(before, number);
      this.#uniques.move(before, number);
      this.#history.add(number, dayOf(atS), movementField.removed, this.countOf(before));
    }
    this.#history.add(number, dayOf(atS), movementField.added, this.countOf(number));
    this.#stagedBySegment.delete(segment);
    this.define(number, segment, false);
  }

  abort(number: number): void {
    this.#stagedBySegment.delete(this.segmentOf(number));
    this.#kill(number);
  }

  /** The segment has no number any more, and no stage. */
  drop(segment: number): void {
    const liveNumber = this.#liveBySegment.get(segment);
    const stagedNumber = this.#stagedBySegment.get(segment);
    if (liveNumber !== undefined) {
      this.#kill(liveNumber);
      this.#liveChanged(segment, 0);
    }
    if (stagedNumber !== undefined) this.#kill(stagedNumber);
    this.#liveBySegment.delete(segment);
    this.#stagedBySegment.delete(segment);
  }

  /** Reader in another thread: what `onNumber` told. */
  learn(segment: number, number: number): void {
    if (number === 0) this.#liveBySegment.delete(segment);
    else this.#liveBySegment.set(segment, number);
    this.#cachedSegments[segment & cacheMask] = 0;
  }

  /** All numbers in use. */
  *all(): Generator<{ readonly number: number; readonly segment: number; readonly staged: boolean }> {
    for (const [segment, number] of this.#liveBySegment) yield { number, segment, staged: false };
    for (const [segment, number] of this.#stagedBySegment) yield { number, segment, staged: true };
  }

  #liveChanged(segment: number, number: number): void {
    this.#cachedSegments[segment & cacheMask] = 0;
    this.onNumber?.(segment, number);
  }

  /** What happened today goes into the history. */
  #endDay(number: number): void {
    if (!this.isLive(number)) return;
    const words = this.#records.chunkOf(number);
    const at = this.#records.offsetOf(number) + movementsAt;
    for (const reason of reasons) {
      if (words[at + reason] !== 0) this.#history.add(number, this.#today, reason, words[at + reason] as number);
      words[at + reason] = 0;
    }
  }

  #forgetMovements(number: number): void {
    for (const reason of reasons) this.#records.set(number, movementsAt + reason, 0);
    this.#history.forget(number);
  }

  #kill(number: number): void {
    this.#forgetMovements(number);
    this.#uniques.forget(number);
    this.#records.set(number, stateField, dead);
    this.#records.set(number, visibleField, 0);
    this.#records.set(number, countField, 0);
  }
}
