import { ChunkArena } from '../audience/chunk-arena.ts';
import { dayOf, daysOfHistory, secondsPerDay } from '../memory/segment-history.ts';
import { DayUsers, type Rename, type UserCount } from './day-users.ts';
import { Settling } from './settling.ts';
import { sketchRegisters, type UserSketch } from './user-sketch.ts';

/** Looking at every set costs more than putting a few users into them. */
const measureEveryBytes = 2 ** 20;
const nobody: UserCount = { users: 0, approximate: false };

/** Is the addition of a user to a number on this day noted in the membership itself? */
export type IsNoted = (number: number, day: number, user: number) => boolean;

/**
 * Who was added to a segment on a UTC day, refreshes included (additions.md section 9), by the engine's number: for this month and the
 * last the set of user ordinals, before that how many they were.
 *
 * An addition is noted in its membership (core/noted-additions.ts) and counted here; only where the membership goes, or the user's
 * next day begins, the user comes into the set. So a set and what is noted have nobody in common, the count of a day is the sum of
 * both, and an addition costs the look at a bit that is at hand.
 *
 * Merged and erased users are renamed in all sets by a background step; until then counts reckon with it, and their ordinals are
 * not used again. Beyond `limitBytes` the largest sets become sketches.
 *
 * A snapshot is written from these sets while they change. That is exact nevertheless: whatever comes into or leaves a set after the
 * cut does so again by the log. So while one is written nothing else happens to them: no rename that came after the cut, no sketch.
 */
export class Uniques {
  limitBytes = Number.POSITIVE_INFINITY;
  readonly #isNoted: IsNoted;
  readonly #arena = new ChunkArena();
  readonly #byNumber = new Map<number, Map<number, DayUsers>>();
  /** The present day: that of the latest change. It never goes back. */
  #day = 0;
  /** How many additions of the present day are noted, by number. */
  #noted = new Int32Array(1024);
  /** 1: the number has a set or a sketch for the present day. */
  #hasUsers = new Uint8Array(1024);
  readonly #settling = new Settling();
  /** Additions of earlier days are noted still. */
  #unsettled = false;
  /** Bytes beside the arena's, and what the arena had in use, when they were measured. */
  #ownBytes = 0;
  #measuredAtBytes = 0;
  #erasures = 0;
  /** Made in some sets and not in all. */
  #renaming: Rename[] = [];
  #renames: Rename[] = [];
  #toRename: number[] = [];
  /** A snapshot is being written. */
  #held = false;
  /** Numbers that got another one's sets since it began. */
  readonly #moved = new Set<number>();

  constructor(isNoted: IsNoted) {
    this.#isNoted = isNoted;
  }

  get memoryBytes(): number {
    const byNumber = this.#noted.byteLength + this.#hasUsers.byteLength + this.#byNumber.size * 200;
    return this.#arena.memoryBytes + this.#ownBytes + this.#settling.memoryBytes + byNumber;
  }
  get day(): number {
    return this.#day;
  }
  /** Must every user be looked at, because additions of earlier days are noted still? */
  get isUnsettled(): boolean {
    return this.#unsettled;
  }

  /** To be called before a change of another day. */
  startDay(nowS: number): void {
    const day = dayOf(nowS);
    if (day <= this.#day) return;
    this.#endSettling();
    for (let number = 1; number < this.#noted.length; number++) {
      const noted = this.#noted[number] as number;
      if (noted === 0) continue;
      this.#usersOf(number, this.#day).noted += noted;
      this.#unsettled = true;
    }
    this.#day = day;
    this.#noted.fill(0);
    this.#hasUsers.fill(0);
    const firstOfSets = firstDayOfLastMonth(day);
    for (const [number, days] of this.#byNumber) {
      for (const [past, users] of days) {
        if (past <= day - daysOfHistory) {
          users.clear();
          days.delete(past);
        } else if (past < firstOfSets) users.toCount(this.#waitingRenames(), (user) => this.#isNoted(number, past, user));
      }
    }
    this.#openDay();
    this.#measure();
  }

  /** An addition of today that its membership does not note yet. True: the membership is to note it. */
  note(number: number, user: number): boolean {
    if (number >= this.#noted.length) this.#grow(number);
    if (this.#hasUsers[number] === 1) {
      const users = this.#usersOf(number, this.#day);
      // A sketch gives nobody back: who may be in it is told to it and not noted.
      if (users.sketch !== null) {
        users.add(user);
        return false;
      }
      users.remove(user);
    }
    this.#noted[number] = (this.#noted[number] as number) + 1;
    return true;
  }

  /** A membership that notes an addition of `day` does so no more: the user comes into the set, unless another one notes it. */
  unnote(number: number, day: number, user: number, isNotedElsewhere = false): void {
    const users = this.#usersOf(number, day);
    if (day === this.#day) {
      if (number >= this.#noted.length) this.#grow(number);
      this.#noted[number] = (this.#noted[number] as number) - 1;
      this.#hasUsers[number] = 1;
    } else users.noted -= 1;
    if (!isNotedElsewhere) users.add(user);
    this.#measureSometimes();
  }

  /** The same for an addition of a past day, of which many follow each other. */
  settle(number: number, day: number, user: number): void {
    if (day !== this.#settling.day || this.#settling.isFull) this.#endSettling();
    this.#settling.day = day;
    if (number >= this.#noted.length) this.#grow(number);
    this.#settling.add(number, user);
  }

  /** A pass has looked at every user since the day was this one. */
  settled(day: number): void {
    this.#endSettling();
    if (day === this.#day) this.#unsettled = false;
    this.#measure();
  }

  /** `from` is `into` from now on; 0: nobody, it was erased. Its ordinal must not be used before `step` gives it back. */
  rename(from: number, into: number): void {
    const erasure = into === 0 ? ++this.#erasures : 0;
    this.#renames.push({ from, into, erasure });
  }

  /** Renames in sets for as long as `mayGoOn` says. True when all is done: `free` was told the ordinals that can be used again. */
  step(mayGoOn: () => boolean, free: (user: number) => void): boolean {
    if (this.#renaming.length === 0) {
      if (this.#renames.length === 0 || this.#held) return true;
      this.#endSettling();
      [this.#renaming, this.#renames] = [this.#renames, []];
      this.#toRename = [...this.#byNumber.keys()];
    }
    for (let number = this.#toRename.pop(); number !== undefined; number = this.#toRename.pop()) {
      this.#renameIn(number);
      if (!mayGoOn()) return false;
    }
    // A snapshot that began meanwhile says that these wait.
    if (this.#held) return true;
    for (const { from } of this.#renaming) free(from);
    this.#renaming = [];
    return true;
  }

  count(number: number, day: number): UserCount {
    this.#endSettling();
    const users = this.#byNumber.get(number)?.get(day);
    const noted = day === this.#day ? (this.#noted[number] ?? 0) : 0;
    const { users: others, approximate } = users?.count(this.#waitingRenames(), (user) => this.#isNoted(number, day, user)) ?? nobody;
    return { users: others + noted, approximate };
  }

  /** A segment has another number. */
  move(from: number, into: number): void {
    this.#endSettling();
    if (Math.max(from, into) >= this.#noted.length) this.#grow(Math.max(from, into));
    this.#noted[into] = (this.#noted[into] as number) + (this.#noted[from] as number);
    this.#noted[from] = 0;
    const days = this.#byNumber.get(from);
    if (days === undefined) return;
    // What waits in one of both only would be lost for the other.
    this.#renameIn(from);
    this.#renameIn(into);
    if (this.#held) this.#moved.add(into);
    for (const [day, users] of days) this.#usersOf(into, day).takeAll(users, (user) => this.#isNoted(into, day, user));
    this.#byNumber.delete(from);
    this.#hasUsers[from] = 0;
    this.#hasUsers[into] = this.#byNumber.get(into)?.has(this.#day) === true ? 1 : 0;
  }

  /** Nobody asks for a number any more. */
  forget(number: number): void {
    this.#endSettling();
    for (const users of this.#byNumber.get(number)?.values() ?? []) users.clear();
    this.#byNumber.delete(number);
    if (number >= this.#noted.length) return;
    this.#noted[number] = 0;
    this.#hasUsers[number] = 0;
  }

  /** Of a cut. */
  hold(): { readonly erasures: number; readonly renames: readonly Rename[] } {
    this.#endSettling();
    this.#held = true;
    this.#moved.clear();
    this.#forEachSketch((sketch) => sketch.hold());
    return { erasures: this.#erasures, renames: [...this.#waitingRenames()] };
  }
  /** The snapshot is written. */
  release(): void {
    this.#held = false;
    this.#forEachSketch((sketch) => sketch.release());
  }

  /** Numbers and their days, as they are now; what is noted is not in them. */
  all(): ReadonlyMap<number, ReadonlyMap<number, DayUsers>> {
    this.#endSettling();
    return this.#byNumber;
  }
  /** Numbers that got another one's sets since `hold` or the last call: who had been written may have been written without these. */
  takeMoved(): number[] {
    const moved = [...this.#moved];
    this.#moved.clear();
    return moved;
  }
  /** Ordinals that are not given back yet. */
  renamed(): readonly number[] {
    return this.#waitingRenames().map(({ from }) => from);
  }

  loadRenames(erasures: number, renames: readonly Rename[]): void {
    this.#erasures = erasures;
    this.#renames = [...renames];
  }
  /** A membership was loaded that notes an addition of `day`. */
  loadNoted(number: number, day: number): void {
    this.#usersOf(number, day).noted += 1;
    this.#day = Math.max(this.#day, day);
  }
  /**
   * After what is noted. Users whose memberships note it are left out of a set: after the cut they may have come into it, which need not
   * be in the log where only the day had changed.
   */
  loadDay(number: number, day: number, make: (arena: ChunkArena, isNoted: (user: number) => boolean) => DayUsers): void {
    const noted = this.#byNumber.get(number)?.get(day)?.noted ?? 0;
    const users = make(this.#arena, (user) => noted > 0 && this.#isNoted(number, day, user));
    users.noted = noted;
    this.#daysOf(number).set(day, users);
  }
  /** Everything is loaded: the present day goes on. */
  resume(): void {
    for (const days of this.#byNumber.values()) for (const [day, users] of days) this.#unsettled ||= users.noted > 0 && day !== this.#day;
    this.#openDay();
    this.#measure();
  }

  #openDay(): void {
    for (const [number, days] of this.#byNumber) {
      const users = days.get(this.#day);
      if (users === undefined) continue;
      if (number >= this.#noted.length) this.#grow(number);
      this.#hasUsers[number] = 1;
      this.#noted[number] = users.noted;
      users.noted = 0;
    }
  }

  #forEachSketch(each: (sketch: UserSketch) => void): void {
    for (const days of this.#byNumber.values()) for (const { sketch } of days.values()) if (sketch !== null) each(sketch);
  }

  /** Before anybody looks at sets of past days. */
  #endSettling(): void {
    const settling = this.#settling;
    if (settling.isEmpty) return;
    settling.takeAll(this.#noted.length, (number, settled) => {
      const users = this.#usersOf(number, settling.day);
      users.noted -= settled.length;
      for (const user of settled) users.add(user);
    });
    this.#measureSometimes();
  }

  #waitingRenames(): readonly Rename[] {
    return this.#renaming.length === 0 ? this.#renames : [...this.#renaming, ...this.#renames];
  }

  #renameIn(number: number): void {
    if (this.#renaming.length === 0) return;
    for (const [day, users] of this.#byNumber.get(number) ?? [])
      for (const rename of this.#renaming) users.rename(rename, (user) => this.#isNoted(number, day, user));
  }

  #usersOf(number: number, day: number): DayUsers {
    const days = this.#daysOf(number);
    let users = days.get(day);
    if (users === undefined) days.set(day, (users = new DayUsers(this.#arena)));
    return users;
  }

  #daysOf(number: number): Map<number, DayUsers> {
    let days = this.#byNumber.get(number);
    if (days === undefined) this.#byNumber.set(number, (days = new Map()));
    return days;
  }

  #grow(number: number): void {
    const length = 2 ** Math.ceil(Math.log2(number + 1));
    const [noted, hasUsers] = [new Int32Array(length), new Uint8Array(length)];
    noted.set(this.#noted);
    hasUsers.set(this.#hasUsers);
    [this.#noted, this.#hasUsers] = [noted, hasUsers];
  }

  #measureSometimes(): void {
    if (this.#arena.usedBytes - this.#measuredAtBytes > Math.min(measureEveryBytes, this.limitBytes / 16)) this.#measure();
  }

  #measure(): void {
    this.#ownBytes = 0;
    this.#measuredAtBytes = this.#arena.usedBytes;
    for (const days of this.#byNumber.values()) for (const users of days.values()) this.#ownBytes += users.ownBytes;
    if (!this.#held && this.#arena.usedBytes + this.#ownBytes > this.limitBytes) this.#shrink();
  }

  /** The largest sets become sketches; where none is larger than that, the oldest days become counts. */
  #shrink(): void {
    let bytes = this.#arena.usedBytes + this.#ownBytes;
    const wanted = this.limitBytes * 0.9;
    const sets = Array.from(this.#byNumber, ([number, days]) =>
      Array.from(days, ([day, users]) => ({ number, day, users, bytes: users.roomBytes + users.ownBytes })),
    )
      .flat()
      .filter(({ users }) => users.set !== null);
    for (const { users, bytes: size } of sets.toSorted((a, b) => b.bytes - a.bytes)) {
      if (bytes <= wanted || size <= sketchRegisters) break;
      users.toSketch();
      bytes -= size - sketchRegisters;
    }
    for (const { number, day, users, bytes: size } of sets.toSorted((a, b) => a.day - b.day)) {
      if (bytes <= wanted || day === this.#day) break;
      if (users.set === null) continue;
      users.toCount(this.#waitingRenames(), (user) => this.#isNoted(number, day, user));
      bytes -= size;
    }
  }
}

/** Before this day only counts are kept. */
function firstDayOfLastMonth(day: number): number {
  const date = new Date(day * secondsPerDay * 1000);
  return dayOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - 1, 1) / 1000);
}
