import type { MemberId, SegmentId } from '../kit/ids.ts';
import type { Identifier } from './identifier.ts';
import type { OperationBatch } from './operation-batch.ts';
import type { RestoreBatch } from './restore-batch.ts';

/** Embedded reads are synchronous; an engine across a network answers a promise. Callers on hot paths test with `instanceof Promise`. */
export type Awaitable<T> = T | Promise<T>;

/** Who put a membership there. `job` is the batch or exchange job's number, 0 where there is none (0 to 2^28-1). */
export interface Source {
  readonly kind: SourceKind;
  readonly job: number;
}
export type SourceKind = 'pixel' | 'instant' | 'batch' | 'share';

/** What is known of whom an identifier names; `unknown` stands for everything of which `Profile.known` is false but for opt-outs. */
export type Standing = 'unknown' | 'known' | 'opted-out';

/** One live membership. Live means: added_at <= now < added_at + lifetime. */
export interface Membership {
  readonly segment: SegmentId;
  /** 0 to 2147483647. */
  readonly value: number;
  /** Unix seconds. */
  readonly addedAtS: number;
  /** Minutes from addedAtS; null never ends. */
  readonly lifetimeMinutes: number | null;
  readonly source: Source;
}

/** All live memberships of one user at the moment of reading, by segment id ascending. */
export interface Profile {
  /** Has an addition, a link or `see` named this user? False for a user that nobody has seen, that was forgotten or is opted out. */
  readonly known: boolean;
  readonly optedOut: boolean;
  /** The user id that the identifier is linked to; null for a user that has none (a device id on its own). */
  readonly userId: bigint | null;
  /** Whom the identifier names: the user's first identifier, its user id where it has one. The identifier itself where it hangs on nobody. */
  readonly first: Identifier;
  /** When the mapping that the identifier stands on ends (Unix seconds); null: never, or no mapping. */
  readonly mappedUntilS: number | null;
  readonly memberships: readonly Membership[];
}

/**
 * What became of one operation of a batch, one byte each:
 * - applied: the membership was added, refreshed or (for a removal) is gone. Removing what is not there is applied too.
 * - opted-out: the user is opted out; nothing was written.
 * - unmapped: an external id without a live mapping; nothing was written.
 * - unknown-user: `knownUsersOnly` was asked and nobody has seen this user; nothing was written.
 * - full: a limit of the store refuses it (memory: no new users; or the profile holds its maximum of memberships).
 * - over-limit: it was withdrawn from the batch (`OperationBatch.withdraw`), because a rule of the writer's refused it (`WriteLimits`).
 * - newer: of `restore` alone: something came after what is to be taken back, and stays.
 *
 * The codes are stored: never change one, only add.
 */
export const outcomeCodes = { applied: 0, 'opted-out': 1, unmapped: 2, 'unknown-user': 3, full: 4, 'over-limit': 5, newer: 6 } as const;
export type Outcome = keyof typeof outcomeCodes;

export interface ApplyOptions {
  readonly source: Source;
  /**
   * Makes the batch exactly-once over a crash: the pair (job, sequence) is written in the same log record, applying it again
   * changes nothing and answers what is stored: outcomes and changes are those of the first time, and so is their number, whatever
   * the repeated batch holds. Kept until `forgetChunks(job)`.
   */
  readonly chunk?: ChunkId;
  /** Operations on the staged segment go to the stage, all others as usual. */
  readonly stage?: StageId;
  /** Create no users (`require_known_users`, ingest.md section 4.8). */
  readonly knownUsersOnly?: boolean;
  /** Where the store makes no new users and the batch would need one: apply nothing at all, instead of all but those users. */
  readonly wholeOrFull?: boolean;
  /**
   * Answer what was there before (`ApplyResult.before`). With a chunk it is stored too, and answered again to a repetition that
   * asks for it, until it is told by `beforeKeptUpTo` or `forgetChunks` that nobody needs it any more.
   */
  readonly before?: true;
  /**
   * With a chunk: the caller has on its disk what was there before this job's chunks up to this sequence; the store forgets it. It takes
   * effect with the chunk, in the same log record; a repeated chunk changes nothing, so name it again with the next one. After a
   * job's last chunk an empty one says it.
   */
  readonly beforeKeptUpTo?: number;
  /**
   * Change nothing and log nothing; answer what this very call would answer now. Operations are seen by all that follow them in
   * the batch, but not by the next dry run. Never with chunk or stage: TypeError.
   */
  readonly dryRun?: true;
}

/** `job` is a number that nobody else uses for chunks; a restore's chunks are told from a job's by it too. */
export interface ChunkId {
  readonly job: number;
  /** 0 to 2^32-2. */
  readonly sequence: number;
}

/** How many of a batch's applied operations did what. */
export interface BatchChanges {
  /** Made a membership where none was held, live or waiting, that had not ended. */
  readonly added: number;
  /** Replaced one. */
  readonly refreshed: number;
  /** Ended one. */
  readonly removed: number;
  /** Removals of what was not there. */
  readonly missing: number;
}

export interface ApplyResult {
  /** One outcome code (see `outcomeCodes`) per operation, in order. To be read only: results may share it. */
  readonly outcomes: Uint8Array;
  /** True where the chunk had been applied before. */
  readonly repeated: boolean;
  /** True where `wholeOrFull` was asked and nothing was applied; every outcome is `full` then. */
  readonly refusedWhole: boolean;
  /** All 0 for a repeated chunk that a version of Foyer applied which did not count them. */
  readonly changes: BatchChanges;
  /**
   * Where it was asked for: `beforeWords` for each operation (before-image.ts), what its user's membership of its segment was just before it, live or
   * waiting. `unchanged` where it was refused, or removed what was not there. Nobody may write to it. Null also for a repeated chunk of
   * which it is not stored, or no longer.
   */
  readonly before: Uint32Array | null;
}

export interface RestoreOptions {
  /** That of the job whose changes are taken back. */
  readonly source: Source;
  /** As for `apply`. */
  readonly chunk?: ChunkId;
}

/** What of an `ApplyResult` a restore has. `missing` counts what was taken back without a change: what was there before has ended meanwhile. */
export type RestoreResult = Pick<ApplyResult, 'outcomes' | 'repeated' | 'changes'>;

export type StageId = number & { readonly stage: unique symbol };

/**
 * - linked: it named nobody, or was a user of its own that has been merged; moved: it hung on another user before.
 * - unchanged: it already names this user; the end and `linkedBy` of the link are renewed.
 * - opted-out, full, unmapped (`to` is an external id without a live mapping), unknown-user (`knownUsersOnly`): nothing was done.
 */
export type LinkOutcome = 'linked' | 'moved' | 'unchanged' | 'opted-out' | 'full' | 'unmapped' | 'unknown-user';

/**
 * - seen: nobody had seen it, and it is a user without memberships now; known: it names a user already, nothing was done.
 * - opted-out, full, unmapped (an external id without a live mapping): nothing was done.
 */
export type SeeOutcome = 'seen' | 'known' | 'opted-out' | 'full' | 'unmapped';

export interface LinkOptions {
  /** Unix seconds; null never ends. External ids end, others do not (ingest.md section 1.5). */
  readonly expiresAtS: number | null;
  /** The member that made the link. */
  readonly linkedBy: MemberId;
  /** Make no user of `to`: it must be one that somebody has seen. */
  readonly knownUsersOnly?: boolean;
}

/** One entry of what is linked to a user. */
export interface LinkedIdentifier {
  readonly identifier: Identifier;
  readonly linkedAtS: number;
  readonly expiresAtS: number | null;
  readonly linkedBy: MemberId;
}

/** What a page holds of each user: its key alone, which is several times as fast, or its membership too. */
export type ScanFields = 'keys' | 'memberships';

/**
 * A page of a segment's users, packed: no object for each user, and plain data that can be handed to another thread. Users are
 * in an order that is stable while nothing is written. The page is the caller's own; later writes do not change it. scan-page.ts reads it.
 */
export interface ScanPage {
  readonly segment: SegmentId;
  /** Users of the page. May be fewer than asked for, even none, before the last page. */
  readonly count: number;
  /** Keys of the users' first identifiers, one behind the other: a user's key is its user id's where it has one. */
  readonly keys: Uint8Array;
  /** For each user the offset one behind its key. */
  readonly keyEnds: Uint32Array;
  /** Four words for each user: value, addedAtS, lifetime in minutes (`neverEnds` for ever), source (`sourceFromWord`). None for `keys`. */
  readonly memberships: Uint32Array;
  /** Give it to the next call; null after the last page. Opaque, valid while the process lives. */
  readonly next: number | null;
}

export interface ScannedUser {
  /** The user's first identifier: its user id where it has one. */
  readonly identifier: Identifier;
  readonly membership: Membership;
}

/** Which users? A segment with optional inclusive bounds on the value, or a combination (activation.md section 5). */
export type Expression =
  | { readonly segment: SegmentId; readonly minValue?: number; readonly maxValue?: number }
  | { readonly and: readonly Expression[] }
  | { readonly or: readonly Expression[] }
  | { readonly not: Expression };

/** What happened in a segment on one UTC day (activation.md section 5). Refreshes are no movements. */
export interface SegmentDay {
  /** Days since 1970. */
  readonly day: number;
  /** Users that came: by an addition, or because the time of one had come, or by a replacement of the segment. */
  readonly added: number;
  /** Users that were taken away: by a removal, a replacement, an addition that is not live yet, or because the user was forgotten or merged. */
  readonly removed: number;
  /** Users whose membership ended, on the day on which it did. */
  readonly expired: number;
  /** Different users of the day's accepted additions, refreshes too, also where they had ended (additions.md section 9). */
  readonly uniques: number;
  /** Is `uniques` an estimate? */
  readonly approximate: boolean;
}

export interface ProfileStats {
  readonly users: number;
  readonly identifiers: number;
  readonly memberships: number;
  readonly segments: number;
  /** Bytes held for profiles, indexes and identifiers. */
  readonly memoryBytes: number;
  /** Of these, what memberships take. The rest is users, their identifiers and the index over these. */
  readonly membershipBytes: number;
  /** Bytes of log that a restart would read. */
  readonly logBytes: number;
}

/**
 * The spine: users, their identifiers and their memberships. Knows ids only, no rules.
 * Writes resolve when they are durable and visible to the next read; they take effect in the order of the calls.
 * A write that cannot be made durable rejects with `ProfileStoreUnavailable`, and nothing of it stays visible after a restart.
 */
export interface ProfileStore {
  /** Applies all operations in order. The batch may be reused after the promise settles. */
  apply(batch: OperationBatch, options: ApplyOptions): Promise<ApplyResult>;
  /**
   * Takes back what a job changed, operation by operation, in the order given: give those of the job in reverse order.
   * - An addition is taken back where its membership is held now, known by the job's source; or where it has ended by its own
   *   lifetime and nothing has come since. Then it becomes what it was before, or ends.
   * - A removal is taken back where no membership is held now that has not ended. Then the one from before comes back.
   *
   * What was before keeps its value, times and source; where it has ended meanwhile there is nothing. All else is `newer` and stays
   * as it is, as is what was done to a segment that has been dropped. Users that are opted out, unmapped or unknown now
   * have these outcomes: no user is made. Days count no additions by it (`SegmentDay.uniques`).
   */
  restore(batch: RestoreBatch, options: RestoreOptions): Promise<RestoreResult>;
  /** Frees all that is stored of a job's chunks. */
  forgetChunks(job: number): Promise<void>;

  get(identifier: Identifier): Awaitable<Profile>;
  getMany(identifiers: readonly Identifier[]): Awaitable<readonly Profile[]>;
  /** `known` and `optedOut` of `get`, without the memberships. */
  standing(identifier: Identifier): Awaitable<Standing>;

  /** Makes the user that the identifier names, without memberships, where nobody has seen it: `knownUsersOnly` takes it from then on. */
  see(identifier: Identifier): Promise<SeeOutcome>;

  /**
   * Makes `identifier` (no user id) name the user of `to`. An identifier that was a user of its own is merged into it,
   * memberships and all that was linked to it included; one that hung on another user comes alone and leaves memberships there.
   * `full`: no memory, too many links of one user, or the two profiles do not fit together. `expiresAtS` counts for external ids only.
   */
  link(identifier: Identifier, to: Identifier, options: LinkOptions): Promise<LinkOutcome>;
  /** Memberships stay with the user; the identifier starts empty (external: unmapped). False where it was not linked. */
  unlink(identifier: Identifier): Promise<boolean>;
  /** What hangs on a user, by the time of linking. */
  links(identifier: Identifier): Awaitable<readonly LinkedIdentifier[]>;
  /**
   * One durable step: everything of `from` goes to `into`. Per segment the newer addedAt wins whole; equal: `into`'s.
   * `from`'s first identifier is linked to `into` by nobody (member 0); the user id, if only one has it, is the first identifier.
   * False, with nothing done, where both already are one user, either is unknown or opted out, or they do not fit together.
   */
  merge(into: Identifier, from: Identifier): Promise<boolean>;
  /**
   * Ends all memberships and links of the user. With `optOut` the user and every identifier that was linked to it refuse
   * all later writes until `optIn`.
   */
  forget(identifier: Identifier, options: { readonly optOut: boolean }): Promise<void>;
  /** Takes the mark from this identifier: it is one that nobody has seen. What was linked to it keeps its own mark. */
  optIn(identifier: Identifier): Promise<void>;

  /** Live users of a segment; expired memberships leave the number within a minute. */
  count(segment: SegmentId): Awaitable<number>;
  /**
   * Live users of a segment, `limit` at most per page (and never more than fit a short turn). From the first page to the last,
   * a user that is in the segment all the time comes exactly once, one that comes or goes meanwhile at most once.
   */
  scan(segment: SegmentId, cursor: number | null, limit: number, fields?: ScanFields): Awaitable<ScanPage>;
  /**
   * Exact number of users that the expression holds for, to the second of the clock and at most a second behind writes.
   * `not` is relative to all known users.
   */
  evaluate(expression: Expression): Awaitable<number>;

  /**
   * What happened in each of the segments on the last `days` UTC days (1 to 90), oldest first, days on which nothing happened included.
   * What the clock did (begins and ends) is in it after the next sweep, within a minute; a dropped segment has none. Over
   * all of a segment's days added - removed - expired is its count.
   */
  movements(segments: readonly SegmentId[], days: number): Awaitable<readonly (readonly SegmentDay[])[]>;

  /** Begins a replacement of all members of a segment; reads see the old ones until `commit`. A second stage of the same segment aborts the first. */
  stageReplace(segment: SegmentId): Promise<StageId>;
  /** Stages outlive a restart. Committing again what the segment shows now changes nothing; a stage that has ended: ProfileStageEnded. */
  commit(stage: StageId): Promise<void>;
  /** Changes nothing where the stage has ended or is committed. */
  abort(stage: StageId): Promise<void>;
  /** All memberships of the segment are gone at once, in one logged record; a stage of it ends. The id may be used again later. */
  dropSegment(segment: SegmentId): Promise<void>;

  stats(): ProfileStats;
  /** `ok`, or a short text on why no writes are taken, without names of files. */
  check(): string;
  /** Writes a snapshot and cuts the log. */
  snapshot(): Promise<void>;
  /**
   * What ended before this time (Unix seconds) by `forget`, `unlink`, a removal or its own lifetime is in no file of the store any more.
   * Does nothing where that is so already.
   */
  erase(beforeS: number): Promise<void>;
  /**
   * Writes a store of its own into `directory`, which is made: everything that was acknowledged before the call, and at most what
   * was under way. Writes go on meanwhile.
   */
  copyTo(directory: string): Promise<void>;
  /** Lets writes in flight finish, syncs, releases files. */
  close(): Promise<void>;
}

/** The store cannot take writes now (disk full, failed write); reads go on. */
export class ProfileStoreUnavailable extends Error {
  override readonly name = 'ProfileStoreUnavailable';
}

/** A write into, or the commit of, a stage that was aborted, replaced by a newer one, or dropped with its segment. */
export class ProfileStageEnded extends Error {
  override readonly name = 'ProfileStageEnded';
  readonly stage: number;
  constructor(stage: number) {
    super(`the stage ${stage} has ended`);
    this.stage = stage;
  }
}

/** A log or snapshot that cannot be trusted. Names the file and the offset in bytes; nothing is skipped. */
export class ProfileStoreDamaged extends Error {
  override readonly name = 'ProfileStoreDamaged';
  readonly file: string;
  readonly offset: number;
  readonly reason: string;
  constructor(file: string, offset: number, reason: string) {
    super(`${file} is damaged at byte ${offset}: ${reason}`);
    this.file = file;
    this.offset = offset;
    this.reason = reason;
  }
}
