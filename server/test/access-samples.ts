/**
 * A small good request for each operation, about an object of its owner, for the test of every route. An operation without one is
 * called with nothing in it. Samples are made anew for each call, because a call may change or delete what it is about.
 */
import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Caller } from './access-table.ts';
import { BatchClient, type RequestedJob } from './batch-client.ts';
import { notify } from '../src/notices/notify.ts';
import { addTask } from '../src/tasks/add-task.ts';
import { accountIds, type AccountName, advertisers, members, password, type PlatformServer } from './platform-server.ts';

/** Stands in the name of everything that the owner has, so that it can be found where it should not be. */
export const marker = 'kept-from-others';

export interface Sample {
  /** The object that the call is about: `?id=`, or the last place of the path. */
  readonly id?: number;
  readonly query?: string;
  readonly json?: unknown;
  readonly body?: string;
}

export interface SampleMaker {
  /** Whose objects they are; default: the provider's, whose viewer is the table's. */
  readonly owner?: AccountName;
  readonly make: (world: AccessWorld) => Sample | Promise<Sample>;
}

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const inPast = Date.UTC(2026, 0, 1) / 1000;

/** A running server in which samples make what they are about. */
export class AccessWorld {
  readonly platform: PlatformServer;
  #made = 0;

  constructor(platform: PlatformServer) {
    this.platform = platform;
  }

  name(): string {
    this.#made += 1;
    return `${marker} ${this.#made}`;
  }

  /** Makes an object and answers its id. */
  async id(request: `POST /${string}`, json: object, as: AccountName = 'provider'): Promise<number> {
    const answer = await this.platform.call(request, { as, json });
    if (answer.status !== 200) throw new Error(`${request}: ${answer.status} ${answer.text}`);
    return Number(answer.at('id'));
  }

  segment(): Promise<number> {
    return this.id('POST /segment', { segment: { short_name: this.name() } });
  }

  host(): string {
    return `${this.name().replace(' ', '-')}.example.com`;
  }

  syncHost(): Promise<number> {
    return this.id('POST /sync-host', { sync_host: { host: this.host() } });
  }

  key(): Promise<number> {
    const key = { name: this.name(), encoded_value: pem };
    return this.id(`POST /public-key?user_id=${accountIds.provider}`, { 'public-key': key });
  }

  /** An event of the provider's. */
  async auditEvent(): Promise<number> {
    const object = `object_type=segment&object_id=${await this.segment()}`;
    return Number((await this.platform.call(`GET /audit-event?${object}`, { as: 'provider' })).at('audit_events.0.id'));
  }

  /** The one sharing record with the bidder, made anew. */
  async sharingRecord(): Promise<number> {
    const pairOf = `data_member_id=${members.provider}&buyer_member_id=${members.bidder}`;
    const known = await this.platform.call(`GET /member-data-sharing?${pairOf}`, { as: 'provider' });
    const id = known.at('member_data_sharings.0.id');
    if (id !== undefined) await this.platform.call(`DELETE /member-data-sharing?id=${Number(id)}`, { as: 'provider' });
    const record = { buyer_member_id: members.bidder, segment_exposure: 'list', segments: [] };
    return this.id('POST /member-data-sharing', { member_data_sharing: record });
  }

  /** A request of the provider to a member of whom nobody has heard. */
  async accessRequest(): Promise<number> {
    const owner = await this.id('POST /member', { member: { name: this.name(), primary_type: 'data_provider' } }, 'admin');
    return this.id('POST /segment-access-request', { segment_access_request: { segment_owner_member_id: owner } });
  }

  /** An application of the provider's, a draft. */
  async application(): Promise<number> {
    const segment = { source: { enabled: true, sourceType: 'push' } };
    const json = { providerName: 'Provider', displayName: this.name(), endpointTypes: { segment } };
    const made = await this.platform.call('POST /v1/applications', { as: 'provider', json });
    return Number((made.json as { applicationId: number }).applicationId);
  }

  async applicationReview(): Promise<number> {
    return this.id('POST /application-review', { application_review: { application_id: await this.application() } });
  }

  async notice(): Promise<number> {
    const about = { kind: 'limit', severity: 'info', text: this.name(), subject: null, details: {} } as const;
    await this.platform.server.catalog.change(byNobody, (change) => notify(change, { to: members.provider, ...about }));
    return Number((await this.platform.call('GET /notice?sort=id.desc')).at('notices.0.id'));
  }

  /** A task of a kind that nobody does by itself. */
  task(): Promise<number> {
    const subject = { type: this.name(), id: 1 };
    return this.platform.server.catalog.change(byNobody, (change) =>
      addTask(change, { kind: 'run-share', memberId: members.provider, subject }),
    );
  }

  /** A batch job that waits for its file. */
  batchJob(): Promise<RequestedJob> {
    return new BatchClient(this.platform).request();
  }

  /** One that has completed, has refused a line and can be undone. */
  async loadedBatchJob(): Promise<string> {
    const job = await new BatchClient(this.platform).load(`5;${await this.segment()}:60\nx;1:1`);
    return String(job.job_id);
  }

  /** A buyer of whom nobody has heard, which has enabled the provider. */
  async newBuyer(): Promise<number> {
    const buyer = await this.id('POST /member', { member: { name: 'Buyer', primary_type: 'buyer' } }, 'admin');
    const enabled = { data_provider_member_id: members.provider, active: true };
    await this.id(`POST /data-buyer-provider?member_id=${buyer}`, { data_buyer_provider: enabled }, 'admin');
    return buyer;
  }
}

const byNobody = { operation: 'test', requestId: null, accountId: null, username: null, accountMemberId: null };
const ofProvider = `member_id=${members.provider}`;
const ownAccount: SampleMaker['make'] = () => ({ id: accountIds.provider });
const advertiser: SampleMaker['make'] = () => ({ id: advertisers.provider });
const linkOne = { identity_link: { user_id: '5', identifier: { domain: 'external', id: 'crm-5' } } };
const addOne = { rt_segment: [{ user_id: '5', seg_block: [{ seg_id: 1 }] }] };
const enabled = { data_provider_member_id: members.provider, active: true };

/** By operation, in the order of routes.ts. */
export const samples: Readonly<Record<string, SampleMaker>> = {
  listAdvertisers: { make: advertiser },
  createAdvertiser: { make: (world) => ({ query: ofProvider, json: { advertiser: { name: world.name() } } }) },
  updateAdvertiser: { make: (world) => ({ id: advertisers.provider, json: { advertiser: { name: world.name() } } }) },
  listApplicationReviews: { make: async (world) => ({ id: await world.applicationReview() }) },
  createApplicationReview: { make: async (world) => ({ json: { application_review: { application_id: await world.application() } } }) },
  updateApplicationReview: {
    make: async (world) => ({ id: await world.applicationReview(), json: { application_review: { state: 'DRAFT' } } }),
  },
  listAuditEvents: { make: async (world) => ({ id: await world.auditEvent() }) },
  logIn: { make: () => ({ json: { auth: { username: 'provider', password } } }) },
  readBatchConfig: { make: () => ({ query: ofProvider }) },
  updateBatchConfig: { make: () => ({ query: ofProvider, json: { batch_segment_upload_config: {} } }) },
  createBatchConfig: { make: () => ({ query: ofProvider, json: { batch_segment_upload_config: {} } }) },
  listBatchJobs: { make: async (world) => ({ id: (await world.batchJob()).id }) },
  createBatchJob: { make: () => ({ query: ofProvider }) },
  cancelBatchJob: { make: async (world) => ({ query: `job_id=${(await world.batchJob()).jobId}` }) },
  followBatchJob: { make: async (world) => ({ query: `job_id=${await world.loadedBatchJob()}` }) },
  readBatchRejects: { make: async (world) => ({ query: `job_id=${await world.loadedBatchJob()}` }) },
  undoBatchJob: { make: async (world) => ({ query: `job_id=${await world.loadedBatchJob()}` }) },
  listDataBuyerProviders: {
    owner: 'buyer',
    make: async (world) => ({
      id: await world.id('POST /data-buyer-provider', { data_buyer_provider: enabled }, 'buyer'),
    }),
  },
  enableDataProvider: { owner: 'buyer', make: () => ({ query: `member_id=${members.buyer}`, json: { data_buyer_provider: enabled } }) },
  updateDataBuyerProvider: {
    owner: 'buyer',
    make: async (world) => ({
      id: await world.id('POST /data-buyer-provider', { data_buyer_provider: enabled }, 'buyer'),
      json: { data_buyer_provider: { active: true } },
    }),
  },
  listIdentityLinks: { make: () => ({ query: `uid=5&${ofProvider}` }) },
  linkIdentifiers: { make: () => ({ query: ofProvider, json: linkOne }) },
  importCatalog: { make: () => ({ json: { members: [] } }) },
  listMembers: { make: () => ({ id: members.provider }) },
  createMember: { make: () => ({ json: { member: { name: 'New' } } }) },
  updateMember: { make: () => ({ id: members.provider, json: { member: {} } }) },
  listSharingRecords: { make: async (world) => ({ id: await world.sharingRecord() }) },
  createSharingRecord: {
    make: async (world) => ({
      query: `data_${ofProvider}`,
      json: { member_data_sharing: { buyer_member_id: await world.newBuyer(), segment_exposure: 'all' } },
    }),
  },
  updateSharingRecord: { make: async (world) => ({ id: await world.sharingRecord(), json: { member_data_sharing: {} } }) },
  deleteSharingRecord: { make: async (world) => ({ id: await world.sharingRecord() }) },
  listPublicKeys: { make: async (world) => ({ id: await world.key(), query: `user_id=${accountIds.provider}` }) },
  createPublicKey: {
    make: (world) => ({
      query: `user_id=${accountIds.provider}`,
      json: { 'public-key': { name: world.name(), encoded_value: pem } },
    }),
  },
  updatePublicKey: {
    make: async (world) => ({
      query: `key_id=${await world.key()}&user_id=${accountIds.provider}`,
      json: { 'public-key': { active: false } },
    }),
  },
  listNotices: { make: async (world) => ({ id: await world.notice() }) },
  updateNotice: { make: async (world) => ({ id: await world.notice(), json: { notice: { read: true } } }) },
  listPlatformMembers: { make: () => ({ id: members.provider }) },
  addUsers: { make: () => ({ query: ofProvider, json: addOne }) },
  lookUpUser: { make: () => ({ query: `uid=5&${ofProvider}` }) },
  getProcessed: { make: () => ({ query: ofProvider }) },
  listSegments: { make: async (world) => ({ id: await world.segment() }) },
  createSegment: { make: (world) => ({ query: ofProvider, json: { segment: { short_name: world.name() } } }) },
  updateSegment: { make: async (world) => ({ id: await world.segment(), json: { segment: { short_name: world.name() } } }) },
  deleteSegment: { make: async (world) => ({ id: await world.segment() }) },
  listSegmentAccessRequests: { make: async (world) => ({ id: await world.accessRequest() }) },
  createSegmentAccessRequest: {
    make: async (world) => ({
      query: ofProvider,
      json: {
        segment_access_request: { segment_owner_member_id: await world.id('POST /member', { member: { name: 'Owner' } }, 'admin') },
      },
    }),
  },
  updateSegmentAccessRequest: {
    make: async (world) => ({ id: await world.accessRequest(), json: { segment_access_request: { state: 'WITHDRAWN' } } }),
  },
  segmentStats: { make: async (world) => ({ id: await world.segment() }) },
  listSyncHosts: { make: async (world) => ({ id: await world.syncHost() }) },
  createSyncHost: { make: (world) => ({ query: ofProvider, json: { sync_host: { host: world.host() } } }) },
  updateSyncHost: { make: async (world) => ({ id: await world.syncHost(), json: { sync_host: { state: 'inactive' } } }) },
  deleteSyncHost: { make: async (world) => ({ id: await world.syncHost() }) },
  reportSyncs: { make: () => ({ query: ofProvider }) },
  listTasks: { make: async (world) => ({ id: await world.task() }) },
  updateTask: { make: async (world) => ({ id: await world.task(), json: { task: { state: 'canceled' } } }) },
  listAccounts: { make: ownAccount },
  createAccount: {
    make: (world) => ({
      json: {
        user: {
          username: world.name(),
          password,
          email: 'new@example.com',
          first_name: 'New',
          last_name: 'Account',
          user_type: 'member',
          entity_id: members.provider,
        },
      },
    }),
  },
  updateAccount: { make: (world) => ({ id: accountIds.provider, json: { user: { last_name: world.name() } } }) },
  logInWithJwt: {
    make: async (world) => {
      const name = world.name();
      await world.id(`POST /public-key?user_id=${accountIds.bidder}`, { 'public-key': { name, encoded_value: pem } }, 'bidder');
      const jwt = new SignJWT({ sub: 'bidder', iat: inPast, exp: inPast * 2 }).setProtectedHeader({ alg: 'RS256', kid: name });
      return { body: await jwt.sign(pair.privateKey) };
    },
  },
};

/** What a call is sent to: the path's places filled, the first of two with the owner's member. */
export function addressed(path: string, { id, query }: Sample, method: string): string {
  const places = [...path.matchAll(/:\w+/g)].map((match) => match[0]);
  const object = String(method === 'POST' && places.length > 0 ? members.provider : (id ?? missing));
  const values = places.length === 2 ? [String(members.provider), object] : [object];
  const filled = places.reduce((text, place, at) => text.replace(place, values[at] ?? ''), path);
  const parts = [places.length === 0 && id !== undefined ? `id=${id}` : undefined, query].filter((part) => part !== undefined);
  return parts.length === 0 ? filled : `${filled}?${parts.join('&')}`;
}

/** An id that nothing has. */
const missing = 999_999;

/** The account that stands for a caller. */
export const accountOf = (caller: Caller, owner: AccountName): AccountName | null =>
  ({ nobody: null, 'another member': 'stranger', viewer: 'viewer', owner, admin: 'admin' } as const)[caller];
