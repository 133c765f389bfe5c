import { randomInt } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { nowS, type Clock } from '../../kit/clock.ts';
import type { SegmentId } from '../../kit/ids.ts';
import type { Identifier } from '../identifier.ts';
import type { OperationBatch } from '../operation-batch.ts';
import {
  ProfileStoreUnavailable,
  type ApplyOptions,
  type ApplyResult,
  type Expression,
  type LinkedIdentifier,
  type LinkOptions,
  type LinkOutcome,
  type Profile,
  type ProfileStats,
  type ProfileStore,
  type ScanPage,
  type StageId,
} from '../profile-store.ts';
import { AudienceIndex } from './audience/audience-index.ts';
import { AudienceQuestions } from './audience/audience-questions.ts';
import type { CoreLimits } from './core/core-limits.ts';
import { ProfileCore, type Change } from './core/profile-core.ts';
import { recover } from './disk/recover.ts';
import { writeSnapshot } from './disk/snapshot-file.ts';
import { writeCopy } from './disk/write-copy.ts';
import { snapshotPath } from './disk/store-files.ts';
import type { Manifest } from './disk/manifest.ts';
import type { Durability, WriteAheadLog } from './disk/write-ahead-log.ts';
import { mostMembershipsPerProfile } from './memory/membership-slabs.ts';
import { Sweeper, sweepInSteps } from './sweeper.ts';

export interface EmbeddedProfileStoreOptions {
  /** The store's own; made if it is not there. One process at a time. */
  readonly directory: string;
  readonly clock: Clock;
  /** Default fsync. */
  readonly durability?: Durability;
  /** A snapshot begins when the log is longer. Default 256 MiB. */
  readonly snapshotLogBytes?: number;
  /** Default and most: 4095. */
  readonly maxMembershipsPerProfile?: number;
  /** Default 4096. */
  readonly maxLinksPerUser?: number;
  /** From here on no users and no links are made. Default: no limit. */
  readonly memoryLimitBytes?: number;
  /** What else counts against that limit, where the engine holds so many bytes; asked at each write. Default: nothing. */
  readonly otherMemoryBytes?: (engineBytes: number) => number;
  /** Memberships of external ids without a mapping are kept for it (`FOYER_HOLD_EXTERNAL`). Default false. */
  readonly holdExternals?: boolean;
  /** Pause between two sweeps. Default 10,000. */
  readonly sweepIntervalMs?: number;
  /** Beyond so much the audience index drops the sets that were asked for longest ago. Default 256 MiB. */
  readonly audienceMemoryBytes?: number;
  /** A set of the audience index that nobody asks for is dropped after so long. Default 600,000. */
  readonly audienceIdleMs?: number;
  /** Told during `open` how much is recovered, 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
  /** Told of a snapshot that the store began by itself and could not finish; it tries again later. */
  readonly onSnapshotFailure?: (error: unknown) => void;
  /** Told once, of the failed write after which the store takes no more. */
  readonly onWriteFailure?: (error: Error) => void;
  /** Default: random. Tests give one to be repeatable. */
  readonly hashSeed?: number;
}

const defaultSnapshotLogBytes = 256 * 2 ** 20;
const defaultAudienceMemoryBytes = 256 * 2 ** 20;

const fullDisk = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Short, and without paths: everybody may read it. */
function failureText(failure: Error): string {
  const { code } = failure as NodeJS.ErrnoException;
  if (code === undefined) return 'a write failed';
  return fullDisk.has(code) ? `disk full (${code})` : `writing failed (${code})`;
}

function fullCheck({ memoryLimitBytes: limit, otherMemoryBytes = () => 0 }: EmbeddedProfileStoreOptions): CoreLimits['isFull'] {
  return limit === undefined ? () => false : (engineBytes) => engineBytes + otherMemoryBytes(engineBytes) >= limit;
}

/**
 * The embedded engine: all in memory, every change in a log. A change is made in memory when it is called and resolves when
 * its log record is on disk, so a read can see a change that is not durable yet. After a failed write the store takes no
 * more writes (ProfileStoreUnavailable) and reads go on.
 */
export class EmbeddedProfileStore implements ProfileStore {
  readonly #core: ProfileCore;
  readonly #log: WriteAheadLog;
  readonly #manifest: Manifest;
  readonly #sweeper: Sweeper;
  readonly #audience: AudienceQuestions;
  readonly #options: EmbeddedProfileStoreOptions;
  /** The log's length at which the next snapshot begins by itself. */
  #snapshotAtBytes: number;
  #snapshots: Promise<unknown> = Promise.resolve();
  #snapshotsRunning = 0;
  #closing: Promise<void> | null = null;

  private constructor(core: ProfileCore, log: WriteAheadLog, manifest: Manifest, options: EmbeddedProfileStoreOptions) {
    this.#core = core;
    this.#log = log;
    if (options.onWriteFailure !== undefined) log.onFailure(options.onWriteFailure);
    this.#manifest = manifest;
    this.#options = options;
    this.#snapshotAtBytes = options.snapshotLogBytes ?? defaultSnapshotLogBytes;
    const reader = core.audienceReader();
    const index = new AudienceIndex(reader, reader.flips, {
      memoryBytes: options.audienceMemoryBytes ?? defaultAudienceMemoryBytes,
      idleMs: options.audienceIdleMs ?? 600_000,
    });
    core.countMemoryOf(index);
    this.#audience = new AudienceQuestions(index, options.clock, (segment) => core.numberOf(segment));
    this.#sweeper = new Sweeper(core, options.clock, options.sweepIntervalMs ?? 10_000);
  }

  /** Reads snapshot and log. Throws ProfileStoreDamaged rather than open without something that was acknowledged. */
  static async open(options: EmbeddedProfileStoreOptions): Promise<EmbeddedProfileStore> {
    const most = options.maxMembershipsPerProfile ?? mostMembershipsPerProfile;
    if (most < 1 || most > mostMembershipsPerProfile) throw new RangeError(`maxMembershipsPerProfile cannot be ${most}`);
    const limits = {
      maxMembershipsPerProfile: most,
      maxLinksPerUser: options.maxLinksPerUser ?? 4096,
      isFull: fullCheck(options),
      holdExternals: options.holdExternals ?? false,
    };
    const core = new ProfileCore(limits, options.hashSeed ?? randomInt(2 ** 32));
    const { log, manifest } = await recover(
      options.directory,
      core,
      options.durability ?? 'fsync',
      options.onProgress ?? (() => undefined),
    );
    // So that counts are exact from the first moment on.
    await sweepInSteps(core, options.clock);
    return new EmbeddedProfileStore(core, log, manifest, options);
  }

  apply(batch: OperationBatch, options: ApplyOptions): Promise<ApplyResult> {
    return this.#change((atS) => this.#core.apply(batch, options, atS));
  }
  forgetChunks(job: number): Promise<void> {
    return this.#change((atS) => this.#core.forgetChunks(job, atS));
  }
  link(identifier: Identifier, to: Identifier, options: LinkOptions): Promise<LinkOutcome> {
    return this.#change((atS) => this.#core.link(identifier, to, options, atS));
  }
  unlink(identifier: Identifier): Promise<boolean> {
    return this.#change((atS) => this.#core.unlink(identifier, atS));
  }
  merge(into: Identifier, from: Identifier): Promise<boolean> {
    return this.#change((atS) => this.#core.merge(into, from, atS));
  }
  forget(identifier: Identifier, options: { readonly optOut: boolean }): Promise<void> {
    return this.#change((atS) => this.#core.forget(identifier, options.optOut, atS));
  }
  optIn(identifier: Identifier): Promise<void> {
    return this.#change((atS) => this.#core.optIn(identifier, atS));
  }
  stageReplace(segment: SegmentId): Promise<StageId> {
    return this.#change((atS) => this.#core.stageReplace(segment, atS));
  }
  commit(stage: StageId): Promise<void> {
    return this.#change((atS) => this.#core.commit(stage, atS));
  }
  abort(stage: StageId): Promise<void> {
    return this.#change((atS) => this.#core.abort(stage, atS));
  }
  dropSegment(segment: SegmentId): Promise<void> {
    return this.#change((atS) => this.#core.dropSegment(segment, atS));
  }

  get(identifier: Identifier): Profile {
    return this.#core.get(identifier, this.#nowS());
  }
  getMany(identifiers: readonly Identifier[]): readonly Profile[] {
    const atS = this.#nowS();
    return identifiers.map((identifier) => this.#core.get(identifier, atS));
  }
  links(identifier: Identifier): readonly LinkedIdentifier[] {
    return this.#core.links(identifier, this.#nowS());
  }
  count(segment: SegmentId): number {
    return this.#core.count(segment);
  }
  scan(segment: SegmentId, cursor: number | null, limit: number): ScanPage {
    return this.#audience.scan(segment, cursor, limit);
  }
  evaluate(expression: Expression): Promise<number> {
    return this.#audience.evaluate(expression);
  }
  stats(): ProfileStats {
    return { ...this.#core.stats(), logBytes: this.#log.bytes };
  }

  check(): string {
    const { failure } = this.#log;
    return failure === null ? 'ok' : `read-only: ${failureText(failure)}`;
  }

  snapshot(): Promise<void> {
    return this.#afterSnapshots(() => this.#writeSnapshot());
  }

  copyTo(directory: string): Promise<void> {
    return this.#afterSnapshots(() => this.#writeCopy(directory));
  }

  /** Segments that have members or had, in no order. For tools that compare with the catalog. */
  segmentIds(): SegmentId[] {
    return this.#core.segmentIds();
  }

  /** One cut at a time. */
  #afterSnapshots(write: () => Promise<void>): Promise<void> {
    this.#snapshotsRunning += 1;
    const done = this.#snapshots.then(write);
    this.#snapshots = done
      .catch(() => undefined)
      .finally(() => {
        this.#snapshotsRunning -= 1;
      });
    return done;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** One whole sweep at once, so that counts follow the clock: for tests and tools. */
  sweepNow(): void {
    this.#sweeper.sweepNow();
  }

  async #change<T>(make: (atS: number) => Change<T>): Promise<T> {
    if (this.#closing !== null) throw new ProfileStoreUnavailable('the profile store is closed');
    // Nothing more may be made in memory that cannot be made durable.
    if (this.#log.failed) await this.#log.settled();
    let change: Change<T>;
    try {
      change = make(this.#nowS());
    } catch (error) {
      if (this.#core.halfDone) this.#log.fail(error);
      throw error;
    }
    // A change that changes nothing may stand on one that is not durable yet.
    await (change.entry === null ? this.#log.settled() : this.#log.append(change.entry));
    if (this.#log.bytes > this.#snapshotAtBytes && this.#snapshotsRunning === 0) this.#beginSnapshot();
    return change.result;
  }

  #beginSnapshot(): void {
    this.snapshot().catch((error: unknown) => {
      if (this.#closing === null) this.#options.onSnapshotFailure?.(error);
    });
  }

  async #writeSnapshot(): Promise<void> {
    this.#checkOpen();
    const { directory } = this.#options;
    const atS = this.#nowS();
    // In one turn: what the cut holds goes to the log before, everything later to the log after.
    const cut = this.#core.cut(atS);
    const rotated = this.#log.rotate();
    try {
      const { number: firstLog, sequence } = await rotated;
      const before = this.#manifest.state.snapshot;
      await writeSnapshot(directory, before + 1, cut, { sequence, atS }, () => this.#checkOpen());
      await this.#manifest.update({ snapshot: before + 1, firstLog });
      await this.#log.removeBefore(firstLog);
      if (before !== 0) await rm(snapshotPath(directory, before), { force: true });
    } finally {
      cut.release();
      this.#snapshotAtBytes = this.#log.bytes + (this.#options.snapshotLogBytes ?? defaultSnapshotLogBytes);
    }
  }

  async #writeCopy(directory: string): Promise<void> {
    this.#checkOpen();
    const atS = this.#nowS();
    const cut = this.#core.cut(atS);
    try {
      // Asked in the turn of the cut: nothing stands in the copy that was not durable here.
      const durable = this.#log.settled();
      durable.catch(() => undefined);
      await writeCopy(directory, cut, atS, () => this.#checkOpen());
      await durable;
    } finally {
      cut.release();
    }
  }

  async #close(): Promise<void> {
    this.#sweeper.stop();
    this.#audience.stop();
    await this.#snapshots;
    await this.#log.close();
  }

  #checkOpen(): void {
    if (this.#closing !== null) throw new ProfileStoreUnavailable('the profile store is closing');
  }

  #nowS(): number {
    return nowS(this.#options.clock);
  }
}
