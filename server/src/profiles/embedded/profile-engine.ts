import { randomInt } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SegmentId } from '../../kit/ids.ts';
import { MemoryBudget } from '../memory-budget.ts';
import { ProfileStoreUnavailable, type ProfileStats, type SegmentDay } from '../profile-store.ts';
import { ProfileCore, type Change } from './core/profile-core.ts';
import type { SweepPass } from './core/sweep.ts';
import type { Manifest } from './disk/manifest.ts';
import { recover } from './disk/recover.ts';
import { writeSnapshot } from './disk/snapshot-file.ts';
import { snapshotPath } from './disk/store-files.ts';
import type { Durability, WriteAheadLog } from './disk/write-ahead-log.ts';
import { writeCopy } from './disk/write-copy.ts';
import { mostMembershipsPerProfile } from './memory/membership-slabs.ts';
import type { ProfileMemory } from './memory/profile-memory.ts';

/** Can be sent to another thread. */
export interface ProfileEngineOptions {
  /** The store's own; made if it is not there. One process at a time. */
  readonly directory: string;
  /** Default fsync. */
  readonly durability?: Durability;
  /** A snapshot begins when the log is longer. Default 256 MiB. */
  readonly snapshotLogBytes?: number;
  /** Default and most: 4095. */
  readonly maxMembershipsPerProfile?: number;
  /** Default 4096. */
  readonly maxLinksPerUser?: number;
  /** What the whole process may use: from 90% of it on no users and no links are made. Default: no limit. */
  readonly memoryLimitBytes?: number;
  /** Memberships of external ids without a mapping are kept for it (`FOYER_HOLD_EXTERNAL`). Default false. */
  readonly holdExternals?: boolean;
  /** Beyond so much the largest sets of distinct users become sketches (`FOYER_UNIQUES_BYTES`). Default 256 MiB. */
  readonly uniquesBytes?: number;
  /** Default: random. Tests give one to be repeatable. */
  readonly hashSeed?: number;
}

export interface ProfileEngineListeners {
  /** Told during `open` how much is recovered, 0 to 1. */
  readonly onProgress: (fraction: number) => void;
  /** Told of a snapshot that the engine began by itself and could not finish; it tries again later. */
  readonly onSnapshotFailure: (error: unknown) => void;
  /** Told once, of the failed write after which the engine takes no more. */
  readonly onWriteFailure: (error: Error) => void;
}

const defaultSnapshotLogBytes = 256 * 2 ** 20;
const defaultUniquesBytes = 256 * 2 ** 20;
/** How long a step of a sweep may hold up the thread. */
const sweepSliceMs = 2;

/**
 * The one that owns memory and log. It lives in a thread of its own and is spoken to in turns: changes are made in memory at once,
 * and `commit` makes all of a turn durable together. Times come with the calls: the engine has no clock.
 * After a failed write it takes no more (ProfileStoreUnavailable); what is in memory can still be read.
 */
export class ProfileEngine {
  readonly #core: ProfileCore;
  readonly #log: WriteAheadLog;
  readonly #manifest: Manifest;
  readonly #options: ProfileEngineOptions;
  readonly #listeners: ProfileEngineListeners;
  /** The log's length at which the next snapshot begins by itself. */
  #snapshotAtBytes: number;
  #snapshots: Promise<unknown> = Promise.resolve();
  #snapshotsRunning = 0;
  #sweeping: Promise<void> | null = null;
  #closing = false;

  private constructor(
    core: ProfileCore,
    recovered: { readonly log: WriteAheadLog; readonly manifest: Manifest },
    options: ProfileEngineOptions,
    listeners: ProfileEngineListeners,
  ) {
    this.#core = core;
    this.#log = recovered.log;
    this.#log.onFailure(listeners.onWriteFailure);
    this.#manifest = recovered.manifest;
    this.#options = options;
    this.#listeners = listeners;
    this.#snapshotAtBytes = options.snapshotLogBytes ?? defaultSnapshotLogBytes;
  }

  /** Reads snapshot and log. Throws ProfileStoreDamaged rather than open without something that was acknowledged. */
  static async open(options: ProfileEngineOptions, listeners: ProfileEngineListeners, nowS: number): Promise<ProfileEngine> {
    const most = options.maxMembershipsPerProfile ?? mostMembershipsPerProfile;
    if (most < 1 || most > mostMembershipsPerProfile) throw new RangeError(`maxMembershipsPerProfile cannot be ${most}`);
    const limits = {
      maxMembershipsPerProfile: most,
      maxLinksPerUser: options.maxLinksPerUser ?? 4096,
      isFull: fullCheck(options.memoryLimitBytes),
      holdExternals: options.holdExternals ?? false,
      uniquesBytes: options.uniquesBytes ?? defaultUniquesBytes,
    };
    const core = new ProfileCore(limits, options.hashSeed ?? randomInt(2 ** 32));
    const recovered = await recover(options.directory, core, options.durability ?? 'fsync', listeners.onProgress);
    const engine = new ProfileEngine(core, recovered, options, listeners);
    // So that counts are exact from the first moment on.
    await engine.sweep(nowS);
    return engine;
  }

  /** Readers in other threads are given its place and its chunks. */
  get memory(): ProfileMemory {
    return this.#core.memory;
  }
  get stats(): ProfileStats {
    return { ...this.#core.stats(), logBytes: this.#log.bytes };
  }
  /** Bytes of log that `commit` would write. */
  get waitingBytes(): number {
    return this.#log.waitingBytes;
  }
  /** Segments that have members or had, in no order. For tools that compare with the catalog. */
  segmentIds(): SegmentId[] {
    return this.#core.segmentIds();
  }

  /** `ProfileStore.movements`. */
  movements(segments: readonly SegmentId[], days: number, nowS: number): readonly (readonly SegmentDay[])[] {
    return segments.map((segment) => this.#core.movements(segment, days, nowS));
  }

  /** Makes a change in memory and puts it to those that wait for `commit`. */
  change<T>(make: (core: ProfileCore) => Change<T>): T {
    // Nothing may be made in memory that cannot be made durable.
    this.#log.checkOpen();
    let change: Change<T>;
    try {
      change = make(this.#core);
    } catch (error) {
      if (this.#core.halfDone) this.#log.fail(error);
      throw error;
    }
    if (change.entry !== null) this.#log.append(change.entry);
    return change.result;
  }

  /** All changes before this call are durable when it returns. Throws ProfileStoreUnavailable. */
  commit(nowS: number): void {
    this.#log.commit();
    if (this.#log.bytes > this.#snapshotAtBytes && this.#snapshotsRunning === 0) this.#beginSnapshot(nowS);
  }

  /** Writes a snapshot and cuts the log. */
  snapshot(nowS: number): Promise<void> {
    return this.#afterSnapshots(() => this.#writeSnapshot(nowS));
  }

  /**
   * `ProfileStore.erase`: snapshots hold only what is there at their moment, and the log goes back no further than the newest one. So
   * that one must not be older.
   */
  erase(beforeS: number, nowS: number): Promise<void> {
    return this.#afterSnapshots(async () => {
      if ((this.#manifest.state.snapshotAtS ?? 0) < beforeS) await this.#writeSnapshot(nowS);
    });
  }

  /** Writes a store of its own into `directory`, which is made. */
  copyTo(directory: string, nowS: number): Promise<void> {
    return this.#afterSnapshots(() => this.#writeCopy(directory, nowS));
  }

  /** One whole pass, in steps that let others have the thread. A call while a pass runs waits for that one, and then makes its own. */
  async sweep(nowS: number): Promise<void> {
    while (this.#sweeping !== null) await this.#sweeping;
    this.#sweeping = this.#sweepInSteps(this.#core.beginSweep(), nowS);
    try {
      await this.#sweeping;
    } finally {
      this.#sweeping = null;
    }
  }

  /** Commits, lets a snapshot end early, and says in the manifest that the log is whole. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#snapshots;
    await this.#sweeping;
    this.#log.close(this.#core.stats().identifiers);
  }

  async #sweepInSteps(pass: SweepPass, nowS: number): Promise<void> {
    for (;;) {
      const endMs = performance.now() + sweepSliceMs;
      if (pass.step(nowS, () => performance.now() < endMs) || this.#closing) return;
      await nextTurn();
    }
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

  #beginSnapshot(nowS: number): void {
    this.snapshot(nowS).catch((error: unknown) => {
      if (!this.#closing) this.#listeners.onSnapshotFailure(error);
    });
  }

  async #writeSnapshot(atS: number): Promise<void> {
    this.#checkOpen();
    const { directory } = this.#options;
    // In one turn: what the cut holds goes to the log before, everything later to the log after.
    const { number: firstLog, sequence } = this.#log.rotate();
    const cut = this.#core.cut();
    const names = this.#core.stats().identifiers;
    try {
      const before = this.#manifest.state.snapshot;
      await writeSnapshot(directory, before + 1, cut, { sequence, atS }, () => this.#checkOpen());
      this.#manifest.update({ snapshot: before + 1, snapshotAtS: atS, names, firstLog });
      this.#log.removeBefore(firstLog);
      if (before !== 0) await rm(snapshotPath(directory, before), { force: true });
    } finally {
      cut.release();
      this.#snapshotAtBytes = this.#log.bytes + (this.#options.snapshotLogBytes ?? defaultSnapshotLogBytes);
    }
  }

  async #writeCopy(directory: string, atS: number): Promise<void> {
    this.#checkOpen();
    // Nothing stands in the copy that is not durable here.
    this.#log.commit();
    const cut = this.#core.cut();
    try {
      await writeCopy(directory, cut, atS, () => this.#checkOpen());
    } finally {
      cut.release();
    }
  }

  #checkOpen(): void {
    if (this.#closing) throw new ProfileStoreUnavailable('the profile store is closing');
  }
}

function fullCheck(limitBytes: number | undefined): (engineBytes: number) => boolean {
  if (limitBytes === undefined) return () => false;
  const budget = new MemoryBudget(limitBytes);
  return (engineBytes) => engineBytes + budget.restBytes(engineBytes) >= budget.fullAtBytes;
}
