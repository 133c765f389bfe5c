// Made from the server's operations by tools/make-sdk.ts; not to be edited.
import { OperationCaller } from '../operation-entry.ts';
import type { OperationEntry } from '../operation-entry.ts';
import type { CallOptions, NoQuery, Query, QueryValues } from '../call-options.ts';
import type { DeletedAnswer, FieldsAnswer, ListAnswer, ManyAnswer, OneAnswer } from '../answers.ts';
import type { AddressQuery, ListQuery } from '../list-query.ts';
import type { Backup, ImportResult, InstantAnswer } from '../wire.ts';
import type { Account, AccountBody, AccountKey, Advertiser, AdvertiserBody, Application, ApplicationBody, ApplicationReview, ApplicationReviewBody, Audience, AuditEvent, BackupBody, BatchConfig, BatchConfigBody, BatchJob, ConnectEndpointBody, CreateApplicationAnswer, DataBuyerProvider, DataBuyerProviderBody, DestinationSegment, DryRunShare, DryRunShareBody, Endpoint, EndpointRegistration, EndpointRegistrationBody, IdentityLink, IdentityLinking, IdentityLinkingBody, InstantCallBody, LoginBody, Member, MemberBody, Notice, NoticeBody, OfferSegments, OfferSegmentsBody, OfferedSegment, ProcessedHour, PublicKey, PublicKeyBody, PutApplication, PutApplicationEndpointBody, PutEndpoint, PutEndpointBody, ReadAudienceAnswer, ReadEndpointAnswer, ReadOfferedSegmentAnswer, RefreshEndpointAudiences, RefreshEndpointAudiencesBody, RegisteredEndpoint, ReportJobBody, RequestedBatchJob, RotateEndpointKey, RunShare, Segment, SegmentAccessRequest, SegmentAccessRequestBody, SegmentBody, SegmentStats, SetConnection, SetConnectionBody, SetOnboarding, SetOnboardingBody, Share, ShareBody, SharingRecord, SharingRecordBody, SuggestShareMapping, SuggestShareMappingBody, SyncHost, SyncHostBody, SyncReport, Task, TaskBody, UpdateApplicationReviewAnswer, UpdateApplicationReviewBody, UpdatePublicKeyBody, UpdateSegmentAccessRequestAnswer, UpdateSegmentAccessRequestBody, UpdateShareBody, UpdateSyncHostBody, UserLookup } from './wire.ts';

export type DescribeServerQuery = NoQuery;

export type LogInQuery = NoQuery;

export type ShowConsoleQuery = NoQuery;

export type ShowDocsQuery = NoQuery;

export type CheckHealthQuery = NoQuery;

export type ReadMetricsQuery = NoQuery;

export type DescribeApiQuery = NoQuery;

export type CheckReadinessQuery = NoQuery;

export type LogInWithJwtQuery = NoQuery;

export type ListAdvertisersQuery = ListQuery<Advertiser>;

export type CreateAdvertiserQuery = NoQuery;

export type UpdateAdvertiserQuery = AddressQuery;

export type DescribeAdvertisersQuery = NoQuery;

export type ListAuditEventsQuery = ListQuery<AuditEvent>;

export type DescribeAuditEventsQuery = NoQuery;

export type ReadBatchConfigQuery = {
  /** The member (default: your own; administrators must name it) */
  readonly member_id?: QueryValues | undefined;
};

export type UpdateBatchConfigQuery = Omit<AddressQuery, 'member_id' | 'append'> & {
  /** The member */
  readonly member_id?: QueryValues | undefined;
  /** true: arrays are added to instead of replaced */
  readonly append?: QueryValues | undefined;
};

export type CreateBatchConfigQuery = {
  /** The member */
  readonly member_id?: QueryValues | undefined;
  /** true: arrays are added to instead of replaced */
  readonly append?: QueryValues | undefined;
};

export type ListMembersQuery = ListQuery<Member>;

export type CreateMemberQuery = NoQuery;

export type UpdateMemberQuery = AddressQuery;

export type DescribeMembersQuery = NoQuery;

export type ListNoticesQuery = ListQuery<Notice>;

export type UpdateNoticeQuery = AddressQuery;

export type DescribeNoticesQuery = NoQuery;

export type ListPlatformMembersQuery = Query;

export type DescribePlatformMembersQuery = NoQuery;

export type ListPublicKeysQuery = Omit<ListQuery<PublicKey>, 'user_id'> & {
  /** The account: your own; administrators name any */
  readonly user_id?: QueryValues | undefined;
};

export type CreatePublicKeyQuery = {
  /** The account that the key is for: your own; administrators name any */
  readonly user_id?: QueryValues | undefined;
};

export type UpdatePublicKeyQuery = Omit<AddressQuery, 'key_id' | 'user_id'> & {
  /** The key */
  readonly key_id?: QueryValues | undefined;
  /** Its account: your own; administrators name any */
  readonly user_id?: QueryValues | undefined;
};

export type DescribePublicKeysQuery = NoQuery;

export type ListSyncHostsQuery = ListQuery<SyncHost>;

export type CreateSyncHostQuery = {
  /** The member (default: your own; administrators must name it) */
  readonly member_id?: QueryValues | undefined;
};

export type UpdateSyncHostQuery = AddressQuery;

export type DeleteSyncHostQuery = AddressQuery;

export type DescribeSyncHostsQuery = NoQuery;

export type ListAccountsQuery = ListQuery<Account>;

export type CreateAccountQuery = NoQuery;

export type UpdateAccountQuery = AddressQuery;

export type DescribeAccountsQuery = NoQuery;

export type ListDataBuyerProvidersQuery = ListQuery<DataBuyerProvider>;

export type EnableDataProviderQuery = {
  /** The buyer (default: your own member; administrators must name it) */
  readonly member_id?: QueryValues | undefined;
};

export type UpdateDataBuyerProviderQuery = AddressQuery;

export type DescribeDataBuyerProvidersQuery = NoQuery;

export type ListSharingRecordsQuery = ListQuery<SharingRecord>;

export type CreateSharingRecordQuery = {
  /** The member that shares (default: your own; administrators must name it) */
  readonly data_member_id?: QueryValues | undefined;
};

export type UpdateSharingRecordQuery = Omit<AddressQuery, 'append'> & {
  /** true: only adds to the list. Without it, what the list leaves out is no longer shared */
  readonly append?: QueryValues | undefined;
};

export type DeleteSharingRecordQuery = AddressQuery;

export type DescribeSharingRecordsQuery = NoQuery;

export type ListSegmentsQuery = Omit<ListQuery<Segment>, 'include_shared' | 'show_querystring_ids'> & {
  /** 0: own segments only */
  readonly include_shared?: QueryValues | undefined;
  /** true: values of query-string mappings with ids */
  readonly show_querystring_ids?: QueryValues | undefined;
};

export type CreateSegmentQuery = {
  /** The member that the segment belongs to (default: your own) */
  readonly member_id?: QueryValues | undefined;
  /** Makes it a segment of this advertiser */
  readonly advertiser_id?: QueryValues | undefined;
  /** The same by the code of the advertiser */
  readonly advertiser_code?: QueryValues | undefined;
};

export type UpdateSegmentQuery = Omit<AddressQuery, 'append'> & {
  /** true: arrays are added to instead of replaced */
  readonly append?: QueryValues | undefined;
};

export type DeleteSegmentQuery = AddressQuery;

export type DescribeSegmentsQuery = NoQuery;

export type ListSegmentAccessRequestsQuery = ListQuery<SegmentAccessRequest>;

export type CreateSegmentAccessRequestQuery = {
  /** The member that asks (default: your own; administrators must name it) */
  readonly member_id?: QueryValues | undefined;
};

export type UpdateSegmentAccessRequestQuery = AddressQuery;

export type DescribeSegmentAccessRequestsQuery = NoQuery;

export type SegmentStatsQuery = {
  /** Segments, by comma; 100 at most */
  readonly id?: QueryValues | undefined;
  /** How many days back and ahead: 1 to 90, default 30 */
  readonly days?: QueryValues | undefined;
  /** For administrators: see what this member would */
  readonly member_id?: QueryValues | undefined;
};

export type ListApplicationReviewsQuery = ListQuery<ApplicationReview>;

export type CreateApplicationReviewQuery = NoQuery;

export type UpdateApplicationReviewQuery = AddressQuery;

export type DescribeApplicationReviewsQuery = NoQuery;

export type ListIdentityLinksQuery = Omit<ListQuery<IdentityLink>, 'uid' | 'domain' | 'member' | 'source' | 'type' | 'member_id'> & {
  /** The id of the user */
  readonly uid?: QueryValues | undefined;
  /** Absent: a user id; else a device domain, external, eid or ifa */
  readonly domain?: QueryValues | undefined;
  /** With domain=external: whose id it is */
  readonly member?: QueryValues | undefined;
  /** With domain=eid */
  readonly source?: QueryValues | undefined;
  /** With domain=ifa */
  readonly type?: QueryValues | undefined;
  /** For administrators: see what this member would */
  readonly member_id?: QueryValues | undefined;
};

export type LinkIdentifiersQuery = {
  /** For administrators: link as this member would */
  readonly member_id?: QueryValues | undefined;
};

export type AddUsersQuery = {
  /** For administrators: the member that sends. Default: the own one */
  readonly member_id?: QueryValues | undefined;
};

export type LookUpUserQuery = {
  /** The id of the user */
  readonly uid?: QueryValues | undefined;
  /** Absent: a user id; else a device domain, external, eid or ifa */
  readonly domain?: QueryValues | undefined;
  /** With domain=external: whose id it is */
  readonly member?: QueryValues | undefined;
  /** With domain=eid */
  readonly source?: QueryValues | undefined;
  /** With domain=ifa */
  readonly type?: QueryValues | undefined;
  /** For administrators: see what this member would */
  readonly member_id?: QueryValues | undefined;
};

export type ReportSyncsQuery = {
  /** For administrators: whose syncs. Default: the own member */
  readonly member_id?: QueryValues | undefined;
  /** The first day, such as 2026-01-31 (UTC). Default: two weeks before the last one */
  readonly start?: QueryValues | undefined;
  /** The last day, included. Default: today */
  readonly end?: QueryValues | undefined;
};

export type GetProcessedQuery = {
  /** For administrators: the member that sent. Default: the own one */
  readonly member_id?: QueryValues | undefined;
  /** The first hour, such as 2015-11-01 01:00:00 (UTC). Default: two weeks before the last one */
  readonly start?: QueryValues | undefined;
  /** The last hour, included. Default: now */
  readonly end?: QueryValues | undefined;
  /** true: one total for all hours, without logs */
  readonly agg?: QueryValues | undefined;
};

export type ListBatchJobsQuery = Omit<ListQuery<BatchJob>, 'member_id' | 'job_id'> & {
  /** For administrators: the member. Default: all */
  readonly member_id?: QueryValues | undefined;
  /** One job */
  readonly job_id?: QueryValues | undefined;
};

export type CreateBatchJobQuery = {
  /** For administrators: the member that uploads. Default: the own one */
  readonly member_id?: QueryValues | undefined;
  /** true: everything but the write; the report says what would happen */
  readonly validate_only?: QueryValues | undefined;
};

export type DescribeBatchJobsQuery = NoQuery;

export type CancelBatchJobQuery = {
  /** The job */
  readonly job_id?: QueryValues | undefined;
  /** For administrators: the member. Default: any */
  readonly member_id?: QueryValues | undefined;
};

export type UndoBatchJobQuery = {
  /** The job */
  readonly job_id?: QueryValues | undefined;
  /** For administrators: the member. Default: any */
  readonly member_id?: QueryValues | undefined;
};

export type CreateAccountKeyQuery = {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type ListApplicationsQuery = Omit<ListQuery<Application>, 'limit' | 'cursor' | 'memberId'> & {
  /** At most so many items: 1 to 1000, default 100 */
  readonly limit?: QueryValues | undefined;
  /** Where a page begins, as the Link of the page before says */
  readonly cursor?: QueryValues | undefined;
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type CreateApplicationQuery = {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type PutApplicationQuery = {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type SetOnboardingQuery = Omit<AddressQuery, 'memberId'> & {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type ListRegisteredEndpointsQuery = Omit<ListQuery<RegisteredEndpoint>, 'endpointId' | 'properties' | 'limit' | 'cursor' | 'memberId'> & {
  /** This one alone */
  readonly endpointId?: QueryValues | undefined;
  /** Only these, by comma: endpointId, status, name, providerName, description, url, hashAlgorithm, endpointTypes, marketingDatabasesDefinition */
  readonly properties?: QueryValues | undefined;
  /** At most so many items: 1 to 1000, default 100 */
  readonly limit?: QueryValues | undefined;
  /** Where a page begins, as the Link of the page before says */
  readonly cursor?: QueryValues | undefined;
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type PutEndpointQuery = Omit<AddressQuery, 'endpointId' | 'memberId'> & {
  /** Which endpoint; needed with the account-level key and with tokens, while an endpoint's own key says it */
  readonly endpointId?: QueryValues | undefined;
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type PutApplicationEndpointQuery = Omit<AddressQuery, 'endpointId' | 'memberId'> & {
  /** Which endpoint; needed with the account-level key and with tokens, while an endpoint's own key says it */
  readonly endpointId?: QueryValues | undefined;
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type SetConnectionQuery = Omit<AddressQuery, 'memberId'> & {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type CreateEndpointRegistrationQuery = {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type ListEndpointsQuery = Omit<ListQuery<Endpoint>, 'kind' | 'status' | 'limit' | 'cursor' | 'memberId'> & {
  /** One of custom, application, internal */
  readonly kind?: QueryValues | undefined;
  /** One of PENDING, ACTIVE, DISABLED */
  readonly status?: QueryValues | undefined;
  /** At most so many items: 1 to 1000, default 100 */
  readonly limit?: QueryValues | undefined;
  /** Where a page begins, as the Link of the page before says */
  readonly cursor?: QueryValues | undefined;
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type ReadEndpointQuery = {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type DeleteEndpointQuery = Omit<AddressQuery, 'memberId'> & {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type ConnectEndpointQuery = {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type ListDestinationSegmentsQuery = Omit<ListQuery<DestinationSegment>, 'limit' | 'cursor' | 'memberId'> & {
  /** At most so many items: 1 to 1000, default 100 */
  readonly limit?: QueryValues | undefined;
  /** Where a page begins, as the Link of the page before says */
  readonly cursor?: QueryValues | undefined;
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type DisableEndpointQuery = {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type EnableEndpointQuery = {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type RotateEndpointKeyQuery = {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type ListAudiencesQuery = Omit<ListQuery<Audience>, 'search' | 'endpointId' | 'limit' | 'cursor' | 'memberId'> & {
  /** Text of the name or the description, whatever its case */
  readonly search?: QueryValues | undefined;
  /** Of this endpoint alone */
  readonly endpointId?: QueryValues | undefined;
  /** At most so many items: 1 to 1000, default 100 */
  readonly limit?: QueryValues | undefined;
  /** Where a page begins, as the Link of the page before says */
  readonly cursor?: QueryValues | undefined;
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type ReadAudienceQuery = {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type RefreshEndpointAudiencesQuery = {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type ListOfferedSegmentsQuery = Omit<ListQuery<OfferedSegment>, 'limit' | 'cursor' | 'memberId'> & {
  /** At most so many: 1 to 1000, which is the default */
  readonly limit?: QueryValues | undefined;
  /** Where a page begins, as the Link of the page before says */
  readonly cursor?: QueryValues | undefined;
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type OfferSegmentsQuery = {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type ReplaceSegmentsQuery = Omit<AddressQuery, 'memberId'> & {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type ClearSegmentsQuery = Omit<AddressQuery, 'memberId'> & {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type ReadOfferedSegmentQuery = {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type WithdrawSegmentQuery = Omit<AddressQuery, 'memberId'> & {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type ListSharesQuery = Omit<ListQuery<Share>, 'limit' | 'cursor' | 'memberId'> & {
  /** At most so many items: 1 to 1000, default 100 */
  readonly limit?: QueryValues | undefined;
  /** Where a page begins, as the Link of the page before says */
  readonly cursor?: QueryValues | undefined;
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type CreateShareQuery = {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type DryRunShareQuery = {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type SuggestShareMappingQuery = {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type ReadShareQuery = {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type UpdateShareQuery = Omit<AddressQuery, 'memberId'> & {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type DeleteShareQuery = Omit<AddressQuery, 'memberId'> & {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type RunShareQuery = {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type ListExchangeJobsQuery = Query & {
  /** Jobs in which this endpoint is producer or consumer */
  readonly endpointId?: QueryValues | undefined;
  /** CREATED, WAITING_TO_RECIEVE_DATA, RECEIVING_DATA, READY_FOR_DOWNLOAD, SENDING_DATA, COMPLETE, FAILED, CANCELED */
  readonly status?: QueryValues | undefined;
  /** true: times and counts too */
  readonly extraFields?: QueryValues | undefined;
  /** At most so many items: 1 to 1000, default 100 */
  readonly limit?: QueryValues | undefined;
  /** Where a page begins, as the Link of the page before says */
  readonly cursor?: QueryValues | undefined;
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type ReadExchangeJobQuery = {
  /** true: times and counts too */
  readonly extraFields?: QueryValues | undefined;
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type UploadJobDataQuery = {
  /** false: more files follow */
  readonly final?: QueryValues | undefined;
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type DownloadJobDataQuery = {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type ReportJobQuery = Omit<AddressQuery, 'memberId'> & {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type ListShareJobsQuery = Query & {
  /** recent (default): active, or ended in the last 72 hours; historical: older; scheduled: shares */
  readonly view?: QueryValues | undefined;
  /** Of this share alone */
  readonly shareId?: QueryValues | undefined;
  /** At most so many items: 1 to 1000, default 100 */
  readonly limit?: QueryValues | undefined;
  /** Where a page begins, as the Link of the page before says */
  readonly cursor?: QueryValues | undefined;
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type ReadShareJobQuery = {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type ReadShareJobRejectsQuery = {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type CancelShareJobQuery = {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type FollowShareJobQuery = {
  /** The platform's administrators act for this member */
  readonly memberId?: QueryValues | undefined;
};

export type CreateBackupQuery = NoQuery;

export type ImportCatalogQuery = NoQuery;

export type ListTasksQuery = ListQuery<Task>;

export type UpdateTaskQuery = AddressQuery;

export type DescribeTasksQuery = NoQuery;

/** What lists hold. */
export interface ListedObjects {
  listAdvertisers: Advertiser;
  listAuditEvents: AuditEvent;
  listMembers: Member;
  listNotices: Notice;
  listPlatformMembers: Record<string, unknown>;
  listPublicKeys: PublicKey;
  listSyncHosts: SyncHost;
  listAccounts: Account;
  listDataBuyerProviders: DataBuyerProvider;
  listSharingRecords: SharingRecord;
  listSegments: Segment;
  listSegmentAccessRequests: SegmentAccessRequest;
  listApplicationReviews: ApplicationReview;
  listIdentityLinks: IdentityLink;
  listBatchJobs: BatchJob;
  listApplications: Application;
  listRegisteredEndpoints: RegisteredEndpoint;
  listEndpoints: Endpoint;
  listDestinationSegments: DestinationSegment;
  listAudiences: Audience;
  listOfferedSegments: OfferedSegment;
  listShares: Share;
  listExchangeJobs: Record<string, unknown>;
  listShareJobs: Record<string, unknown>;
  listTasks: Task;
}

export interface ListQueries {
  listAdvertisers: ListAdvertisersQuery;
  listAuditEvents: ListAuditEventsQuery;
  listMembers: ListMembersQuery;
  listNotices: ListNoticesQuery;
  listPlatformMembers: ListPlatformMembersQuery;
  listPublicKeys: ListPublicKeysQuery;
  listSyncHosts: ListSyncHostsQuery;
  listAccounts: ListAccountsQuery;
  listDataBuyerProviders: ListDataBuyerProvidersQuery;
  listSharingRecords: ListSharingRecordsQuery;
  listSegments: ListSegmentsQuery;
  listSegmentAccessRequests: ListSegmentAccessRequestsQuery;
  listApplicationReviews: ListApplicationReviewsQuery;
  listIdentityLinks: ListIdentityLinksQuery;
  listBatchJobs: ListBatchJobsQuery;
  listApplications: ListApplicationsQuery;
  listRegisteredEndpoints: ListRegisteredEndpointsQuery;
  listEndpoints: ListEndpointsQuery;
  listDestinationSegments: ListDestinationSegmentsQuery;
  listAudiences: ListAudiencesQuery;
  listOfferedSegments: ListOfferedSegmentsQuery;
  listShares: ListSharesQuery;
  listExchangeJobs: ListExchangeJobsQuery;
  listShareJobs: ListShareJobsQuery;
  listTasks: ListTasksQuery;
}

const table = {
  describeServer: { method: 'GET', path: '/', one: '', many: 's', body: 'none', answer: 'fields', open: true },
  logIn: { method: 'POST', path: '/auth', one: 'auth', many: 'auths', body: 'keyed', answer: 'one', open: true },
  showConsole: { method: 'GET', path: '/console', one: 'console', many: 'consoles', body: 'none', answer: 'fields', open: true },
  showDocs: { method: 'GET', path: '/docs', one: 'docs', many: 'docss', body: 'none', answer: 'fields', open: true },
  checkHealth: { method: 'GET', path: '/healthz', one: 'healthz', many: 'healthzs', body: 'none', answer: 'fields', open: true },
  readMetrics: { method: 'GET', path: '/metrics', one: 'metrics', many: 'metricss', body: 'none', answer: 'fields', open: true },
  describeApi: { method: 'GET', path: '/openapi.json', one: 'openapi.json', many: 'openapi.jsons', body: 'none', answer: 'fields', open: true },
  checkReadiness: { method: 'GET', path: '/readyz', one: 'readyz', many: 'readyzs', body: 'none', answer: 'fields', open: true },
  logInWithJwt: { method: 'POST', path: '/v2/auth/jwt', one: 'v2_auth_jwt', many: 'v2_auth_jwts', body: 'bare', answer: 'one', open: true },
  listAdvertisers: { method: 'GET', path: '/advertiser', one: 'advertiser', many: 'advertisers', body: 'none', answer: 'list', open: false },
  createAdvertiser: { method: 'POST', path: '/advertiser', one: 'advertiser', many: 'advertisers', body: 'keyed', answer: 'one', open: false },
  updateAdvertiser: { method: 'PUT', path: '/advertiser', one: 'advertiser', many: 'advertisers', body: 'keyed', answer: 'one', open: false },
  describeAdvertisers: { method: 'GET', path: '/advertiser/meta', one: 'advertiser_meta', many: 'advertiser_metas', body: 'none', answer: 'fields', open: false },
  listAuditEvents: { method: 'GET', path: '/audit-event', one: 'audit_event', many: 'audit_events', body: 'none', answer: 'list', open: false },
  describeAuditEvents: { method: 'GET', path: '/audit-event/meta', one: 'audit_event_meta', many: 'audit_event_metas', body: 'none', answer: 'fields', open: false },
  readBatchConfig: { method: 'GET', path: '/batch-segment-config', one: 'batch_segment_upload_config', many: 'batch_segment_upload_configs', body: 'none', answer: 'fields', open: false },
  updateBatchConfig: { method: 'PUT', path: '/batch-segment-config', one: 'batch_segment_upload_config', many: 'batch_segment_upload_configs', body: 'keyed', answer: 'one', open: false },
  createBatchConfig: { method: 'POST', path: '/batch-segment-config', one: 'batch_segment_upload_config', many: 'batch_segment_upload_configs', body: 'keyed', answer: 'one', open: false },
  listMembers: { method: 'GET', path: '/member', one: 'member', many: 'members', body: 'none', answer: 'list', open: false },
  createMember: { method: 'POST', path: '/member', one: 'member', many: 'members', body: 'keyed', answer: 'one', open: false },
  updateMember: { method: 'PUT', path: '/member', one: 'member', many: 'members', body: 'keyed', answer: 'one', open: false },
  describeMembers: { method: 'GET', path: '/member/meta', one: 'member_meta', many: 'member_metas', body: 'none', answer: 'fields', open: false },
  listNotices: { method: 'GET', path: '/notice', one: 'notice', many: 'notices', body: 'none', answer: 'list', open: false },
  updateNotice: { method: 'PUT', path: '/notice', one: 'notice', many: 'notices', body: 'keyed', answer: 'one', open: false },
  describeNotices: { method: 'GET', path: '/notice/meta', one: 'notice_meta', many: 'notice_metas', body: 'none', answer: 'fields', open: false },
  listPlatformMembers: { method: 'GET', path: '/platform-member', one: 'platform_member', many: 'platform_members', body: 'none', answer: 'list', open: false },
  describePlatformMembers: { method: 'GET', path: '/platform-member/meta', one: 'platform_member_meta', many: 'platform_member_metas', body: 'none', answer: 'fields', open: false },
  listPublicKeys: { method: 'GET', path: '/public-key', one: 'public-key', many: 'public-keys', body: 'none', answer: 'list', open: false },
  createPublicKey: { method: 'POST', path: '/public-key', one: 'public-key', many: 'public-keys', body: 'keyed', answer: 'one', open: false },
  updatePublicKey: { method: 'PUT', path: '/public-key', one: 'public-key', many: 'public-keys', body: 'keyed', answer: 'one', open: false },
  describePublicKeys: { method: 'GET', path: '/public-key/meta', one: 'public_key_meta', many: 'public_key_metas', body: 'none', answer: 'fields', open: false },
  listSyncHosts: { method: 'GET', path: '/sync-host', one: 'sync_host', many: 'sync_hosts', body: 'none', answer: 'list', open: false },
  createSyncHost: { method: 'POST', path: '/sync-host', one: 'sync_host', many: 'sync_hosts', body: 'keyed', answer: 'one', open: false },
  updateSyncHost: { method: 'PUT', path: '/sync-host', one: 'sync_host', many: 'sync_hosts', body: 'keyed', answer: 'one', open: false },
  deleteSyncHost: { method: 'DELETE', path: '/sync-host', one: 'sync_host', many: 'sync_hosts', body: 'none', answer: 'fields', open: false },
  describeSyncHosts: { method: 'GET', path: '/sync-host/meta', one: 'sync_host_meta', many: 'sync_host_metas', body: 'none', answer: 'fields', open: false },
  listAccounts: { method: 'GET', path: '/user', one: 'user', many: 'users', body: 'none', answer: 'list', open: false },
  createAccount: { method: 'POST', path: '/user', one: 'user', many: 'users', body: 'keyed', answer: 'one', open: false },
  updateAccount: { method: 'PUT', path: '/user', one: 'user', many: 'users', body: 'keyed', answer: 'one', open: false },
  describeAccounts: { method: 'GET', path: '/user/meta', one: 'user_meta', many: 'user_metas', body: 'none', answer: 'fields', open: false },
  listDataBuyerProviders: { method: 'GET', path: '/data-buyer-provider', one: 'data_buyer_provider', many: 'data_buyer_providers', body: 'none', answer: 'list', open: false },
  enableDataProvider: { method: 'POST', path: '/data-buyer-provider', one: 'data_buyer_provider', many: 'data_buyer_providers', body: 'keyed', answer: 'one', open: false },
  updateDataBuyerProvider: { method: 'PUT', path: '/data-buyer-provider', one: 'data_buyer_provider', many: 'data_buyer_providers', body: 'keyed', answer: 'one', open: false },
  describeDataBuyerProviders: { method: 'GET', path: '/data-buyer-provider/meta', one: 'data_buyer_provider_meta', many: 'data_buyer_provider_metas', body: 'none', answer: 'fields', open: false },
  listSharingRecords: { method: 'GET', path: '/member-data-sharing', one: 'member_data_sharing', many: 'member_data_sharings', body: 'none', answer: 'list', open: false },
  createSharingRecord: { method: 'POST', path: '/member-data-sharing', one: 'member_data_sharing', many: 'member_data_sharings', body: 'keyed', answer: 'one', open: false },
  updateSharingRecord: { method: 'PUT', path: '/member-data-sharing', one: 'member_data_sharing', many: 'member_data_sharings', body: 'keyed', answer: 'one', open: false },
  deleteSharingRecord: { method: 'DELETE', path: '/member-data-sharing', one: 'member_data_sharing', many: 'member_data_sharings', body: 'none', answer: 'fields', open: false },
  describeSharingRecords: { method: 'GET', path: '/member-data-sharing/meta', one: 'member_data_sharing_meta', many: 'member_data_sharing_metas', body: 'none', answer: 'fields', open: false },
  listSegments: { method: 'GET', path: '/segment', one: 'segment', many: 'segments', body: 'none', answer: 'list', open: false },
  createSegment: { method: 'POST', path: '/segment', one: 'segment', many: 'segments', body: 'keyed', answer: 'one', open: false },
  updateSegment: { method: 'PUT', path: '/segment', one: 'segment', many: 'segments', body: 'keyed', answer: 'one', open: false },
  deleteSegment: { method: 'DELETE', path: '/segment', one: 'segment', many: 'segments', body: 'none', answer: 'fields', open: false },
  describeSegments: { method: 'GET', path: '/segment/meta', one: 'segment_meta', many: 'segment_metas', body: 'none', answer: 'fields', open: false },
  listSegmentAccessRequests: { method: 'GET', path: '/segment-access-request', one: 'segment_access_request', many: 'segment_access_requests', body: 'none', answer: 'list', open: false },
  createSegmentAccessRequest: { method: 'POST', path: '/segment-access-request', one: 'segment_access_request', many: 'segment_access_requests', body: 'keyed', answer: 'one', open: false },
  updateSegmentAccessRequest: { method: 'PUT', path: '/segment-access-request', one: 'segment_access_request', many: 'segment_access_requests', body: 'keyed', answer: 'one', open: false },
  describeSegmentAccessRequests: { method: 'GET', path: '/segment-access-request/meta', one: 'segment_access_request_meta', many: 'segment_access_request_metas', body: 'none', answer: 'fields', open: false },
  segmentStats: { method: 'GET', path: '/segment-stats', one: 'segment_stats', many: 'segment_stats', body: 'none', answer: 'fields', open: false },
  listApplicationReviews: { method: 'GET', path: '/application-review', one: 'application_review', many: 'application_reviews', body: 'none', answer: 'list', open: false },
  createApplicationReview: { method: 'POST', path: '/application-review', one: 'application_review', many: 'application_reviews', body: 'keyed', answer: 'one', open: false },
  updateApplicationReview: { method: 'PUT', path: '/application-review', one: 'application_review', many: 'application_reviews', body: 'keyed', answer: 'one', open: false },
  describeApplicationReviews: { method: 'GET', path: '/application-review/meta', one: 'application_review_meta', many: 'application_review_metas', body: 'none', answer: 'fields', open: false },
  listIdentityLinks: { method: 'GET', path: '/identity-link', one: 'identity_link', many: 'identity_links', body: 'none', answer: 'list', open: false },
  linkIdentifiers: { method: 'POST', path: '/identity-link', one: 'identity_link', many: 'identity_links', body: 'bare', answer: 'one', open: false },
  addUsers: { method: 'POST', path: '/rt-segment', one: 'rt_segment', many: 'rt_segments', body: 'bare', answer: 'one', open: false },
  lookUpUser: { method: 'GET', path: '/user-segments', one: 'user_segments', many: 'user_segmentss', body: 'none', answer: 'fields', open: false },
  reportSyncs: { method: 'GET', path: '/sync-report', one: 'sync_report', many: 'sync_reports', body: 'none', answer: 'fields', open: false },
  getProcessed: { method: 'GET', path: '/rt-segment-processed', one: 'report', many: 'report', body: 'none', answer: 'fields', open: false },
  listBatchJobs: { method: 'GET', path: '/batch-segment', one: 'batch_segment_upload_job', many: 'batch_segment_upload_job', body: 'none', answer: 'list', open: false },
  createBatchJob: { method: 'POST', path: '/batch-segment', one: 'batch_segment_upload_job', many: 'batch_segment_upload_job', body: 'none', answer: 'one', open: false },
  describeBatchJobs: { method: 'GET', path: '/batch-segment/meta', one: 'batch_segment_meta', many: 'batch_segment_metas', body: 'none', answer: 'fields', open: false },
  cancelBatchJob: { method: 'POST', path: '/batch-segment-cancel', one: 'batch_segment_upload_job', many: 'batch_segment_upload_job', body: 'none', answer: 'one', open: false },
  undoBatchJob: { method: 'POST', path: '/batch-segment-undo', one: 'batch_segment_upload_job', many: 'batch_segment_upload_job', body: 'none', answer: 'one', open: false },
  createAccountKey: { method: 'POST', path: '/v1/account-key', one: 'v1_account_key', many: 'v1_account_keys', body: 'bare', answer: 'one', open: true },
  listApplications: { method: 'GET', path: '/v1/applications', one: 'v1_applications', many: 'v1_applicationss', body: 'none', answer: 'list', open: true },
  createApplication: { method: 'POST', path: '/v1/applications', one: 'v1_applications', many: 'v1_applicationss', body: 'bare', answer: 'one', open: true },
  putApplication: { method: 'POST', path: '/v1/application', one: 'v1_application', many: 'v1_applications', body: 'bare', answer: 'one', open: true },
  setOnboarding: { method: 'PUT', path: '/v1/application/:applicationId/deployment/:deploymentId/onboarding', one: 'v1_application_:applicationId_deployment_:deploymentId_onboarding', many: 'v1_application_:applicationId_deployment_:deploymentId_onboardings', body: 'bare', answer: 'one', open: true },
  listRegisteredEndpoints: { method: 'GET', path: '/v1/endpoint', one: 'v1_endpoint', many: 'v1_endpoints', body: 'none', answer: 'list', open: true },
  putEndpoint: { method: 'PUT', path: '/v1/endpoint', one: 'v1_endpoint', many: 'v1_endpoints', body: 'bare', answer: 'one', open: true },
  putApplicationEndpoint: { method: 'PUT', path: '/v1/endpoint/:applicationId/:deploymentId', one: 'v1_endpoint_:applicationId_:deploymentId', many: 'v1_endpoint_:applicationId_:deploymentIds', body: 'bare', answer: 'one', open: true },
  setConnection: { method: 'PUT', path: '/v1/endpointattributes/authkey/:key', one: 'v1_endpointattributes_authkey_:key', many: 'v1_endpointattributes_authkey_:keys', body: 'bare', answer: 'one', open: true },
  createEndpointRegistration: { method: 'POST', path: '/v1/endpoint-registrations', one: 'v1_endpoint_registrations', many: 'v1_endpoint_registrationss', body: 'bare', answer: 'one', open: true },
  listEndpoints: { method: 'GET', path: '/v1/endpoints', one: 'v1_endpoints', many: 'v1_endpointss', body: 'none', answer: 'list', open: true },
  readEndpoint: { method: 'GET', path: '/v1/endpoints/:endpointId', one: 'v1_endpoints_:endpointId', many: 'v1_endpoints_:endpointIds', body: 'none', answer: 'fields', open: true },
  deleteEndpoint: { method: 'DELETE', path: '/v1/endpoints/:endpointId', one: 'v1_endpoints_:endpointId', many: 'v1_endpoints_:endpointIds', body: 'none', answer: 'fields', open: true },
  connectEndpoint: { method: 'POST', path: '/v1/endpoints/:endpointId/connect', one: 'v1_endpoints_:endpointId_connect', many: 'v1_endpoints_:endpointId_connects', body: 'bare', answer: 'one', open: true },
  listDestinationSegments: { method: 'GET', path: '/v1/endpoints/:endpointId/destination-segments', one: 'v1_endpoints_:endpointId_destination_segments', many: 'v1_endpoints_:endpointId_destination_segmentss', body: 'none', answer: 'list', open: true },
  disableEndpoint: { method: 'POST', path: '/v1/endpoints/:endpointId/disable', one: 'v1_endpoints_:endpointId_disable', many: 'v1_endpoints_:endpointId_disables', body: 'bare', answer: 'one', open: true },
  enableEndpoint: { method: 'POST', path: '/v1/endpoints/:endpointId/enable', one: 'v1_endpoints_:endpointId_enable', many: 'v1_endpoints_:endpointId_enables', body: 'bare', answer: 'one', open: true },
  rotateEndpointKey: { method: 'POST', path: '/v1/endpoints/:endpointId/rotate-key', one: 'v1_endpoints_:endpointId_rotate_key', many: 'v1_endpoints_:endpointId_rotate_keys', body: 'bare', answer: 'one', open: true },
  listAudiences: { method: 'GET', path: '/v1/audiences', one: 'v1_audiences', many: 'v1_audiencess', body: 'none', answer: 'list', open: true },
  readAudience: { method: 'GET', path: '/v1/audiences/:endpointId/:segmentId', one: 'v1_audiences_:endpointId_:segmentId', many: 'v1_audiences_:endpointId_:segmentIds', body: 'none', answer: 'fields', open: true },
  refreshEndpointAudiences: { method: 'POST', path: '/v1/audiences/refresh', one: 'v1_audiences_refresh', many: 'v1_audiences_refreshs', body: 'bare', answer: 'one', open: true },
  listOfferedSegments: { method: 'GET', path: '/v1/endpoint/:endpointId/segments', one: 'v1_endpoint_:endpointId_segments', many: 'v1_endpoint_:endpointId_segmentss', body: 'none', answer: 'list', open: true },
  offerSegments: { method: 'POST', path: '/v1/endpoint/:endpointId/segments', one: 'v1_endpoint_:endpointId_segments', many: 'v1_endpoint_:endpointId_segmentss', body: 'bare', answer: 'one', open: true },
  replaceSegments: { method: 'PUT', path: '/v1/endpoint/:endpointId/segments', one: 'v1_endpoint_:endpointId_segments', many: 'v1_endpoint_:endpointId_segmentss', body: 'bare', answer: 'one', open: true },
  clearSegments: { method: 'DELETE', path: '/v1/endpoint/:endpointId/segments', one: 'v1_endpoint_:endpointId_segments', many: 'v1_endpoint_:endpointId_segmentss', body: 'none', answer: 'fields', open: true },
  readOfferedSegment: { method: 'GET', path: '/v1/endpoint/:endpointId/segments/:segmentId', one: 'v1_endpoint_:endpointId_segments_:segmentId', many: 'v1_endpoint_:endpointId_segments_:segmentIds', body: 'none', answer: 'fields', open: true },
  withdrawSegment: { method: 'DELETE', path: '/v1/endpoint/:endpointId/segments/:segmentId', one: 'v1_endpoint_:endpointId_segments_:segmentId', many: 'v1_endpoint_:endpointId_segments_:segmentIds', body: 'none', answer: 'fields', open: true },
  listShares: { method: 'GET', path: '/v1/shares', one: 'v1_shares', many: 'v1_sharess', body: 'none', answer: 'list', open: true },
  createShare: { method: 'POST', path: '/v1/shares', one: 'v1_shares', many: 'v1_sharess', body: 'bare', answer: 'one', open: true },
  dryRunShare: { method: 'POST', path: '/v1/shares/dry-run', one: 'v1_shares_dry_run', many: 'v1_shares_dry_runs', body: 'bare', answer: 'one', open: true },
  suggestShareMapping: { method: 'POST', path: '/v1/shares/suggest-mapping', one: 'v1_shares_suggest_mapping', many: 'v1_shares_suggest_mappings', body: 'bare', answer: 'one', open: true },
  readShare: { method: 'GET', path: '/v1/shares/:shareId', one: 'v1_shares_:shareId', many: 'v1_shares_:shareIds', body: 'none', answer: 'fields', open: true },
  updateShare: { method: 'PUT', path: '/v1/shares/:shareId', one: 'v1_shares_:shareId', many: 'v1_shares_:shareIds', body: 'bare', answer: 'one', open: true },
  deleteShare: { method: 'DELETE', path: '/v1/shares/:shareId', one: 'v1_shares_:shareId', many: 'v1_shares_:shareIds', body: 'none', answer: 'fields', open: true },
  runShare: { method: 'POST', path: '/v1/shares/:shareId/run', one: 'v1_shares_:shareId_run', many: 'v1_shares_:shareId_runs', body: 'bare', answer: 'one', open: true },
  listExchangeJobs: { method: 'GET', path: '/v1/jobs/:job', one: 'v1_jobs_:job', many: 'v1_jobs_:jobs', body: 'none', answer: 'list', open: true },
  readExchangeJob: { method: 'GET', path: '/v1/jobs/:job/:id', one: 'v1_jobs_:job_:id', many: 'v1_jobs_:job_:ids', body: 'none', answer: 'fields', open: true },
  uploadJobData: { method: 'POST', path: '/v1/jobs/:job/data', one: 'v1_jobs_:job_data', many: 'v1_jobs_:job_datas', body: 'bare', answer: 'one', open: true },
  downloadJobData: { method: 'GET', path: '/v1/jobs/:job/segmentDataFiles/:file', one: 'v1_jobs_:job_segmentDataFiles_:file', many: 'v1_jobs_:job_segmentDataFiles_:files', body: 'none', answer: 'fields', open: true },
  reportJob: { method: 'PUT', path: '/v1/jobs/:job', one: 'v1_jobs_:job', many: 'v1_jobs_:jobs', body: 'bare', answer: 'one', open: true },
  listShareJobs: { method: 'GET', path: '/v1/share-jobs', one: 'v1_share_jobs', many: 'v1_share_jobss', body: 'none', answer: 'list', open: true },
  readShareJob: { method: 'GET', path: '/v1/share-jobs/:job', one: 'v1_share_jobs_:job', many: 'v1_share_jobs_:jobs', body: 'none', answer: 'fields', open: true },
  readShareJobRejects: { method: 'GET', path: '/v1/share-jobs/:job/rejects', one: 'v1_share_jobs_:job_rejects', many: 'v1_share_jobs_:job_rejectss', body: 'none', answer: 'fields', open: true },
  cancelShareJob: { method: 'POST', path: '/v1/share-jobs/:job/cancel', one: 'v1_share_jobs_:job_cancel', many: 'v1_share_jobs_:job_cancels', body: 'bare', answer: 'one', open: true },
  followShareJob: { method: 'GET', path: '/v1/share-jobs/:job/events', one: 'v1_share_jobs_:job_events', many: 'v1_share_jobs_:job_eventss', body: 'none', answer: 'fields', open: true },
  createBackup: { method: 'POST', path: '/backup', one: 'backup', many: 'backups', body: 'keyed', answer: 'one', open: false },
  importCatalog: { method: 'POST', path: '/import', one: 'import', many: 'imports', body: 'bare', answer: 'one', open: false },
  listTasks: { method: 'GET', path: '/task', one: 'task', many: 'tasks', body: 'none', answer: 'list', open: false },
  updateTask: { method: 'PUT', path: '/task', one: 'task', many: 'tasks', body: 'keyed', answer: 'one', open: false },
  describeTasks: { method: 'GET', path: '/task/meta', one: 'task_meta', many: 'task_metas', body: 'none', answer: 'fields', open: false },
} as const satisfies Record<string, OperationEntry>;

export const listOperations: Readonly<Record<keyof ListedObjects, OperationEntry>> = {
  listAdvertisers: table.listAdvertisers,
  listAuditEvents: table.listAuditEvents,
  listMembers: table.listMembers,
  listNotices: table.listNotices,
  listPlatformMembers: table.listPlatformMembers,
  listPublicKeys: table.listPublicKeys,
  listSyncHosts: table.listSyncHosts,
  listAccounts: table.listAccounts,
  listDataBuyerProviders: table.listDataBuyerProviders,
  listSharingRecords: table.listSharingRecords,
  listSegments: table.listSegments,
  listSegmentAccessRequests: table.listSegmentAccessRequests,
  listApplicationReviews: table.listApplicationReviews,
  listIdentityLinks: table.listIdentityLinks,
  listBatchJobs: table.listBatchJobs,
  listApplications: table.listApplications,
  listRegisteredEndpoints: table.listRegisteredEndpoints,
  listEndpoints: table.listEndpoints,
  listDestinationSegments: table.listDestinationSegments,
  listAudiences: table.listAudiences,
  listOfferedSegments: table.listOfferedSegments,
  listShares: table.listShares,
  listExchangeJobs: table.listExchangeJobs,
  listShareJobs: table.listShareJobs,
  listTasks: table.listTasks,
};

/** One method for each operation, named by it. */
export abstract class Operations extends OperationCaller {
  /** What this server is, with links: `GET /`. */
  describeServer(query: DescribeServerQuery = {}, options: CallOptions = {}): Promise<unknown> {
    return this.run(table.describeServer, undefined, query, options);
  }

  /** Log in: a name and a password against a token: `POST /auth`. */
  logIn(body: LoginBody, query: LogInQuery = {}, options: CallOptions = {}): Promise<{ readonly token: string }> {
    return this.run(table.logIn, body, query, options);
  }

  /** Where the console will be: `GET /console`. */
  showConsole(query: ShowConsoleQuery = {}, options: CallOptions = {}): Promise<unknown> {
    return this.run(table.showConsole, undefined, query, options);
  }

  /** This API, readable: `GET /docs`. */
  showDocs(query: ShowDocsQuery = {}, options: CallOptions = {}): Promise<unknown> {
    return this.run(table.showDocs, undefined, query, options);
  }

  /** Does the process answer?: `GET /healthz`. */
  checkHealth(query: CheckHealthQuery = {}, options: CallOptions = {}): Promise<unknown> {
    return this.run(table.checkHealth, undefined, query, options);
  }

  /** Prometheus metrics: `GET /metrics`. */
  readMetrics(query: ReadMetricsQuery = {}, options: CallOptions = {}): Promise<string> {
    return this.run(table.readMetrics, undefined, query, options);
  }

  /** This API as OpenAPI 3.1: `GET /openapi.json`. */
  describeApi(query: DescribeApiQuery = {}, options: CallOptions = {}): Promise<unknown> {
    return this.run(table.describeApi, undefined, query, options);
  }

  /** Can the server take calls?: `GET /readyz`. */
  checkReadiness(query: CheckReadinessQuery = {}, options: CallOptions = {}): Promise<unknown> {
    return this.run(table.checkReadiness, undefined, query, options);
  }

  /** Log in: a signed token (JWT, RS256) against a token: `POST /v2/auth/jwt`. */
  logInWithJwt(body: string, query: LogInWithJwtQuery = {}, options: CallOptions = {}): Promise<{ readonly token: string }> {
    return this.run(table.logInWithJwt, body, query, options);
  }

  /** Read advertisers: `GET /advertiser`. */
  listAdvertisers(query: ListAdvertisersQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'advertisers', Advertiser>> {
    return this.run(table.listAdvertisers, undefined, query, options);
  }

  /** Make an advertiser: `POST /advertiser`. */
  createAdvertiser(body: AdvertiserBody, query: CreateAdvertiserQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'advertiser', Advertiser>> {
    return this.run(table.createAdvertiser, body, query, options);
  }

  /** Change an advertiser: `PUT /advertiser`. */
  updateAdvertiser(body: AdvertiserBody, query: UpdateAdvertiserQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'advertiser', Advertiser>> {
    return this.run(table.updateAdvertiser, body, query, options);
  }

  /** The fields of advertisers, and which of them sort and filter: `GET /advertiser/meta`. */
  describeAdvertisers(query: DescribeAdvertisersQuery = {}, options: CallOptions = {}): Promise<FieldsAnswer> {
    return this.run(table.describeAdvertisers, undefined, query, options);
  }

  /** Read the audit trail: who changed what, before and after: `GET /audit-event`. */
  listAuditEvents(query: ListAuditEventsQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'audit_events', AuditEvent>> {
    return this.run(table.listAuditEvents, undefined, query, options);
  }

  /** The fields of events of the audit trail, and which of them sort and filter: `GET /audit-event/meta`. */
  describeAuditEvents(query: DescribeAuditEventsQuery = {}, options: CallOptions = {}): Promise<FieldsAnswer> {
    return this.run(table.describeAuditEvents, undefined, query, options);
  }

  /** How a member’s data comes in: file format, defaults, limits, access: `GET /batch-segment-config`. */
  readBatchConfig(query: ReadBatchConfigQuery = {}, options: CallOptions = {}): Promise<{ readonly batch_segment_upload_config: BatchConfig }> {
    return this.run(table.readBatchConfig, undefined, query, options);
  }

  /** Set how a member’s data comes in (administrators): `PUT /batch-segment-config`. */
  updateBatchConfig(body: BatchConfigBody, query: UpdateBatchConfigQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'batch_segment_upload_config', BatchConfig>> {
    return this.run(table.updateBatchConfig, body, query, options);
  }

  /** Set how a member’s data comes in (administrators): `POST /batch-segment-config`. */
  createBatchConfig(body: BatchConfigBody, query: CreateBatchConfigQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'batch_segment_upload_config', BatchConfig>> {
    return this.run(table.createBatchConfig, body, query, options);
  }

  /** Read members: `GET /member`. */
  listMembers(query: ListMembersQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'members', Member>> {
    return this.run(table.listMembers, undefined, query, options);
  }

  /** Add a member (administrators): `POST /member`. */
  createMember(body: MemberBody, query: CreateMemberQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'member', Member>> {
    return this.run(table.createMember, body, query, options);
  }

  /** Change a member: its contact and defaults; for administrators also its name, state, exposure and limits: `PUT /member`. */
  updateMember(body: MemberBody, query: UpdateMemberQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'member', Member>> {
    return this.run(table.updateMember, body, query, options);
  }

  /** The fields of members, and which of them sort and filter: `GET /member/meta`. */
  describeMembers(query: DescribeMembersQuery = {}, options: CallOptions = {}): Promise<FieldsAnswer> {
    return this.run(table.describeMembers, undefined, query, options);
  }

  /** What your member must know without having asked: `GET /notice`. */
  listNotices(query: ListNoticesQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'notices', Notice>> {
    return this.run(table.listNotices, undefined, query, options);
  }

  /** Mark a notice read: `PUT /notice`. */
  updateNotice(body: NoticeBody, query: UpdateNoticeQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'notice', Notice>> {
    return this.run(table.updateNotice, body, query, options);
  }

  /** The fields of notices, and which of them sort and filter: `GET /notice/meta`. */
  describeNotices(query: DescribeNoticesQuery = {}, options: CallOptions = {}): Promise<FieldsAnswer> {
    return this.run(table.describeNotices, undefined, query, options);
  }

  /** The members of the exchange, as far as they show themselves: `GET /platform-member`. */
  listPlatformMembers(query: ListPlatformMembersQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'platform_members', Record<string, unknown>>> {
    return this.run(table.listPlatformMembers, undefined, query, options);
  }

  /** The fields of platform members, and which of them sort and filter: `GET /platform-member/meta`. */
  describePlatformMembers(query: DescribePlatformMembersQuery = {}, options: CallOptions = {}): Promise<FieldsAnswer> {
    return this.run(table.describePlatformMembers, undefined, query, options);
  }

  /** Read the registered keys of an account: `GET /public-key`. */
  listPublicKeys(query: ListPublicKeysQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'public-keys', PublicKey>> {
    return this.run(table.listPublicKeys, undefined, query, options);
  }

  /** Register a public key for logins by signed tokens: `POST /public-key`. */
  createPublicKey(body: PublicKeyBody, query: CreatePublicKeyQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'public-key', PublicKey>> {
    return this.run(table.createPublicKey, body, query, options);
  }

  /** Switch a registered key on or off: `PUT /public-key`. */
  updatePublicKey(body: UpdatePublicKeyBody, query: UpdatePublicKeyQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'public-key', PublicKey>> {
    return this.run(table.updatePublicKey, body, query, options);
  }

  /** The fields of keys, and which of them sort and filter: `GET /public-key/meta`. */
  describePublicKeys(query: DescribePublicKeysQuery = {}, options: CallOptions = {}): Promise<FieldsAnswer> {
    return this.run(table.describePublicKeys, undefined, query, options);
  }

  /** Read sync hosts: `GET /sync-host`. */
  listSyncHosts(query: ListSyncHostsQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'sync_hosts', SyncHost>> {
    return this.run(table.listSyncHosts, undefined, query, options);
  }

  /** Name a host to which syncs may lead: `POST /sync-host`. */
  createSyncHost(body: SyncHostBody, query: CreateSyncHostQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'sync_host', SyncHost>> {
    return this.run(table.createSyncHost, body, query, options);
  }

  /** Switch a sync host on or off: `PUT /sync-host`. */
  updateSyncHost(body: UpdateSyncHostBody, query: UpdateSyncHostQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'sync_host', SyncHost>> {
    return this.run(table.updateSyncHost, body, query, options);
  }

  /** Take sync hosts away: `DELETE /sync-host`. */
  deleteSyncHost(query: DeleteSyncHostQuery = {}, options: CallOptions = {}): Promise<DeletedAnswer> {
    return this.run(table.deleteSyncHost, undefined, query, options);
  }

  /** The fields of sync hosts, and which of them sort and filter: `GET /sync-host/meta`. */
  describeSyncHosts(query: DescribeSyncHostsQuery = {}, options: CallOptions = {}): Promise<FieldsAnswer> {
    return this.run(table.describeSyncHosts, undefined, query, options);
  }

  /** Read accounts (API logins): `GET /user`. */
  listAccounts(query: ListAccountsQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'users', Account>> {
    return this.run(table.listAccounts, undefined, query, options);
  }

  /** Make an account (administrators): `POST /user`. */
  createAccount(body: AccountBody, query: CreateAccountQuery = {}, options: CallOptions = {}): Promise<{ readonly id: number }> {
    return this.run(table.createAccount, body, query, options);
  }

  /** Change an account: `PUT /user`. */
  updateAccount(body: AccountBody, query: UpdateAccountQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'user', Account>> {
    return this.run(table.updateAccount, body, query, options);
  }

  /** The fields of accounts, and which of them sort and filter: `GET /user/meta`. */
  describeAccounts(query: DescribeAccountsQuery = {}, options: CallOptions = {}): Promise<FieldsAnswer> {
    return this.run(table.describeAccounts, undefined, query, options);
  }

  /** Which buyers have enabled which data providers: `GET /data-buyer-provider`. */
  listDataBuyerProviders(query: ListDataBuyerProvidersQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'data_buyer_providers', DataBuyerProvider>> {
    return this.run(table.listDataBuyerProviders, undefined, query, options);
  }

  /** Enable a data provider (buyers): `POST /data-buyer-provider`. */
  enableDataProvider(body: DataBuyerProviderBody, query: EnableDataProviderQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'data_buyer_provider', DataBuyerProvider>> {
    return this.run(table.enableDataProvider, body, query, options);
  }

  /** Enable or disable a data provider (buyers): `PUT /data-buyer-provider`. */
  updateDataBuyerProvider(body: DataBuyerProviderBody, query: UpdateDataBuyerProviderQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'data_buyer_provider', DataBuyerProvider>> {
    return this.run(table.updateDataBuyerProvider, body, query, options);
  }

  /** The fields of enabled data providers, and which of them sort and filter: `GET /data-buyer-provider/meta`. */
  describeDataBuyerProviders(query: DescribeDataBuyerProvidersQuery = {}, options: CallOptions = {}): Promise<FieldsAnswer> {
    return this.run(table.describeDataBuyerProviders, undefined, query, options);
  }

  /** Read sharing records: `GET /member-data-sharing`. */
  listSharingRecords(query: ListSharingRecordsQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'member_data_sharings', SharingRecord>> {
    return this.run(table.listSharingRecords, undefined, query, options);
  }

  /** Share segments with a buyer: `POST /member-data-sharing`. */
  createSharingRecord(body: readonly SharingRecordBody[], query?: CreateSharingRecordQuery, options?: CallOptions): Promise<ManyAnswer<'member_data_sharings', SharingRecord>>;
  createSharingRecord(body: SharingRecordBody, query?: CreateSharingRecordQuery, options?: CallOptions): Promise<OneAnswer<'member_data_sharing', SharingRecord>>;
  createSharingRecord(body: SharingRecordBody | readonly SharingRecordBody[], query: CreateSharingRecordQuery = {}, options: CallOptions = {}): Promise<unknown> {
    return this.run(table.createSharingRecord, body, query, options);
  }

  /** Change what a record shares: `PUT /member-data-sharing`. */
  updateSharingRecord(body: SharingRecordBody, query: UpdateSharingRecordQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'member_data_sharing', SharingRecord>> {
    return this.run(table.updateSharingRecord, body, query, options);
  }

  /** End sharing with a buyer: `DELETE /member-data-sharing`. */
  deleteSharingRecord(query: DeleteSharingRecordQuery = {}, options: CallOptions = {}): Promise<DeletedAnswer> {
    return this.run(table.deleteSharingRecord, undefined, query, options);
  }

  /** The fields of sharing records, and which of them sort and filter: `GET /member-data-sharing/meta`. */
  describeSharingRecords(query: DescribeSharingRecordsQuery = {}, options: CallOptions = {}): Promise<FieldsAnswer> {
    return this.run(table.describeSharingRecords, undefined, query, options);
  }

  /** Read segments, own ones and those that are shared with you: `GET /segment`. */
  listSegments(query: ListSegmentsQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'segments', Segment>> {
    return this.run(table.listSegments, undefined, query, options);
  }

  /** Make segments: `POST /segment`. */
  createSegment(body: readonly SegmentBody[], query?: CreateSegmentQuery, options?: CallOptions): Promise<ManyAnswer<'segments', Segment>>;
  createSegment(body: SegmentBody, query?: CreateSegmentQuery, options?: CallOptions): Promise<OneAnswer<'segment', Segment>>;
  createSegment(body: SegmentBody | readonly SegmentBody[], query: CreateSegmentQuery = {}, options: CallOptions = {}): Promise<unknown> {
    return this.run(table.createSegment, body, query, options);
  }

  /** Change segments: `PUT /segment`. */
  updateSegment(body: readonly SegmentBody[], query?: UpdateSegmentQuery, options?: CallOptions): Promise<ManyAnswer<'segments', Segment>>;
  updateSegment(body: SegmentBody, query?: UpdateSegmentQuery, options?: CallOptions): Promise<OneAnswer<'segment', Segment>>;
  updateSegment(body: SegmentBody | readonly SegmentBody[], query: UpdateSegmentQuery = {}, options: CallOptions = {}): Promise<unknown> {
    return this.run(table.updateSegment, body, query, options);
  }

  /** Delete segments with their memberships: `DELETE /segment`. */
  deleteSegment(query: DeleteSegmentQuery = {}, options: CallOptions = {}): Promise<DeletedAnswer> {
    return this.run(table.deleteSegment, undefined, query, options);
  }

  /** The fields of segments, and which of them sort and filter: `GET /segment/meta`. */
  describeSegments(query: DescribeSegmentsQuery = {}, options: CallOptions = {}): Promise<FieldsAnswer> {
    return this.run(table.describeSegments, undefined, query, options);
  }

  /** Requests for the right to put users into segments, your own and those to you: `GET /segment-access-request`. */
  listSegmentAccessRequests(query: ListSegmentAccessRequestsQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'segment_access_requests', SegmentAccessRequest>> {
    return this.run(table.listSegmentAccessRequests, undefined, query, options);
  }

  /** Ask a member for the right to put users into its segments: `POST /segment-access-request`. */
  createSegmentAccessRequest(body: SegmentAccessRequestBody, query: CreateSegmentAccessRequestQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'segment_access_request', SegmentAccessRequest>> {
    return this.run(table.createSegmentAccessRequest, body, query, options);
  }

  /** Accept, refuse, withdraw or revoke a request for the right to put users into segments: `PUT /segment-access-request`. */
  updateSegmentAccessRequest(body: UpdateSegmentAccessRequestBody, query: UpdateSegmentAccessRequestQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'segment_access_request', UpdateSegmentAccessRequestAnswer>> {
    return this.run(table.updateSegmentAccessRequest, body, query, options);
  }

  /** The fields of segment access requests, and which of them sort and filter: `GET /segment-access-request/meta`. */
  describeSegmentAccessRequests(query: DescribeSegmentAccessRequestsQuery = {}, options: CallOptions = {}): Promise<FieldsAnswer> {
    return this.run(table.describeSegmentAccessRequests, undefined, query, options);
  }

  /** How many users are in segments now, how many came and went by day, and when they will leave: `GET /segment-stats`. */
  segmentStats(query: SegmentStatsQuery = {}, options: CallOptions = {}): Promise<{ readonly count: number; readonly segment_stats: SegmentStats[] }> {
    return this.run(table.segmentStats, undefined, query, options);
  }

  /** Reviews of applications: `GET /application-review`. */
  listApplicationReviews(query: ListApplicationReviewsQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'application_reviews', ApplicationReview>> {
    return this.run(table.listApplicationReviews, undefined, query, options);
  }

  /** Ask the operator to approve an application for other members: `POST /application-review`. */
  createApplicationReview(body: ApplicationReviewBody, query: CreateApplicationReviewQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'application_review', ApplicationReview>> {
    return this.run(table.createApplicationReview, body, query, options);
  }

  /** Approve or reject an application, or take back the request for its review: `PUT /application-review`. */
  updateApplicationReview(body: UpdateApplicationReviewBody, query: UpdateApplicationReviewQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'application_review', UpdateApplicationReviewAnswer>> {
    return this.run(table.updateApplicationReview, body, query, options);
  }

  /** The fields of application reviews, and which of them sort and filter: `GET /application-review/meta`. */
  describeApplicationReviews(query: DescribeApplicationReviewsQuery = {}, options: CallOptions = {}): Promise<FieldsAnswer> {
    return this.run(table.describeApplicationReviews, undefined, query, options);
  }

  /** Read what is linked to a user: `GET /identity-link`. */
  listIdentityLinks(query: ListIdentityLinksQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'identity_links', IdentityLink>> {
    return this.run(table.listIdentityLinks, undefined, query, options);
  }

  /** Let identifiers name a user, or nobody else any more: `POST /identity-link`. */
  linkIdentifiers(body: IdentityLinkingBody | string | Uint8Array, query: LinkIdentifiersQuery = {}, options: CallOptions = {}): Promise<IdentityLinking> {
    return this.run(table.linkIdentifiers, body, query, options);
  }

  /** Put users into segments and take them out, at once (Instant Audience Service): `POST /rt-segment`. */
  addUsers(body: InstantCallBody | string | Uint8Array, query: AddUsersQuery = {}, options: CallOptions = {}): Promise<InstantAnswer> {
    return this.run(table.addUsers, body, query, options);
  }

  /** The segments that a user is in now, as far as the caller may see them: `GET /user-segments`. */
  lookUpUser(query: LookUpUserQuery = {}, options: CallOptions = {}): Promise<UserLookup> {
    return this.run(table.lookUpUser, undefined, query, options);
  }

  /** How many ids your mapuid calls brought, how many matched, and why the others did not: `GET /sync-report`. */
  reportSyncs(query: ReportSyncsQuery = {}, options: CallOptions = {}): Promise<SyncReport> {
    return this.run(table.reportSyncs, undefined, query, options);
  }

  /** What the Instant Audience Service did with what a member sent, hour by hour or in total: `GET /rt-segment-processed`. */
  getProcessed(query: GetProcessedQuery = {}, options: CallOptions = {}): Promise<{ readonly report: ProcessedHour | ProcessedHour[] }> {
    return this.run(table.getProcessed, undefined, query, options);
  }

  /** How batch jobs get on and what became of them (Batch Segment Service): `GET /batch-segment`. */
  listBatchJobs(query: ListBatchJobsQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'batch_segment_upload_job', BatchJob>> {
    return this.run(table.listBatchJobs, undefined, query, options);
  }

  /** Ask for a batch upload: a job and the URL to send the file to (Batch Segment Service): `POST /batch-segment`. */
  createBatchJob(query: CreateBatchJobQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'batch_segment_upload_job', RequestedBatchJob>> {
    return this.run(table.createBatchJob, undefined, query, options);
  }

  /** The fields of batch jobs, and which of them sort and filter: `GET /batch-segment/meta`. */
  describeBatchJobs(query: DescribeBatchJobsQuery = {}, options: CallOptions = {}): Promise<FieldsAnswer> {
    return this.run(table.describeBatchJobs, undefined, query, options);
  }

  /** End a batch job before its time; what it has written stays and can be undone: `POST /batch-segment-cancel`. */
  cancelBatchJob(query: CancelBatchJobQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'batch_segment_upload_job', BatchJob>> {
    return this.run(table.cancelBatchJob, undefined, query, options);
  }

  /** Take back what a batch job changed; what something newer has changed since stays: `POST /batch-segment-undo`. */
  undoBatchJob(query: UndoBatchJobQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'batch_segment_upload_job', BatchJob>> {
    return this.run(table.undoBatchJob, undefined, query, options);
  }

  /** Make the account-level key, or rotate it: `POST /v1/account-key`. */
  createAccountKey(body: unknown, query: CreateAccountKeyQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'v1_account_key', AccountKey>> {
    return this.run(table.createAccountKey, body, query, options);
  }

  /** Applications of the member, of the platform, and others' approved ones: `GET /v1/applications`. */
  listApplications(query: ListApplicationsQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'v1_applicationss', Application>> {
    return this.run(table.listApplications, undefined, query, options);
  }

  /** Define an application that endpoints can be registered from: `POST /v1/applications`. */
  createApplication(body: ApplicationBody | string | Uint8Array, query: CreateApplicationQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'v1_applications', CreateApplicationAnswer>> {
    return this.run(table.createApplication, body, query, options);
  }

  /** Define an application; with its own key, define it anew: `POST /v1/application`. */
  putApplication(body: ApplicationBody | string | Uint8Array, query: PutApplicationQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'v1_application', PutApplication>> {
    return this.run(table.putApplication, body, query, options);
  }

  /** Say how users connect to an application: with which credentials, or by what instructions: `PUT /v1/application/:applicationId/deployment/:deploymentId/onboarding`. */
  setOnboarding(body: SetOnboardingBody | string | Uint8Array, query: SetOnboardingQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'v1_application_:applicationId_deployment_:deploymentId_onboarding', SetOnboarding>> {
    return this.run(table.setOnboarding, body, query, options);
  }

  /** All endpoints of the member, as they were registered: `GET /v1/endpoint`. */
  listRegisteredEndpoints(query: ListRegisteredEndpointsQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'v1_endpoints', RegisteredEndpoint>> {
    return this.run(table.listRegisteredEndpoints, undefined, query, options);
  }

  /** Register an endpoint with its key, or change what it registered: `PUT /v1/endpoint`. */
  putEndpoint(body: PutEndpointBody | string | Uint8Array, query: PutEndpointQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'v1_endpoint', PutEndpoint>> {
    return this.run(table.putEndpoint, body, query, options);
  }

  /** Register an endpoint from an application, once for a member: `PUT /v1/endpoint/:applicationId/:deploymentId`. */
  putApplicationEndpoint(body: PutApplicationEndpointBody | string | Uint8Array, query: PutApplicationEndpointQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'v1_endpoint_:applicationId_:deploymentId', PutEndpoint>> {
    return this.run(table.putApplicationEndpoint, body, query, options);
  }

  /** Set the connection values with which the exchange calls an endpoint: `PUT /v1/endpointattributes/authkey/:key`. */
  setConnection(body: SetConnectionBody | string | Uint8Array, query: SetConnectionQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'v1_endpointattributes_authkey_:key', SetConnection>> {
    return this.run(table.setConnection, body, query, options);
  }

  /** Add an endpoint: its key for its software, or a direct connection: `POST /v1/endpoint-registrations`. */
  createEndpointRegistration(body: EndpointRegistrationBody | string | Uint8Array, query: CreateEndpointRegistrationQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'v1_endpoint_registrations', EndpointRegistration>> {
    return this.run(table.createEndpointRegistration, body, query, options);
  }

  /** Endpoints of the member: `GET /v1/endpoints`. */
  listEndpoints(query: ListEndpointsQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'v1_endpointss', Endpoint>> {
    return this.run(table.listEndpoints, undefined, query, options);
  }

  /** One endpoint: `GET /v1/endpoints/:endpointId`. */
  readEndpoint(query: ReadEndpointQuery = {}, options: CallOptions = {}): Promise<{ readonly 'v1_endpoints_:endpointId': ReadEndpointAnswer }> {
    return this.run(table.readEndpoint, undefined, query, options);
  }

  /** Delete a disabled endpoint: `DELETE /v1/endpoints/:endpointId`. */
  deleteEndpoint(query: DeleteEndpointQuery = {}, options: CallOptions = {}): Promise<DeletedAnswer> {
    return this.run(table.deleteEndpoint, undefined, query, options);
  }

  /** Check the connection to an endpoint again; the outcome is seen on the endpoint: `POST /v1/endpoints/:endpointId/connect`. */
  connectEndpoint(body: ConnectEndpointBody | string | Uint8Array, query: ConnectEndpointQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'v1_endpoints_:endpointId_connect', ReadEndpointAnswer>> {
    return this.run(table.connectEndpoint, body, query, options);
  }

  /** Audiences of a destination that can be added to or replaced: `GET /v1/endpoints/:endpointId/destination-segments`. */
  listDestinationSegments(query: ListDestinationSegmentsQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'v1_endpoints_:endpointId_destination_segmentss', DestinationSegment>> {
    return this.run(table.listDestinationSegments, undefined, query, options);
  }

  /** Disable an endpoint: `POST /v1/endpoints/:endpointId/disable`. */
  disableEndpoint(body: unknown, query: DisableEndpointQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'v1_endpoints_:endpointId_disable', ReadEndpointAnswer>> {
    return this.run(table.disableEndpoint, body, query, options);
  }

  /** Enable a disabled endpoint: `POST /v1/endpoints/:endpointId/enable`. */
  enableEndpoint(body: unknown, query: EnableEndpointQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'v1_endpoints_:endpointId_enable', ReadEndpointAnswer>> {
    return this.run(table.enableEndpoint, body, query, options);
  }

  /** Make a new key for an endpoint's software: `POST /v1/endpoints/:endpointId/rotate-key`. */
  rotateEndpointKey(body: unknown, query: RotateEndpointKeyQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'v1_endpoints_:endpointId_rotate_key', RotateEndpointKey>> {
    return this.run(table.rotateEndpointKey, body, query, options);
  }

  /** Audiences that the member can share: `GET /v1/audiences`. */
  listAudiences(query: ListAudiencesQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'v1_audiencess', Audience>> {
    return this.run(table.listAudiences, undefined, query, options);
  }

  /** One audience, with its identifiers and attributes: `GET /v1/audiences/:endpointId/:segmentId`. */
  readAudience(query: ReadAudienceQuery = {}, options: CallOptions = {}): Promise<{ readonly 'v1_audiences_:endpointId_:segmentId': ReadAudienceAnswer }> {
    return this.run(table.readAudience, undefined, query, options);
  }

  /** Read a source's list of audiences again: `POST /v1/audiences/refresh`. */
  refreshEndpointAudiences(body: RefreshEndpointAudiencesBody | string | Uint8Array, query: RefreshEndpointAudiencesQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'v1_audiences_refresh', RefreshEndpointAudiences>> {
    return this.run(table.refreshEndpointAudiences, body, query, options);
  }

  /** Segments that a push producer offers: `GET /v1/endpoint/:endpointId/segments`. */
  listOfferedSegments(query: ListOfferedSegmentsQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'v1_endpoint_:endpointId_segmentss', OfferedSegment>> {
    return this.run(table.listOfferedSegments, undefined, query, options);
  }

  /** Offer segments: adds to the list of a push producer: `POST /v1/endpoint/:endpointId/segments`. */
  offerSegments(body: OfferSegmentsBody | string | Uint8Array, query: OfferSegmentsQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'v1_endpoint_:endpointId_segments', OfferSegments>> {
    return this.run(table.offerSegments, body, query, options);
  }

  /** Replace the list of segments of a push producer: `PUT /v1/endpoint/:endpointId/segments`. */
  replaceSegments(body: OfferSegmentsBody | string | Uint8Array, query: ReplaceSegmentsQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'v1_endpoint_:endpointId_segments', OfferSegments>> {
    return this.run(table.replaceSegments, body, query, options);
  }

  /** Clear the list of segments of a push producer: `DELETE /v1/endpoint/:endpointId/segments`. */
  clearSegments(query: ClearSegmentsQuery = {}, options: CallOptions = {}): Promise<DeletedAnswer> {
    return this.run(table.clearSegments, undefined, query, options);
  }

  /** One segment that a push producer offers: `GET /v1/endpoint/:endpointId/segments/:segmentId`. */
  readOfferedSegment(query: ReadOfferedSegmentQuery = {}, options: CallOptions = {}): Promise<{ readonly 'v1_endpoint_:endpointId_segments_:segmentId': ReadOfferedSegmentAnswer }> {
    return this.run(table.readOfferedSegment, undefined, query, options);
  }

  /** Take one segment off the list of a push producer: `DELETE /v1/endpoint/:endpointId/segments/:segmentId`. */
  withdrawSegment(query: WithdrawSegmentQuery = {}, options: CallOptions = {}): Promise<DeletedAnswer> {
    return this.run(table.withdrawSegment, undefined, query, options);
  }

  /** List shares: `GET /v1/shares`. */
  listShares(query: ListSharesQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'v1_sharess', Share>> {
    return this.run(table.listShares, undefined, query, options);
  }

  /** Share an audience: now, later, or again and again: `POST /v1/shares`. */
  createShare(body: ShareBody | string | Uint8Array, query: CreateShareQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'v1_shares', Share>> {
    return this.run(table.createShare, body, query, options);
  }

  /** Check a share and count what it would send; nothing is kept: `POST /v1/shares/dry-run`. */
  dryRunShare(body: DryRunShareBody | string | Uint8Array, query: DryRunShareQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'v1_shares_dry_run', DryRunShare>> {
    return this.run(table.dryRunShare, body, query, options);
  }

  /** Suggest how columns of an audience map onto a destination: `POST /v1/shares/suggest-mapping`. */
  suggestShareMapping(body: SuggestShareMappingBody | string | Uint8Array, query: SuggestShareMappingQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'v1_shares_suggest_mapping', SuggestShareMapping>> {
    return this.run(table.suggestShareMapping, body, query, options);
  }

  /** Read a share: `GET /v1/shares/:shareId`. */
  readShare(query: ReadShareQuery = {}, options: CallOptions = {}): Promise<{ readonly 'v1_shares_:shareId': Share }> {
    return this.run(table.readShare, undefined, query, options);
  }

  /** Change a share, enable or disable it: `PUT /v1/shares/:shareId`. */
  updateShare(body: UpdateShareBody | string | Uint8Array, query: UpdateShareQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'v1_shares_:shareId', Share>> {
    return this.run(table.updateShare, body, query, options);
  }

  /** Delete a share that has no active job: `DELETE /v1/shares/:shareId`. */
  deleteShare(query: DeleteShareQuery = {}, options: CallOptions = {}): Promise<DeletedAnswer> {
    return this.run(table.deleteShare, undefined, query, options);
  }

  /** Run a share now: `POST /v1/shares/:shareId/run`. */
  runShare(body: unknown, query: RunShareQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'v1_shares_:shareId_run', RunShare>> {
    return this.run(table.runShare, body, query, options);
  }

  /** List jobs of a category: what an endpoint polls for work: `GET /v1/jobs/:job`. */
  listExchangeJobs(query: ListExchangeJobsQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'v1_jobs_:jobs', Record<string, unknown>>> {
    return this.run(table.listExchangeJobs, undefined, query, options);
  }

  /** Read one job of a category: `GET /v1/jobs/:job/:id`. */
  readExchangeJob(query: ReadExchangeJobQuery = {}, options: CallOptions = {}): Promise<unknown> {
    return this.run(table.readExchangeJob, undefined, query, options);
  }

  /** Upload the rows of a job as CSV, gzip if you like; final=false on all files but the last: `POST /v1/jobs/:job/data`. */
  uploadJobData(body: unknown, query: UploadJobDataQuery = {}, options: CallOptions = {}): Promise<{ readonly id: number }> {
    return this.run(table.uploadJobData, body, query, options);
  }

  /** Download a file of a job; Range and Accept-Encoding: gzip are honoured: `GET /v1/jobs/:job/segmentDataFiles/:file`. */
  downloadJobData(query: DownloadJobDataQuery = {}, options: CallOptions = {}): Promise<unknown> {
    return this.run(table.downloadJobData, undefined, query, options);
  }

  /** Report that a job was loaded, or that it failed: `PUT /v1/jobs/:job`. */
  reportJob(body: ReportJobBody | string | Uint8Array, query: ReportJobQuery = {}, options: CallOptions = {}): Promise<{ readonly id: number }> {
    return this.run(table.reportJob, body, query, options);
  }

  /** List jobs: recent, historical, or scheduled shares: `GET /v1/share-jobs`. */
  listShareJobs(query: ListShareJobsQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'v1_share_jobss', Record<string, unknown>>> {
    return this.run(table.listShareJobs, undefined, query, options);
  }

  /** Read a job and its timeline: `GET /v1/share-jobs/:job`. */
  readShareJob(query: ReadShareJobQuery = {}, options: CallOptions = {}): Promise<unknown> {
    return this.run(table.readShareJob, undefined, query, options);
  }

  /** Download the reject file of a job: line, code, message, row: `GET /v1/share-jobs/:job/rejects`. */
  readShareJobRejects(query: ReadShareJobRejectsQuery = {}, options: CallOptions = {}): Promise<unknown> {
    return this.run(table.readShareJobRejects, undefined, query, options);
  }

  /** Cancel a job: nothing more is asked, sent or taken: `POST /v1/share-jobs/:job/cancel`. */
  cancelShareJob(body: unknown, query: CancelShareJobQuery = {}, options: CallOptions = {}): Promise<{ readonly id: number }> {
    return this.run(table.cancelShareJob, body, query, options);
  }

  /** Follow a job: server-sent events named job, until it has ended: `GET /v1/share-jobs/:job/events`. */
  followShareJob(query: FollowShareJobQuery = {}, options: CallOptions = {}): Promise<unknown> {
    return this.run(table.followShareJob, undefined, query, options);
  }

  /** Write a backup into a directory of the server's machine (the operator): `POST /backup`. */
  createBackup(body: BackupBody, query: CreateBackupQuery = {}, options: CallOptions = {}): Promise<{ readonly backup: Backup }> {
    return this.run(table.createBackup, body, query, options);
  }

  /** Import a catalog with its ids (administrators): `POST /import`. */
  importCatalog(body: string | Uint8Array, query: ImportCatalogQuery = {}, options: CallOptions = {}): Promise<{ readonly import: ImportResult }> {
    return this.run(table.importCatalog, body, query, options);
  }

  /** What runs, waits and ended in the background: `GET /task`. */
  listTasks(query: ListTasksQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'tasks', Task>> {
    return this.run(table.listTasks, undefined, query, options);
  }

  /** Cancel a background task, or begin it again: `PUT /task`. */
  updateTask(body: TaskBody, query: UpdateTaskQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'task', Task>> {
    return this.run(table.updateTask, body, query, options);
  }

  /** The fields of background tasks, and which of them sort and filter: `GET /task/meta`. */
  describeTasks(query: DescribeTasksQuery = {}, options: CallOptions = {}): Promise<FieldsAnswer> {
    return this.run(table.describeTasks, undefined, query, options);
  }
}
