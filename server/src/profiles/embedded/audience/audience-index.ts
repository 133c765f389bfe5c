import type { ScanPage } from '../../profile-store.ts';
import { AudienceBuild, mostNumbersPerBuild } from './audience-build.ts';
import type { AudiencePlan } from './audience-plan.ts';
import { AudienceSet, chunkShift } from './audience-set.ts';
import { ChunkArena } from './chunk-arena.ts';
import { knownUsers, type FlipReader, type FlipSink } from './flip-log.ts';
import { PlanEvaluation } from './plan-evaluation.ts';
import type { BlockReader } from './block-reader.ts';
import { scanSegment, type ScanQuestion, setRangeOf } from './segment-scan.ts';

export interface AudienceLimits {
  /** Beyond so many bytes the sets that were asked for longest ago are dropped, once no question waits. */
  readonly memoryBytes: number;
  /** A set that nobody asks for is dropped after so long. */
  readonly idleMs: number;
}

interface HeldSet {
  readonly set: AudienceSet;
  /** False while it is being built. */
  ready: boolean;
  askedAtMs: number;
}

/**
 * Segment -> users, for the numbers that somebody asks for: built by scan on the first question, kept up by the flip log, dropped
 * when nobody asks any more. Only reads profile memory, so it can live in a thread of its own. Not told of anything else: that a
 * number died is seen from memory, that a segment has another number by whoever plans the question.
 *
 * Exact: a number is watched before its scan begins, and a flip is applied once the scan has passed its user. One that comes
 * earlier is dropped, because the scan will read what it speaks of; one that the scan has read already changes nothing, or is
 * followed by the flip that undid it. The last flip of a user and number always says what memory says.
 */
export class AudienceIndex implements FlipSink {
  readonly #reader: BlockReader;
  readonly #flips: FlipReader;
  readonly #limits: AudienceLimits;
  readonly #arena = new ChunkArena();
  /** By number. */
  #held: (HeldSet | undefined)[] = [];
  readonly #numbers = new Set<number>();
  /** Numbers that questions wait for and no build has taken. */
  readonly #wanted = new Set<number>();
  #build: AudienceBuild | null = null;
  #builds: number[] = [];

  constructor(reader: BlockReader, flips: FlipReader, limits: AudienceLimits) {
    this.#reader = reader;
    this.#flips = flips;
    this.#limits = limits;
  }

  /** Sets that are held or being built. */
  get setCount(): number {
    return this.#numbers.size;
  }
  get memoryBytes(): number {
    const chunks = (this.#reader.userEnd >>> chunkShift) + 1;
    return this.#arena.memoryBytes + this.#numbers.size * chunks * 8;
  }

  /** Are the sets of all these numbers ready? Those that are not will be made by `build`. */
  want(numbers: Iterable<number>, nowMs: number): boolean {
    let ready = true;
    for (const number of numbers) {
      const held = this.#held[number];
      if (held === undefined) this.#wanted.add(number);
      else held.askedAtMs = nowMs;
      ready &&= held?.ready === true;
    }
    return ready;
  }

  /** Builds what is wanted, until `mayGoOn` says no. True when all is built. Everything that is wanted at its beginning is one scan. */
  build(nowMs: number, mayGoOn: () => boolean): boolean {
    do {
      if (this.#build === null && !this.#beginBuild(nowMs)) return true;
      if (this.#build?.betweenChunks === true) this.drain();
      // Draining may have dropped all, the build too.
      if (this.#build?.step(mayGoOn) === true) this.#endBuild();
    } while (mayGoOn());
    return this.#build === null && this.#wanted.size === 0;
  }

  /** Takes what has been logged: now and then, so that the log does not overflow. In the middle of a chunk of a scan it waits. */
  drain(): void {
    if (this.#build !== null && !this.#build.betweenChunks) return;
    if (this.#flips.drain(this)) return;
    // Flips were lost. What questions wait for is built anew at once, the rest when it is asked for again.
    for (const number of this.#builds) this.#wanted.add(number);
    this.#dropAll();
  }

  flip(user: number, number: number, counted: boolean): void {
    const held = this.#held[number];
    if (held === undefined || (!held.ready && this.#build?.covers(user) !== true)) return;
    if (counted) held.set.add(user);
    else held.set.remove(user);
  }

  /** How many users the plan holds for; null where a set that it needs is not ready: `want` them. */
  evaluate({ root, numbers }: AudiencePlan, nowS: number): number | null {
    // Before the flips: a block that is not due any more by then has told its flips.
    const due = this.#reader.dueBlocks(nowS);
    this.#drainFully();
    for (const number of numbers) if (this.#held[number]?.ready !== true) return null;
    return new PlanEvaluation(this.#reader, root, (number) => (this.#held[number] as HeldSet).set, due, nowS).count();
  }

  /** A page of a segment: by its set where there is one, else by reading all profiles. */
  scan(question: ScanQuestion, nowMs: number): ScanPage {
    const held = this.#held[question.number];
    if (held?.ready !== true) return scanSegment(this.#reader, null, question);
    held.askedAtMs = nowMs;
    const range = setRangeOf(this.#reader, held.set, question);
    this.#drainFully();
    // Draining may have dropped it. Of a dead number nothing is logged any more: its set knows nothing of users that have gone since.
    const exact = this.#held[question.number] === held && !this.#reader.isDead(question.number);
    return scanSegment(this.#reader, exact ? range : null, question);
  }

  /** Drops the sets of dead numbers, those that nobody asked for in a while, and what is too much. Nothing while a question waits. */
  tidy(nowMs: number): void {
    if (this.#build !== null || this.#wanted.size > 0) return;
    const { idleMs, memoryBytes } = this.#limits;
    for (const number of this.#numbers) {
      const idle = nowMs - (this.#held[number] as HeldSet).askedAtMs >= idleMs;
      if (idle || (number !== knownUsers && this.#reader.isDead(number))) this.#drop(number);
    }
    if (this.memoryBytes <= memoryBytes) return;
    const askedAtMs = (number: number): number => (this.#held[number] as HeldSet).askedAtMs;
    for (const number of [...this.#numbers].sort((a, b) => askedAtMs(a) - askedAtMs(b))) {
      if (this.memoryBytes <= memoryBytes) return;
      this.#drop(number);
    }
  }

  /** Takes all that was logged, in the middle of a scan too. */
  #drainFully(): void {
    while (this.#build !== null && !this.#build.betweenChunks) if (this.#build.step(() => true)) this.#endBuild();
    this.drain();
  }

  #beginBuild(nowMs: number): boolean {
    const sets = new Map<number, AudienceSet>();
    for (const number of this.#wanted) {
      if (sets.size === mostNumbersPerBuild) break;
      this.#wanted.delete(number);
      if (this.#held[number] !== undefined || (number !== knownUsers && this.#reader.isDead(number))) continue;
      const set = new AudienceSet(this.#arena);
      sets.set(number, set);
      this.#held[number] = { set, ready: false, askedAtMs: nowMs };
      this.#numbers.add(number);
      // Before the scan begins, and before old flips of this number that may still be in the log are taken and dropped.
      this.#reader.watch(number, true);
    }
    if (sets.size === 0) return false;
    this.#builds = [...sets.keys()];
    this.#build = new AudienceBuild(this.#reader, sets);
    return true;
  }

  #endBuild(): void {
    for (const number of this.#builds) (this.#held[number] as HeldSet).ready = true;
    this.#builds = [];
    this.#build = null;
  }

  #dropAll(): void {
    this.#build = null;
    this.#builds = [];
    for (const number of this.#numbers) this.#drop(number);
  }

  #drop(number: number): void {
    this.#reader.watch(number, false);
    this.#held[number]?.set.clear();
    this.#held[number] = undefined;
    this.#numbers.delete(number);
  }
}
