import { once } from 'node:events';
import { Worker, type MessagePort } from 'node:worker_threads';
import { nowS, type Clock } from '../../kit/clock.ts';
import type { SegmentId } from '../../kit/ids.ts';
import type { Identifier } from '../identifier.ts';
import type { OperationBatch } from '../operation-batch.ts';
import type { RestoreBatch } from '../restore-batch.ts';
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
  type RestoreOptions,
  type RestoreResult,
  type ScanFields,
  type ScanPage,
  type SegmentDay,
  type SeeOutcome,
  type StageId,
  type Standing,
} from '../profile-store.ts';
import { entryType } from './core/log-entry.ts';
import { linkNeverEnds } from './memory/name-entries.ts';
import type { ProfileEngineListeners, ProfileEngineOptions } from './profile-engine.ts';
import { AudienceClient } from './thread/audience-client.ts';
import { EngineClient } from './thread/engine-client.ts';
import { newLink, type EngineThreadData } from './thread/engine-link.ts';
import { ProfileReader } from './thread/profile-reader.ts';
import { linkOutcomes, seeOutcomes } from './thread/requests.ts';
import { serveEngine } from './thread/serve-engine.ts';

export interface EmbeddedProfileStoreOptions extends ProfileEngineOptions, Partial<ProfileEngineListeners> {
  readonly clock: Clock;
  /** Pause between two sweeps. Default 10,000. */
  readonly sweepIntervalMs?: number;
  /** Beyond so much the audience index drops the sets that were asked for longest ago. Default 256 MiB. */
  readonly audienceMemoryBytes?: number;
  /** A set of the audience index that nobody asks for is dropped after so long. Default 600,000. */
  readonly audienceIdleMs?: number;
  /** False: the engine works in this thread, over the same link. For tests that open many stores. Default true. */
  readonly ownThread?: boolean;
}

const defaultAudienceMemoryBytes = 256 * 2 ** 20;
const defaultAudienceIdleMs = 600_000;
const fullDisk = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Short, and without paths: everybody may read it. */
function failureText(failure: Error): string {
  const { code } = failure as NodeJS.ErrnoException;
  if (code === undefined) return 'a write failed';
  return fullDisk.has(code) ? `disk full (${code})` : `writing failed (${code})`;
}

/**
 * The embedded engine, seen from any other thread: all in memory, every change in a log. Changes are made by the engine's
 * thread (profile-engine.ts) and resolve when their log record is on disk; reads look straight into its memory, so a read
 * can see a change that is not durable yet. After a failed write the store takes no more writes (ProfileStoreUnavailable)
 * and reads go on.
 */
export class EmbeddedProfileStore implements ProfileStore {
  readonly #client: EngineClient;
  readonly #reader: ProfileReader;
  readonly #audience: AudienceClient;
  readonly #clock: Clock;
  readonly #worker: Worker | null;
  readonly #sweeps: NodeJS.Timeout;
  #closing: Promise<void> | null = null;

  private constructor(
    client: EngineClient,
    readers: { readonly profiles: ProfileReader; readonly audience: AudienceClient },
    worker: Worker | null,
    options: EmbeddedProfileStoreOptions,
  ) {
    this.#client = client;
    this.#reader = readers.profiles;
    this.#audience = readers.audience;
    this.#worker = worker;
    this.#clock = options.clock;
    this.#sweeps = setInterval(() => this.#tick(), options.sweepIntervalMs ?? 10_000).unref();
  }

  /** Reads snapshot and log. Throws ProfileStoreDamaged rather than open without something that was acknowledged. */
  static async open(options: EmbeddedProfileStoreOptions): Promise<EmbeddedProfileStore> {
    const { clock, onProgress, onSnapshotFailure, onWriteFailure, sweepIntervalMs: _, ownThread = true, ...engine } = options;
    const link = newLink(2);
    const [profileNews, audienceNews] = link.client.news as [MessagePort, MessagePort];
    const client = new EngineClient(link.client, {
      onProgress: onProgress ?? (() => undefined),
      onSnapshotFailure: onSnapshotFailure ?? (() => undefined),
      onFailure: onWriteFailure ?? (() => undefined),
    });
    const opened = client.opened();
    const data: EngineThreadData = { options: engine, nowS: nowS(clock), link: link.engine };
    const worker = ownThread ? startThread(data, client) : null;
    if (worker === null) void serveEngine(data);
    const { place } = await opened;
    const limits = {
      memoryBytes: options.audienceMemoryBytes ?? defaultAudienceMemoryBytes,
      idleMs: options.audienceIdleMs ?? defaultAudienceIdleMs,
    };
    const readers = {
      profiles: new ProfileReader(place, profileNews, engine.holdExternals ?? false),
      audience: new AudienceClient({ place, news: audienceNews, limits, ownThread }),
    };
    return new EmbeddedProfileStore(client, readers, worker, options);
  }

  apply(batch: OperationBatch, options: ApplyOptions): Promise<ApplyResult> {
    return this.#whileOpen(() => this.#client.apply(batch, options, this.#nowS()));
  }
  async restore(batch: RestoreBatch, options: RestoreOptions): Promise<RestoreResult> {
    this.#checkOpen();
    const { outcomes, repeated, changes } = await this.#client.apply(batch, options, this.#nowS());
    return { outcomes, repeated, changes };
  }
  forgetChunks(job: number): Promise<void> {
    return this.#change(entryType.forgetChunks, [job], [], nothing);
  }
  see(identifier: Identifier): Promise<SeeOutcome> {
    return this.#change(entryType.see, [], [identifier], seeOutcome);
  }
  link(identifier: Identifier, to: Identifier, options: LinkOptions): Promise<LinkOutcome> {
    const expiresAtS = options.expiresAtS === null ? linkNeverEnds : Math.min(Math.max(options.expiresAtS, 0), linkNeverEnds - 1);
    const words = [expiresAtS, options.linkedBy, options.knownUsersOnly === true ? 1 : 0];
    return this.#change(entryType.link, words, [identifier, to], linkOutcome);
  }
  unlink(identifier: Identifier): Promise<boolean> {
    return this.#change(entryType.unlink, [], [identifier], flag);
  }
  merge(into: Identifier, from: Identifier): Promise<boolean> {
    return this.#change(entryType.merge, [], [into, from], flag);
  }
  forget(identifier: Identifier, options: { readonly optOut: boolean }): Promise<void> {
    return this.#change(entryType.forget, [options.optOut ? 1 : 0], [identifier], nothing);
  }
  optIn(identifier: Identifier): Promise<void> {
    return this.#change(entryType.optIn, [], [identifier], nothing);
  }
  stageReplace(segment: SegmentId): Promise<StageId> {
    return this.#change(entryType.stage, [segment], [], (stage) => stage as StageId);
  }
  commit(stage: StageId): Promise<void> {
    return this.#change(entryType.commit, [stage], [], nothing);
  }
  abort(stage: StageId): Promise<void> {
    return this.#change(entryType.abort, [stage], [], nothing);
  }
  dropSegment(segment: SegmentId): Promise<void> {
    return this.#change(entryType.drop, [segment], [], nothing);
  }

  get(identifier: Identifier): Profile {
    return this.#reader.get(identifier, this.#nowS());
  }
  getMany(identifiers: readonly Identifier[]): readonly Profile[] {
    const atS = this.#nowS();
    return identifiers.map((identifier) => this.#reader.get(identifier, atS));
  }
  standing(identifier: Identifier): Standing {
    return this.#reader.standing(identifier, this.#nowS());
  }
  links(identifier: Identifier): readonly LinkedIdentifier[] {
    return this.#reader.links(identifier, this.#nowS());
  }
  count(segment: SegmentId): number {
    return this.#reader.count(segment);
  }
  scan(segment: SegmentId, cursor: number | null, limit: number, fields: ScanFields = 'memberships'): Promise<ScanPage> {
    return this.#audience.scan(segment, cursor, limit, fields, this.#clock.nowMs());
  }
  evaluate(expression: Expression): Promise<number> {
    return this.#audience.evaluate(expression, this.#clock.nowMs());
  }
  async movements(segments: readonly SegmentId[], days: number): Promise<readonly (readonly SegmentDay[])[]> {
    return (await this.#client.movements(segments, days, this.#nowS())) as readonly (readonly SegmentDay[])[];
  }
  stats(): ProfileStats {
    const stats = this.#client.stats();
    return { ...stats, memoryBytes: stats.memoryBytes + this.#audience.memoryBytes };
  }

  check(): string {
    const { failure } = this.#client;
    return failure === null ? 'ok' : `read-only: ${failureText(failure)}`;
  }

  async snapshot(): Promise<void> {
    this.#checkOpen();
    await this.#client.order('snapshot', this.#nowS());
  }

  async erase(beforeS: number): Promise<void> {
    this.#checkOpen();
    await this.#client.erase(beforeS, this.#nowS());
  }

  async copyTo(directory: string): Promise<void> {
    this.#checkOpen();
    await this.#client.copyTo(directory, this.#nowS());
  }

  /** Segments that have members or had, in no order. For tools that compare with the catalog. */
  async segmentIds(): Promise<readonly SegmentId[]> {
    return (await this.#client.order('segmentIds', this.#nowS())) as readonly SegmentId[];
  }

  /** Resolves after a whole sweep: counts follow the clock of this moment then. It comes by itself too. */
  async sweep(): Promise<void> {
    this.#checkOpen();
    await this.#client.order('sweep', this.#nowS());
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#sweeps);
    await this.#audience.stop();
    if (this.#client.hasEnded) return;
    await this.#client.settled();
    const ended = this.#worker === null ? null : once(this.#worker, 'exit');
    await this.#client.order('close', this.#nowS());
    await ended;
  }

  #change<T>(type: number, words: readonly number[], identifiers: readonly Identifier[], told: (number: number) => T): Promise<T> {
    return this.#whileOpen(() => this.#client.change(type, this.#nowS(), words, identifiers, told));
  }

  /** The client's own promise: on the way of each small write one more of an async function would be felt. */
  #whileOpen<T>(ask: () => Promise<T>): Promise<T> {
    try {
      this.#checkOpen();
      return ask();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #tick(): void {
    this.sweep().catch(() => undefined);
    this.#audience.tick(this.#clock.nowMs());
  }

  #checkOpen(): void {
    if (this.#closing !== null) throw new ProfileStoreUnavailable('the profile store is closed');
  }

  #nowS(): number {
    return nowS(this.#clock);
  }
}

/** What numbers tell that requests are answered with (thread/requests.ts). */
const nothing = (): void => undefined;
const flag = (number: number): boolean => number === 1;
const seeOutcome = (number: number): SeeOutcome => seeOutcomes[number] ?? 'known';
const linkOutcome = (number: number): LinkOutcome => linkOutcomes[number] ?? 'unchanged';

/** Whatever ends the thread before its link is closed is a failure of the store. */
function startThread(data: EngineThreadData, client: EngineClient): Worker {
  const { port, news } = data.link;
  const worker = new Worker(new URL('./thread/engine-thread.ts', import.meta.url), { workerData: data, transferList: [port, ...news] });
  worker.on('error', (error) => client.fail(error instanceof Error ? error : new Error(String(error))));
  worker.on('exit', () => client.fail(new Error('the engine thread has ended')));
  return worker;
}
