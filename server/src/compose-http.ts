import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { LoginLimits } from './access/login-limits.ts';
import type { PasswordHasher } from './access/password-hasher.ts';
import type { ProxyView } from './access/proxy-view.ts';
import type { SessionRegistry } from './access/session-registry.ts';
import { SegmentSizes } from './activation/reach/segment-sizes.ts';
import { ReachAnswerStore } from './activation/reach/store/reach-answer-store.ts';
import { ToldCounts } from './activation/reach/told-counts.ts';
import type { TaskRunner } from './background/task-runner.ts';
import type { CatalogView } from './catalog-view/catalog-view.ts';
import type { Config } from './config/config.ts';
import { addEventLoopDelay } from './http/event-loop-delay.ts';
import { createHttpServer, type HttpServer } from './http/http-server.ts';
import type { Admit } from './http/caller.ts';
import type { Operation } from './http/operation.ts';
import { RequestFront } from './http/request-front.ts';
import { RequestMetrics } from './http/request-metrics.ts';
import { eidSources } from './identity/resolve-user.ts';
import type { ExchangeService } from './exchange/exchange-service.ts';
import type { BatchService } from './ingest/batch/batch-service.ts';
import { followShareTask } from './exchange/jobs/cancel-job.ts';
import type { TaskHooks } from './tasks/task-hooks.ts';
import { followTask } from './ingest/batch/cancel-batch.ts';
import type { InstantParts } from './ingest/instant/instant-parts.ts';
import type { Clock } from './kit/clock.ts';
import { answerUnreadablePixel } from './ingest/pixel/answer-pixel.ts';
import type { PixelParts } from './ingest/pixel/pixel-parts.ts';
import type { MemoryBudget } from './profiles/memory-budget.ts';
import { addProfileMetrics } from './profiles/profile-metrics.ts';
import type { ProfileStore } from './profiles/profile-store.ts';
import { createRoutes, type RouteParts } from './routes.ts';
import { loadTaxonomyIds } from './segments/taxonomy.ts';
import { sharingHooks, sharingMemberHooks } from './sharing/sharing-hooks.ts';
import type { DataDirectory } from './storage/files/data-directory.ts';
import { secretKey } from './storage/files/secret-key.ts';
import type { Catalog } from './storage/sql/catalog.ts';
import type { CatalogPlace } from './storage/sql/catalog-place.ts';

/** As `compose` gets them. */
interface HttpOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly directory: DataDirectory;
  readonly log: Logger;
}

/** What the front and the routes are made of. */
export interface Parts {
  readonly place: CatalogPlace;
  readonly catalog: Catalog;
  readonly profiles: ProfileStore;
  readonly memory: MemoryBudget;
  readonly view: CatalogView;
  readonly sessions: SessionRegistry;
  readonly hasher: PasswordHasher;
  readonly instant: InstantParts;
  readonly pixel: PixelParts;
  readonly batch: BatchService;
  readonly exchange: ExchangeService;
  readonly admit: Admit;
  readonly registry: Registry;
  readonly proxy: ProxyView;
  readonly runners: readonly Pick<TaskRunner, 'wake' | 'canceled'>[];
}

/** What tells how large segments are. */
function reachParts(
  view: CatalogView,
  profiles: ProfileStore,
  catalog: Catalog,
  { config, clock, directory }: HttpOptions,
): RouteParts['reach'] {
  return {
    view,
    sizes: new SegmentSizes({ profiles, clock }),
    told: new ToldCounts({
      store: new ReachAnswerStore(catalog.read),
      clock,
      key: secretKey(join(directory.filesPath, 'reach.key')),
      floor: config.reachFloor,
    }),
  };
}

/** The front, every route, and the HTTP server over them. */
export function createHttp(
  options: HttpOptions,
  parts: Parts,
): { http: HttpServer; front: RequestFront; operations: readonly Operation[] } {
  const { config, clock, directory, log } = options;
  const { catalog, profiles, view, sessions, hasher, instant, pixel, batch, runners, registry, proxy } = parts;
  const sources = eidSources(config.eidSources);
  const { admit } = parts;
  const front = new RequestFront({
    admit,
    log,
    metrics: new RequestMetrics(registry),
    logSample: config.logSample,
    slowCallMs: config.slowCallMs,
  });
  addProfileMetrics(registry, profiles, parts.memory);
  addEventLoopDelay(registry);
  const { operations, hot } = createRoutes({
    login: { db: catalog.read, clock, sessions, limits: new LoginLimits(clock), hasher, proxy },
    backup: {
      clock,
      dataPath: directory.path,
      filesPath: directory.filesPath,
      copyCatalog: (file) => parts.place.copyTo(file),
      profiles,
    },
    import: { catalog, hasher, sessions, taxonomyIds: loadTaxonomyIds() },
    importLimitBytes: config.importLimitBytes,
    memberHooks: sharingMemberHooks,
    segmentHooks: sharingHooks,
    taskHooks: { moves: followTasks, canceled: (id) => tellCanceled(runners, id) },
    batch: batch.parts,
    exchange: parts.exchange.parts,
    instant,
    pixel,
    lookup: { view, profiles, eidSources: sources },
    linking: { view, profiles, clock, eidSources: sources, mappingTtlS: config.mappingTtlS },
    redirectHosts: config.redirectHosts,
    reach: reachParts(view, profiles, catalog, options),
    metrics: { registry, admit, clientAddress: (facts) => proxy.clientAddress(facts), metricsToken: config.metricsToken },
    readiness: async () =>
      front.stopping
        ? { catalog: 'stopping', profiles: 'stopping', files: 'stopping' }
        : { catalog: await parts.place.check(), profiles: profiles.check(), files: await directory.check() },
  });
  const http = createHttpServer({
    operations,
    hotOperations: config.hotRoutes ? hot : [],
    front,
    log,
    bodyLimitBytes: config.bodyLimitBytes,
    unreadable: answerUnreadablePixel,
  });
  return { http, front, operations };
}

/** What a task is about goes with it. */
const followTasks: TaskHooks['moves'] = async (change, task, state) => {
  await followTask(change, task, state);
  await followShareTask(change, task, state);
};

function tellCanceled(runners: Parts['runners'], task: number): void {
  for (const runner of runners) runner.canceled(task);
}
