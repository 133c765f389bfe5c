import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import { Registry } from 'prom-client';
import { createAdmission } from './access/admission.ts';
import { createFirstAccount, type FirstAccount } from './access/first-account.ts';
import { MinuteThrottle } from './access/minute-throttle.ts';
import { PasswordHasher } from './access/password-hasher.ts';
import { ProxyView } from './access/proxy-view.ts';
import { keepSessions } from './access/keep-sessions.ts';
import { SessionRegistry } from './access/session-registry.ts';
import { purgeAuditEvents } from './audit/store/audit-store.ts';
import { TaskRunner } from './background/task-runner.ts';
import type { OfflineEngines } from './backup/offline-engines.ts';
import { CatalogView } from './catalog-view/catalog-view.ts';
import type { Config } from './config/config.ts';
import type { HttpServer } from './http/http-server.ts';
import type { Operation } from './http/operation.ts';
import { eidSources } from './identity/resolve-user.ts';
import { ExchangeService } from './exchange/exchange-service.ts';
import { ShareJobFolders } from './exchange/jobs/job-folder.ts';
import { expireExchangeRecords } from './exchange/tasks/expire-exchange-records.ts';
import { BatchService } from './ingest/batch/batch-service.ts';
import { DirectoryDrop } from './ingest/batch/drop/directory-drop.ts';
import type { DropPlace } from './ingest/batch/drop/drop-place.ts';
import { isS3Address, S3Drop } from './ingest/batch/drop/s3-drop.ts';
import { JobFolders } from './ingest/batch/job-folder.ts';
import { expireBatchFiles } from './ingest/batch/tasks/expire-batch-files.ts';
import { dropInstantLogs } from './ingest/instant/drop-instant-logs.ts';
import { createHttp, type Parts } from './compose-http.ts';
import { createInstantParts } from './ingest/instant/instant-parts.ts';
import { type Clock, systemClock } from './kit/clock.ts';
import { denyBySignals } from './identity/deny-by-signals.ts';
import { MintedIds } from './identity/minted-ids.ts';
import { createPixelParts, type PixelParts } from './ingest/pixel/pixel-parts.ts';
import { purgeNotices } from './notices/purge-notices.ts';
import { platformMember } from './members/platform-member.ts';
import { EmbeddedProfileStore } from './profiles/embedded/embedded-profile-store.ts';
import { verifyStore } from './profiles/embedded/verify-store.ts';
import { MemoryBudget } from './profiles/memory-budget.ts';
import type { ProfileStore } from './profiles/profile-store.ts';
import { createProfileWriter, type ProfileWriter } from './profiles/profile-writer.ts';
import { eraseProfiles, eraseProfilesDaily } from './profiles/tasks/erase-profiles.ts';
import { sweepSegment } from './segments/tasks/sweep-segment.ts';
import type { DataDirectory } from './storage/files/data-directory.ts';
import { secretKey } from './storage/files/secret-key.ts';
import { refuseDatabaseProfiles } from './storage/files/catalog-id.ts';
import type { Catalog } from './storage/sql/catalog.ts';
import type { CatalogPlace } from './storage/sql/catalog-place.ts';
import { openPostgresCatalog } from './storage/sql/postgres-catalog.ts';
import { copyToPostgres, verifyPostgres } from './storage/sql/postgres-copy.ts';
import { openSqliteCatalog } from './storage/sql/sqlite-catalog.ts';
import { SqliteWorkerDialect } from './storage/sql/sqlite-dialect.ts';
import { expireRecords, expireRecordsDaily } from './tasks/expire-records.ts';
import { CatalogTaskQueue } from './tasks/store/task-queue.ts';
import { purgeTasks } from './tasks/store/task-table.ts';
import { keepNotices } from './usage/keep-notices.ts';
import { MembershipLimits } from './usage/membership-limits.ts';

export interface ComposeOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly directory: DataDirectory;
  readonly log: Logger;
  /** Told what lasts longer than a moment. */
  readonly onProgress: (text: string) => void;
  /** Another server has taken the catalog while this one was cut off from its database: this one must end. */
  readonly onRival?: () => void;
  /** Another profile engine than the embedded one. */
  readonly openProfiles?: () => Promise<ProfileStore>;
}

/** A server, put together and not listening yet. */
export interface ComposedServer {
  readonly http: HttpServer;
  readonly operations: readonly Operation[];
  readonly catalog: Catalog;
  readonly profiles: ProfileStore;
  readonly sessions: SessionRegistry;
  /** Makes the administrator where there is none. */
  createFirstAccount(): Promise<FirstAccount | undefined>;
  /** Finishes calls in flight, writes what is held in memory, closes stores. */
  stop(): Promise<void>;
}

const callGraceMs = 6_000;
const statisticsNotWritten = 'statistics of the instant service were not written; they are kept and tried again';

/** Picks engines, joins ports, wires domains: the only place that knows them all. */
export async function compose(options: ComposeOptions): Promise<ComposedServer> {
  const { config, clock, log } = options;
  const place = await openCatalog(options);
  const { catalog } = place;
  const memory = new MemoryBudget(config.memoryLimit);
  const profiles = await (options.openProfiles?.() ?? openEmbedded(options, memory));
  const view = await CatalogView.load(catalog.read);
  const tasks = createTaskRunner(options, place, profiles);
  const proxy = new ProxyView(config);
  const sessions = await SessionRegistry.load(catalog.read, clock);
  const saving = keepSessions(sessions, log);
  const hasher = new PasswordHasher(config.passwordQueue);
  const memberships = new MembershipLimits({ view, profiles });
  const notices = keepNotices({ catalog, view, memberships, memory, profiles, clock, log });
  const writer = createProfileWriter(profiles, memberships);
  const instant = createInstantParts({
    view,
    profiles,
    writer,
    db: catalog.read,
    clock,
    defaultLimitsApply: config.rtRateLimit,
    holdsExternals: config.holdExternal,
    onStatisticsFailure: (error) => log.error({ err: error }, statisticsNotWritten),
  });
  const batch = openBatch(options, { view, profiles, writer, catalog, proxy });
  const admit = createAdmission({ snapshot: () => view.current(), sessions, throttle: new MinuteThrottle(clock), proxy });
  const exchange = openExchange(options, { view, profiles, writer, catalog, admit });
  const runners = [tasks, batch, exchange];
  catalog.onCommit(async (touched) => {
    await view.renew(touched);
    if (touched.has('task')) for (const runner of runners) runner.wake();
  });
  await place.follow(view);
  const registry = new Registry();
  const pixel = openPixels(options, { view, profiles, writer, catalog, registry, proxy });
  const serving = { instant, pixel, batch, exchange, runners, registry, proxy, admit };
  const parts = { place, catalog, profiles, memory, view, sessions, hasher, ...serving };
  const { http, front, operations } = createHttp(options, parts);
  tasks.start();
  await batch.start();
  await exchange.start();
  return {
    http,
    operations,
    catalog,
    profiles,
    sessions,
    createFirstAccount: () => createFirstAccount(catalog, hasher, platformMember),
    async stop() {
      front.stop();
      notices.stop();
      await http.close(callGraceMs);
      await tasks.stop();
      await saving.stop();
      await closeParts(parts);
    },
  };
}

/** In the order in which they stand on each other. */
async function closeParts({ exchange, batch, hasher, instant, pixel, profiles, place }: Parts): Promise<void> {
  await exchange.stop();
  await batch.close();
  await hasher.close();
  await instant.close();
  await pixel.health.close();
  await profiles.close();
  await place.close();
}

/** User sync, mapuid and pixels. */
function openPixels(
  { config, clock, directory, log }: ComposeOptions,
  parts: Pick<Parts, 'view' | 'profiles' | 'catalog' | 'registry' | 'proxy'> & { readonly writer: ProfileWriter },
): PixelParts {
  const { catalog } = parts;
  const pixel = createPixelParts({
    ...parts,
    db: catalog.read,
    clock,
    minted: new MintedIds(catalog, clock, secretKey(join(directory.filesPath, 'minted-ids.key'))),
    deny: denyBySignals(config.tcfVendorId),
    mintedOnly: config.pixelUsers === 'minted',
    partitioned: config.cookiePartitioned,
    redirectHosts: config.redirectHosts,
    mappingTtlS: config.mappingTtlS,
    onFailure: (error) => log.error({ err: error }, 'something of a visit could not be stored; the browser was answered all the same'),
  });
  if (pixel.hosts.allowsAll)
    log.warn('FOYER_REDIRECT_HOSTS is *: getuid and pixels send browsers to any host; list your partners there or with /sync-host');
  return pixel;
}

/** Files of memberships. */
function openBatch(
  { config, clock, directory, log }: ComposeOptions,
  parts: Pick<Parts, 'view' | 'profiles' | 'catalog' | 'proxy'> & { readonly writer: ProfileWriter },
): BatchService {
  return new BatchService({
    ...parts,
    clock,
    log,
    filesPath: directory.filesPath,
    publicUrl: config.publicUrl,
    jobsAtOnce: config.batchJobsAtOnce,
    queue: new CatalogTaskQueue(parts.catalog, clock),
    dropPlace: dropPlaceOf(config),
    dropScanMs: config.dropScanS * 1000,
    holdsExternals: config.holdExternal,
    settings: {
      sync: config.durability === 'fsync',
      textLimitBytes: config.batchTextBytes,
      impressionBusHosts: new Set(config.impbusHosts.map((host) => host.toLowerCase())),
      eidSources: eidSources(config.eidSources),
      mostUndoDays: config.eraseDays - 1,
    },
  });
}

/** Endpoints, shares and their jobs. */
const openExchange = (
  { config, clock, directory, log }: ComposeOptions,
  parts: Pick<Parts, 'view' | 'catalog' | 'admit' | 'profiles'> & { readonly writer: ProfileWriter },
): ExchangeService =>
  new ExchangeService({
    ...parts,
    clock,
    log,
    filesPath: directory.filesPath,
    queue: new CatalogTaskQueue(parts.catalog, clock),
    jobsAtOnce: config.shareJobsAtOnce,
    eidSources: eidSources(config.eidSources),
    secretKey: config.secretKey,
    allowPrivateEndpoints: config.allowPrivateEndpoints,
  });

/** Where members drop files; null: nowhere. */
function dropPlaceOf({ drop, dropEndpoint }: Config): DropPlace | null {
  if (drop === '') return null;
  return isS3Address(drop) ? new S3Drop(drop, dropEndpoint) : new DirectoryDrop(drop);
}

/** What the server does in the background, at times and when asked. */
function createTaskRunner({ config, clock, directory, log }: ComposeOptions, place: CatalogPlace, profiles: ProfileStore): TaskRunner {
  const { catalog } = place;
  return new TaskRunner({
    queue: new CatalogTaskQueue(catalog, clock),
    handlers: new Map([
      ['sweep-segment', sweepSegment(profiles)],
      [
        'expire-records',
        expireRecords([
          () => purgeTasks(catalog.read, clock.nowMs()),
          () => purgeNotices(catalog.read, clock.nowMs()),
          () => purgeAuditEvents(catalog.read, clock.nowMs(), config.auditDays),
          () => dropInstantLogs(catalog.read, clock.nowMs(), config.eraseDays),
          () => expireBatchFiles(catalog.read, new JobFolders(directory.filesPath), clock.nowMs()),
          () => expireExchangeRecords({ catalog, clock, folders: new ShareJobFolders(directory.filesPath) }),
          () => place.scrub(),
        ]),
      ],
      ['snapshot', eraseProfiles(profiles, clock, config.eraseDays)],
    ]),
    schedules: [expireRecordsDaily, eraseProfilesDaily],
    clock,
    concurrency: config.tasksAtOnce,
    onFailure: (error, task) =>
      log.error(
        { err: error, task: task?.id ?? null, kind: task?.kind ?? null },
        'background work failed; it is tried again as its kind allows',
      ),
  });
}

function openCatalog({ config, clock, directory, log, onRival = () => {} }: ComposeOptions): Promise<CatalogPlace> {
  const { databaseUrl, databaseReaders, durability } = config;
  if (databaseUrl === '') {
    refuseDatabaseProfiles(directory.path);
    return openSqliteCatalog({ file: directory.catalogFile, durability }, clock);
  }
  return openPostgresCatalog({
    place: { url: databaseUrl, durability, readers: databaseReaders },
    clock,
    dataPath: directory.path,
    onState: (state, why) =>
      state === 'lost'
        ? log.error(`the connection to the catalog's database is lost: ${why}; nothing in the catalog can be changed until it is back`)
        : log.warn("the connection to the catalog's database is back"),
    onRival,
    onPlainSearch: (why) => log.warn(`texts are looked for in every segment, because PostgreSQL's pg_trgm cannot be used: ${why}`),
    onViewFailure: (error) => log.error({ err: error }, 'the catalog view could not be brought up to date; it is tried again'),
  });
}

/** The audience index may hold such a part of the memory limit: sets can be made anew, profiles cannot. */
const audiencePartOfMemory = 8;

function openEmbedded({ config, clock, directory, log, onProgress }: ComposeOptions, memory: MemoryBudget): Promise<EmbeddedProfileStore> {
  const startedAtMs = clock.nowMs();
  let toldAtMs = startedAtMs;
  return EmbeddedProfileStore.open({
    directory: directory.profilesPath,
    clock,
    durability: config.durability,
    snapshotLogBytes: config.logCutBytes,
    maxMembershipsPerProfile: config.maxMembershipsPerProfile,
    uniquesBytes: config.uniquesBytes,
    maxLinksPerUser: config.maxLinksPerUser,
    holdExternals: config.holdExternal,
    memoryLimitBytes: memory.limitBytes,
    audienceMemoryBytes: Math.floor(memory.limitBytes / audiencePartOfMemory),
    onWriteFailure: (error) =>
      log.fatal({ err: error }, 'profiles are read-only: writing failed; make room or mend the disk, then restart'),
    onSnapshotFailure: (error) => log.error({ err: error }, 'a snapshot could not be written; it is tried again later'),
    onProgress: (fraction) => {
      if (clock.nowMs() - toldAtMs < 1000) return;
      toldAtMs = clock.nowMs();
      onProgress(`Reading profiles: ${Math.floor(fraction * 100)}%`);
    },
  });
}

/** The engines, for work on a data directory that no server holds. @param databaseUrl empty: the catalog is in the directory */
export function offlineEngines(databaseUrl: string): OfflineEngines {
  const place = { url: databaseUrl, durability: 'fsync', readers: 1 } as const;
  const database = { fill: (file: string) => copyToPostgres(place, file), verify: (id: string) => verifyPostgres(place, id) };
  return {
    verifyProfiles: verifyStore,
    openProfiles: (directory) => EmbeddedProfileStore.open({ directory, clock: systemClock }),
    catalogDialect: (file) => new SqliteWorkerDialect(file),
    database: databaseUrl === '' ? undefined : database,
  };
}

/** One line of JSON a record, to stderr, so that stdout stays for people. */
export const createLog = (config: Config): Logger =>
  pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: false }));
