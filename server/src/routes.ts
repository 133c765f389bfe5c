import type { LogInParts } from './access/login-parts.ts';
import { createAccount } from './access/routes/create-account.ts';
import { createPublicKey } from './access/routes/create-public-key.ts';
import { describeAccounts, listAccounts } from './access/routes/list-accounts.ts';
import { describePublicKeys, listPublicKeys } from './access/routes/list-public-keys.ts';
import { logIn } from './access/routes/log-in.ts';
import { logInWithJwt } from './access/routes/log-in-with-jwt.ts';
import { updateAccount } from './access/routes/update-account.ts';
import { updatePublicKey } from './access/routes/update-public-key.ts';
import { type LookUpParts, lookUpUser } from './activation/lookup/routes/look-up-user.ts';
import { type ReachParts, segmentStats } from './activation/reach/routes/segment-stats.ts';
import { describeAuditEvents, listAuditEvents } from './audit/routes/list-audit-events.ts';
import type { BackupParts } from './backup/make-backup.ts';
import { createBackup } from './backup/routes/create-backup.ts';
import type { ImportParts } from './catalog-import/import-file.ts';
import { importCatalog } from './catalog-import/routes/import-catalog.ts';
import type { AccountOperation, Operation } from './http/operation.ts';
import { checkHealth, checkReadiness, type ReadinessChecks } from './http/routes/check-health.ts';
import { describeApi } from './http/routes/describe-api.ts';
import { describeServer } from './http/routes/describe-server.ts';
import { refuseUnofferedServices } from './http/routes/refuse-unoffered-services.ts';
import { type MetricsParts, readMetrics } from './http/routes/read-metrics.ts';
import { createSyncHost } from './identity/routes/create-sync-host.ts';
import { deleteSyncHost } from './identity/routes/delete-sync-host.ts';
import { describeSyncHosts, listSyncHosts } from './identity/routes/list-sync-hosts.ts';
import { updateSyncHost } from './identity/routes/update-sync-host.ts';
import { readBatchConfig } from './ingest/batch/routes/read-batch-config.ts';
import { updateBatchConfig } from './ingest/batch/routes/update-batch-config.ts';
import type { InstantParts } from './ingest/instant/instant-parts.ts';
import { addUsers } from './ingest/instant/routes/add-users.ts';
import { getProcessed } from './ingest/instant/routes/get-processed.ts';
import { enableDataProvider } from './marketplace/routes/enable-data-provider.ts';
import { describeDataBuyerProviders, listDataBuyerProviders } from './marketplace/routes/list-data-buyer-providers.ts';
import { updateDataBuyerProvider } from './marketplace/routes/update-data-buyer-provider.ts';
import { createAdvertiser } from './members/routes/create-advertiser.ts';
import { createMember } from './members/routes/create-member.ts';
import { describeAdvertisers, listAdvertisers } from './members/routes/list-advertisers.ts';
import { describeMembers, listMembers } from './members/routes/list-members.ts';
import { describePlatformMembers, listPlatformMembers } from './members/routes/list-platform-members.ts';
import { updateAdvertiser } from './members/routes/update-advertiser.ts';
import { createSegment } from './segments/routes/create-segment.ts';
import { deleteSegment } from './segments/routes/delete-segment.ts';
import { describeSegments, listSegments } from './segments/routes/list-segments.ts';
import { updateSegment } from './segments/routes/update-segment.ts';
import type { SegmentHooks } from './segments/segment-hooks.ts';
import { createSharingRecord } from './sharing/routes/create-sharing-record.ts';
import { deleteSharingRecord } from './sharing/routes/delete-sharing-record.ts';
import { describeSharingRecords, listSharingRecords } from './sharing/routes/list-sharing-records.ts';
import { updateSharingRecord } from './sharing/routes/update-sharing-record.ts';
import type { Catalog } from './storage/sql/catalog.ts';

/** What operations are made of. */
export interface RouteParts {
  readonly login: LogInParts;
  readonly backup: BackupParts;
  readonly import: ImportParts;
  readonly importLimitBytes: number;
  readonly segmentHooks: SegmentHooks;
  readonly instant: InstantParts;
  readonly lookup: LookUpParts;
  readonly reach: ReachParts;
  /** `FOYER_REDIRECT_HOSTS`. */
  readonly redirectHosts: readonly string[];
  readonly metrics: MetricsParts;
  readonly readiness: ReadinessChecks;
}

/** The contents page: every operation, in path order. `hot` ones are answered before the framework where hot routes are on. */
export function createRoutes(parts: RouteParts): { readonly operations: readonly Operation[]; readonly hot: readonly AccountOperation[] } {
  const { login, segmentHooks } = parts;
  const { catalog, hasher, taxonomyIds } = parts.import;
  const { read: db } = catalog;
  const hot = [addUsers(parts.instant), lookUpUser(parts.lookup)];
  const operations: Operation[] = [
    describeServer(),
    listAdvertisers(db),
    createAdvertiser(catalog),
    updateAdvertiser(catalog),
    describeAdvertisers(),
    listAuditEvents(db),
    describeAuditEvents(),
    logIn(login),
    createBackup(parts.backup),
    readBatchConfig(db),
    ...updateBatchConfig(catalog),
    listDataBuyerProviders(db),
    enableDataProvider(catalog),
    updateDataBuyerProvider(catalog),
    describeDataBuyerProviders(),
    checkHealth(),
    importCatalog(parts.import, parts.importLimitBytes),
    listMembers(db),
    createMember(catalog),
    describeMembers(),
    listSharingRecords(db),
    createSharingRecord(catalog),
    updateSharingRecord(catalog),
    deleteSharingRecord(catalog),
    describeSharingRecords(),
    readMetrics(parts.metrics),
    describeApi(() => operations),
    listPlatformMembers(db),
    describePlatformMembers(),
    ...publicKeyOperations(catalog),
    checkReadiness(parts.readiness),
    ...hot,
    getProcessed(parts.instant),
    listSegments(db, segmentHooks),
    createSegment(catalog, taxonomyIds),
    updateSegment(catalog, segmentHooks, taxonomyIds),
    deleteSegment(catalog, segmentHooks),
    describeSegments(),
    segmentStats(parts.reach),
    ...syncHostOperations(catalog, parts.redirectHosts),
    listAccounts(db),
    createAccount(catalog, hasher),
    updateAccount(catalog, login),
    describeAccounts(),
    logInWithJwt(login),
    ...refuseUnofferedServices(),
  ];
  return { operations, hot };
}

/** `/public-key`. */
const publicKeyOperations = (catalog: Catalog): readonly Operation[] => [
  listPublicKeys(catalog.read),
  createPublicKey(catalog),
  updatePublicKey(catalog),
  describePublicKeys(),
];

/** `/sync-host`. */
const syncHostOperations = (catalog: Catalog, redirectHosts: readonly string[]): readonly Operation[] => [
  listSyncHosts(catalog.read, redirectHosts),
  createSyncHost(catalog, redirectHosts),
  updateSyncHost(catalog, redirectHosts),
  deleteSyncHost(catalog, redirectHosts),
  describeSyncHosts(),
];
