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
import type { Operation } from './http/operation.ts';
import { checkHealth, checkReadiness, type ReadinessChecks } from './http/routes/check-health.ts';
import { describeApi } from './http/routes/describe-api.ts';
import { describeServer } from './http/routes/describe-server.ts';
import { showConsole } from './http/routes/show-console.ts';
import { showDocs } from './http/routes/show-docs.ts';
import { refuseUnofferedServices } from './http/routes/refuse-unoffered-services.ts';
import { type MetricsParts, readMetrics } from './http/routes/read-metrics.ts';
import { getUid } from './identity/routes/get-uid.ts';
import { getUidAsJson } from './identity/routes/get-uid-as-json.ts';
import { getUidAsJsonp } from './identity/routes/get-uid-as-jsonp.ts';
import { getUidUndecoded } from './identity/routes/get-uid-undecoded.ts';
import { getUidUnlessZero } from './identity/routes/get-uid-unless-zero.ts';
import { optIn } from './identity/routes/opt-in.ts';
import { optOut } from './identity/routes/opt-out.ts';
import { replayBounce } from './identity/routes/replay-bounce.ts';
import type { VisitOperation } from './identity/visit.ts';
import { createSyncHost } from './identity/routes/create-sync-host.ts';
import type { LinkParts } from './identity/link-parts.ts';
import { linkIdentifiers } from './identity/routes/link-identifiers.ts';
import { listIdentityLinks } from './identity/routes/list-identity-links.ts';
import { deleteSyncHost } from './identity/routes/delete-sync-host.ts';
import { describeSyncHosts, listSyncHosts } from './identity/routes/list-sync-hosts.ts';
import { updateSyncHost } from './identity/routes/update-sync-host.ts';
import { createApplication } from './exchange/applications/routes/create-application.ts';
import { createApplicationReview } from './exchange/applications/routes/create-application-review.ts';
import { describeApplicationReviews, listApplicationReviews } from './exchange/applications/routes/list-application-reviews.ts';
import { listApplications } from './exchange/applications/routes/list-applications.ts';
import { putApplication } from './exchange/applications/routes/put-application.ts';
import { setOnboarding } from './exchange/applications/routes/set-onboarding.ts';
import { updateApplicationReview } from './exchange/applications/routes/update-application-review.ts';
import { clearSegments } from './exchange/audiences/routes/clear-segments.ts';
import { listAudiences } from './exchange/audiences/routes/list-audiences.ts';
import { listOfferedSegments } from './exchange/audiences/routes/list-offered-segments.ts';
import { offerSegments } from './exchange/audiences/routes/offer-segments.ts';
import { readAudience } from './exchange/audiences/routes/read-audience.ts';
import { readOfferedSegment } from './exchange/audiences/routes/read-offered-segment.ts';
import { refreshEndpointAudiences } from './exchange/audiences/routes/refresh-endpoint-audiences.ts';
import { replaceSegments } from './exchange/audiences/routes/replace-segments.ts';
import { withdrawSegment } from './exchange/audiences/routes/withdraw-segment.ts';
import { connectEndpoint } from './exchange/endpoints/routes/connect-endpoint.ts';
import { createAccountKey } from './exchange/endpoints/routes/create-account-key.ts';
import { cancelShareJob } from './exchange/jobs/routes/cancel-share-job.ts';
import { downloadJobData } from './exchange/jobs/routes/download-job-data.ts';
import { followShareJob } from './exchange/jobs/routes/follow-share-job.ts';
import { listExchangeJobs } from './exchange/jobs/routes/list-exchange-jobs.ts';
import { listShareJobs } from './exchange/jobs/routes/list-share-jobs.ts';
import { readExchangeJob } from './exchange/jobs/routes/read-exchange-job.ts';
import { readShareJob } from './exchange/jobs/routes/read-share-job.ts';
import { readShareJobRejects } from './exchange/jobs/routes/read-share-job-rejects.ts';
import { reportJob } from './exchange/jobs/routes/report-job.ts';
import { uploadJobData } from './exchange/jobs/routes/upload-job-data.ts';
import { createEndpointRegistration } from './exchange/endpoints/routes/create-endpoint-registration.ts';
import { deleteEndpoint } from './exchange/endpoints/routes/delete-endpoint.ts';
import { disableEndpoint } from './exchange/endpoints/routes/disable-endpoint.ts';
import { enableEndpoint } from './exchange/endpoints/routes/enable-endpoint.ts';
import { listDestinationSegments } from './exchange/endpoints/routes/list-destination-segments.ts';
import { listEndpoints } from './exchange/endpoints/routes/list-endpoints.ts';
import { listRegisteredEndpoints } from './exchange/endpoints/routes/list-registered-endpoints.ts';
import { putApplicationEndpoint } from './exchange/endpoints/routes/put-application-endpoint.ts';
import { putEndpoint } from './exchange/endpoints/routes/put-endpoint.ts';
import { readEndpoint } from './exchange/endpoints/routes/read-endpoint.ts';
import { rotateEndpointKey } from './exchange/endpoints/routes/rotate-endpoint-key.ts';
import { setConnection } from './exchange/endpoints/routes/set-connection.ts';
import type { ExchangeParts } from './exchange/exchange-parts.ts';
import { createShare } from './exchange/shares/routes/create-share.ts';
import { deleteShare } from './exchange/shares/routes/delete-share.ts';
import { dryRunShare } from './exchange/shares/routes/dry-run-share.ts';
import { listShares } from './exchange/shares/routes/list-shares.ts';
import { readShare } from './exchange/shares/routes/read-share.ts';
import { runShare } from './exchange/shares/routes/run-share.ts';
import { suggestShareMapping } from './exchange/shares/routes/suggest-share-mapping.ts';
import { updateShare } from './exchange/shares/routes/update-share.ts';
import type { BatchParts } from './ingest/batch/batch-parts.ts';
import { cancelBatchJob } from './ingest/batch/routes/cancel-batch-job.ts';
import { createBatchJob } from './ingest/batch/routes/create-batch-job.ts';
import { followBatchJob } from './ingest/batch/routes/follow-batch-job.ts';
import { describeBatchJobs, listBatchJobs } from './ingest/batch/routes/list-batch-jobs.ts';
import { readBatchRejects } from './ingest/batch/routes/read-batch-rejects.ts';
import { undoBatchJob } from './ingest/batch/routes/undo-batch-job.ts';
import { uploadSegments } from './ingest/batch/routes/upload-segments.ts';
import type { TaskHooks } from './tasks/task-hooks.ts';
import { readBatchConfig } from './ingest/batch/routes/read-batch-config.ts';
import { updateBatchConfig } from './ingest/batch/routes/update-batch-config.ts';
import type { InstantParts } from './ingest/instant/instant-parts.ts';
import { addUsers } from './ingest/instant/routes/add-users.ts';
import { getProcessed } from './ingest/instant/routes/get-processed.ts';
import type { PixelParts } from './ingest/pixel/pixel-parts.ts';
import { addByConversionPixel } from './ingest/pixel/routes/add-by-conversion-pixel.ts';
import { addByPixel } from './ingest/pixel/routes/add-by-pixel.ts';
import { mapUserIds } from './ingest/pixel/routes/map-user-ids.ts';
import { reportSyncs } from './ingest/pixel/routes/report-syncs.ts';
import { enableDataProvider } from './marketplace/routes/enable-data-provider.ts';
import { describeDataBuyerProviders, listDataBuyerProviders } from './marketplace/routes/list-data-buyer-providers.ts';
import { updateDataBuyerProvider } from './marketplace/routes/update-data-buyer-provider.ts';
import { createAdvertiser } from './members/routes/create-advertiser.ts';
import { createMember } from './members/routes/create-member.ts';
import { describeAdvertisers, listAdvertisers } from './members/routes/list-advertisers.ts';
import type { MemberHooks } from './members/member-hooks.ts';
import { describeMembers, listMembers } from './members/routes/list-members.ts';
import { describePlatformMembers, listPlatformMembers } from './members/routes/list-platform-members.ts';
import { updateAdvertiser } from './members/routes/update-advertiser.ts';
import { updateMember } from './members/routes/update-member.ts';
import { describeNotices, listNotices } from './notices/routes/list-notices.ts';
import { updateNotice } from './notices/routes/update-notice.ts';
import { createSegmentAccessRequest } from './segment-access/routes/create-segment-access-request.ts';
import { describeSegmentAccessRequests, listSegmentAccessRequests } from './segment-access/routes/list-segment-access-requests.ts';
import { updateSegmentAccessRequest } from './segment-access/routes/update-segment-access-request.ts';
import { createSegment } from './segments/routes/create-segment.ts';
import { deleteSegment } from './segments/routes/delete-segment.ts';
import { describeSegments, listSegments } from './segments/routes/list-segments.ts';
import { updateSegment } from './segments/routes/update-segment.ts';
import type { SegmentHooks } from './segments/segment-hooks.ts';
import { createSharingRecord } from './sharing/routes/create-sharing-record.ts';
import { deleteSharingRecord } from './sharing/routes/delete-sharing-record.ts';
import { describeSharingRecords, listSharingRecords } from './sharing/routes/list-sharing-records.ts';
import { updateSharingRecord } from './sharing/routes/update-sharing-record.ts';
import { describeTasks, listTasks } from './tasks/routes/list-tasks.ts';
import { updateTask } from './tasks/routes/update-task.ts';

/** What operations are made of. */
export interface RouteParts {
  readonly login: LogInParts;
  readonly backup: BackupParts;
  readonly import: ImportParts;
  readonly importLimitBytes: number;
  readonly memberHooks: MemberHooks;
  readonly segmentHooks: SegmentHooks;
  readonly taskHooks: TaskHooks;
  readonly batch: BatchParts;
  readonly exchange: ExchangeParts;
  readonly instant: InstantParts;
  readonly pixel: PixelParts;
  readonly lookup: LookUpParts;
  readonly linking: LinkParts;
  readonly reach: ReachParts;
  /** `FOYER_REDIRECT_HOSTS`. */
  readonly redirectHosts: readonly string[];
  readonly metrics: MetricsParts;
  readonly readiness: ReadinessChecks;
}

/** The contents page: every operation, in four parts. `hot` ones are answered before the framework where hot routes are on. */
export function createRoutes(parts: RouteParts): { readonly operations: readonly Operation[]; readonly hot: readonly Operation[] } {
  const otherVisits = slowVisits(parts.pixel);
  const hotVisits = [
    getUidAsJson(parts.pixel),
    mapUserIds(parts.pixel),
    addByPixel(parts.pixel),
    addByConversionPixel(parts.pixel),
    getUid(parts.pixel),
  ];
  const visits = [...hotVisits, ...otherVisits];
  const hot = [addUsers(parts.instant), lookUpUser(parts.lookup), ...hotVisits];
  const operations: Operation[] = [
    ...entryRoutes(parts, () => operations),
    ...companyRoutes(parts),
    ...audienceRoutes(parts),
    listIdentityLinks(parts.linking),
    linkIdentifiers(parts.linking),
    ...hot,
    ...otherVisits,
    replayBounce(visits),
    reportSyncs(parts.pixel),
    getProcessed(parts.instant),
    ...batchRoutes(parts),
    ...exchangeRoutes(parts.exchange),
    ...operatorRoutes(parts),
    ...refuseUnofferedServices(),
  ];
  return { operations, hot };
}

/** Visits of browsers that are not answered before the framework. */
const slowVisits = (pixel: PixelParts): readonly VisitOperation[] => [
  getUidUndecoded(pixel),
  getUidUnlessZero(pixel),
  getUidAsJsonp(pixel),
  ...optOut(pixel),
  ...optIn(pixel),
];

/** What needs no account. */
const entryRoutes = (parts: RouteParts, operations: () => readonly Operation[]): Operation[] => [
  describeServer(),
  logIn(parts.login),
  showConsole(),
  showDocs(operations),
  checkHealth(),
  readMetrics(parts.metrics),
  describeApi(operations),
  checkReadiness(parts.readiness),
  logInWithJwt(parts.login),
];

/** Members, their accounts and keys, what they may do and what they are told. */
function companyRoutes({ login, import: { catalog, hasher }, memberHooks, redirectHosts }: RouteParts): Operation[] {
  const { read: db } = catalog;
  return [
    listAdvertisers(db),
    createAdvertiser(catalog),
    updateAdvertiser(catalog),
    describeAdvertisers(),
    listAuditEvents(db),
    describeAuditEvents(),
    readBatchConfig(db),
    ...updateBatchConfig(catalog),
    listMembers(db),
    createMember(catalog),
    updateMember(catalog, memberHooks),
    describeMembers(),
    listNotices(db),
    updateNotice(catalog),
    describeNotices(),
    listPlatformMembers(db),
    describePlatformMembers(),
    listPublicKeys(db),
    createPublicKey(catalog),
    updatePublicKey(catalog),
    describePublicKeys(),
    listSyncHosts(db, redirectHosts),
    createSyncHost(catalog, redirectHosts),
    updateSyncHost(catalog, redirectHosts),
    deleteSyncHost(catalog, redirectHosts),
    describeSyncHosts(),
    listAccounts(db),
    createAccount(catalog, hasher),
    updateAccount(catalog, login),
    describeAccounts(),
  ];
}

/** Segments, who may use and fill them, and how large they are. */
function audienceRoutes({ import: { catalog, taxonomyIds }, segmentHooks, reach }: RouteParts): Operation[] {
  const { read: db } = catalog;
  return [
    listDataBuyerProviders(db),
    enableDataProvider(catalog),
    updateDataBuyerProvider(catalog),
    describeDataBuyerProviders(),
    listSharingRecords(db),
    createSharingRecord(catalog),
    updateSharingRecord(catalog),
    deleteSharingRecord(catalog),
    describeSharingRecords(),
    listSegments(db, segmentHooks),
    createSegment(catalog, taxonomyIds),
    updateSegment(catalog, segmentHooks, taxonomyIds),
    deleteSegment(catalog, segmentHooks),
    describeSegments(),
    listSegmentAccessRequests(db),
    createSegmentAccessRequest(catalog),
    updateSegmentAccessRequest(catalog),
    describeSegmentAccessRequests(),
    segmentStats(reach),
    listApplicationReviews(db),
    createApplicationReview(catalog),
    updateApplicationReview(catalog),
    describeApplicationReviews(),
  ];
}

/** Files of memberships. */
const batchRoutes = ({ batch, taskHooks }: RouteParts): Operation[] => [
  listBatchJobs(batch),
  createBatchJob(batch),
  describeBatchJobs(),
  cancelBatchJob(batch, (task) => taskHooks.canceled(task)),
  followBatchJob(batch),
  readBatchRejects(batch),
  undoBatchJob(batch),
  uploadSegments(batch),
];

/** Runs of shares: what endpoints poll for, and what people see. */
const jobRoutes = (exchange: ExchangeParts): Operation[] => [
  listExchangeJobs(exchange),
  readExchangeJob(exchange),
  uploadJobData(exchange),
  downloadJobData(exchange),
  reportJob(exchange),
  listShareJobs(exchange),
  readShareJob(exchange),
  readShareJobRejects(exchange),
  cancelShareJob(exchange),
  followShareJob(exchange),
];

/** Endpoints, audiences, shares and jobs. */
const exchangeRoutes = (exchange: ExchangeParts): Operation[] => [
  ...endpointRoutes(exchange),
  ...offerRoutes(exchange),
  ...shareRoutes(exchange),
  ...jobRoutes(exchange),
];

/** Applications, and endpoints by people and by their software. */
const endpointRoutes = (exchange: ExchangeParts): Operation[] => [
  createAccountKey(exchange),
  listApplications(exchange),
  createApplication(exchange),
  putApplication(exchange),
  setOnboarding(exchange),
  listRegisteredEndpoints(exchange),
  putEndpoint(exchange),
  putApplicationEndpoint(exchange),
  setConnection(exchange),
  createEndpointRegistration(exchange),
  listEndpoints(exchange),
  readEndpoint(exchange),
  deleteEndpoint(exchange),
  connectEndpoint(exchange),
  listDestinationSegments(exchange),
  disableEndpoint(exchange),
  enableEndpoint(exchange),
  rotateEndpointKey(exchange),
];

/** What sources offer. */
const offerRoutes = (exchange: ExchangeParts): Operation[] => [
  listAudiences(exchange),
  readAudience(exchange),
  refreshEndpointAudiences(exchange),
  listOfferedSegments(exchange),
  offerSegments(exchange),
  replaceSegments(exchange),
  clearSegments(exchange),
  readOfferedSegment(exchange),
  withdrawSegment(exchange),
];

/** Standing orders, and their runs by hand. */
const shareRoutes = (exchange: ExchangeParts): Operation[] => [
  listShares(exchange),
  createShare(exchange),
  dryRunShare(exchange),
  suggestShareMapping(exchange),
  readShare(exchange),
  updateShare(exchange),
  deleteShare(exchange),
  runShare(exchange),
];

/** For whoever runs the server, and for looking at what it does. */
function operatorRoutes(parts: RouteParts): Operation[] {
  const { catalog } = parts.import;
  return [
    createBackup(parts.backup),
    importCatalog(parts.import, parts.importLimitBytes),
    listTasks(catalog.read),
    updateTask(catalog, parts.taskHooks),
    describeTasks(),
  ];
}
