/** The exchange's part of docs/access.md, and a good call for each operation of it, about an object of the provider. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { definitionOf, type ExchangeClient, field, pullDestination, pullSource, pushSource } from './exchange-client.ts';

/** In the order of the table's columns. */
export const exchangeCallers = [
  'nobody',
  'unknown',
  'endpoint',
  'other endpoint',
  'application',
  'account key',
  'another member',
  'viewer',
  'owner',
  'admin',
] as const;
export type ExchangeCallerName = (typeof exchangeCallers)[number];

export interface ExchangeRow {
  readonly operation: string;
  /** Method and path, as the operation has them. */
  readonly route: string;
  /** What each gets: a status, or the code of a refusal. */
  readonly outcomes: Readonly<Record<ExchangeCallerName, string>>;
}

const page = join(import.meta.dirname, '..', '..', 'docs', 'access.md');

export function readExchangeTable(): readonly ExchangeRow[] {
  const lines = readFileSync(page, 'utf8').split('\n');
  return lines.filter((line) => /^\| (?:GET|POST|PUT|DELETE) `\/v1\//.test(line)).map(readRow);
}

function readRow(line: string): ExchangeRow {
  const [route = '', operation = '', ...cells] = line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('`', ''));
  if (cells.length !== exchangeCallers.length) throw new Error(`docs/access.md: ${operation} has not one cell for each caller`);
  const outcomes = Object.fromEntries(exchangeCallers.map((caller, at) => [caller, cells[at]?.split(/[ ,]/)[0] ?? '']));
  return { operation, route, outcomes: outcomes as ExchangeRow['outcomes'] };
}

/** A good call. Made anew for each caller, because a call may change or delete what it is about. */
export interface ExchangeSample {
  readonly path: string;
  readonly json?: unknown;
  /** Sent instead of JSON. */
  readonly csv?: string;
  /** The key of the endpoint that it is about: of a job the one whose part it is, and its producer's where it is either's; where it is about none: any Active one's. */
  readonly key?: string;
  /** The key of the application that it is about. */
  readonly applicationKey?: string;
}

export interface ExchangeWorld {
  readonly client: ExchangeClient;
  /** Where an endpoint answers with an empty list. */
  readonly peer: string;
}

type SampleMaker = (world: ExchangeWorld) => ExchangeSample | Promise<ExchangeSample>;

const application = {
  providerName: 'Example Co',
  displayName: 'Application',
  endpointTypes: { segment: pushSource },
  marketingDatabasesDefinition: { marketingDatabases: [{ name: 'people', identifiers: [{ name: 'email', type: 'email' }] }] },
};
const segments = [{ id: 's/1', name: 'Gold', segment_attributes: [{ name: 'email', type: 'email' }] }];

const aboutEndpoint =
  (end: string, segment: object = pushSource, json?: unknown): SampleMaker =>
  async ({ client }) => {
    const { id, key } = await client.ready(segment);
    return { path: `/v1/endpoints/${id}${end}`, key, json };
  };

const disabled =
  (end: string): SampleMaker =>
  async ({ client }) => {
    const { id } = await client.ready(pushSource);
    await client.as('provider', `POST /v1/endpoints/${id}/disable`);
    return { path: `/v1/endpoints/${id}${end}` };
  };

const aboutOffers =
  (end: string, json?: unknown): SampleMaker =>
  async ({ client }) => {
    const { id, key } = await client.ready(pushSource);
    await client.withKey(key, `POST /v1/endpoint/${id}/segments`, segments);
    return { path: `/v1/endpoint/${id}/segments${end}`, key, json };
  };

async function madeApplication({ client }: ExchangeWorld): Promise<{ id: number; key: string }> {
  const made = await client.as('provider', 'POST /v1/applications', application);
  return { id: Number(field(made, 'applicationId')), key: String(field(made, 'key')) };
}

/** A share from a push source to a pull consumer, both the provider's. */
async function shareBody({ client }: ExchangeWorld) {
  const source = await client.ready(pushSource);
  const destination = await client.ready(pullDestination);
  await client.withKey(source.key, `POST /v1/endpoint/${source.id}/segments`, segments);
  const json = {
    name: 'Gold',
    source: { endpointId: source.id, segmentId: 's/1' },
    destination: { endpointId: destination.id, segmentId: 'gold' },
    identityMapping: { sourceIdentifiers: ['email'], destinationIdentifier: 'email' },
    shareAction: 'REMOVE',
  };
  return { source, destination, json };
}

const aboutShare =
  (end: string, json?: unknown): SampleMaker =>
  async (world) => {
    const { source, json: share } = await shareBody(world);
    const schedule = { type: 'AT', at: '2040-01-01T00:00:00Z' };
    const made = await world.client.as('provider', 'POST /v1/shares', { ...share, schedule });
    return { path: `/v1/shares/${String(field(made, 'shareId'))}${end}`, key: source.key, json };
  };

/** A job whose data have come or not, and the keys of its two endpoints. */
async function madeJob(world: ExchangeWorld, uploaded: boolean) {
  const { client } = world;
  const { source, destination, json } = await shareBody(world);
  const id = Number(field(await client.as('provider', 'POST /v1/shares', json), 'lastJobId'));
  await reached(client, id, 'WAITING_TO_RECIEVE_DATA');
  if (uploaded) {
    await client.csv(client.platform.tokens.provider, `POST /v1/jobs/${id}/data`, csv);
    await reached(client, id, 'READY_FOR_DOWNLOAD');
  }
  return { id, producer: source.key, consumer: destination.key };
}

const csv = 'email\nana@example.com\n';

async function reached(client: ExchangeClient, job: number, status: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < 15_000; waitedMs += 20) {
    if (field(await client.as('provider', `GET /v1/share-jobs/${job}`), 'status') === status) return;
    await sleep(20);
  }
  throw new Error(`job ${job} did not reach ${status}`);
}

const aboutJob =
  (path: (id: number) => string): SampleMaker =>
  async (world) => {
    const { id, producer } = await madeJob(world, false);
    return { path: path(id), key: producer };
  };

export const exchangeSamples: Readonly<Record<string, SampleMaker>> = {
  createAccountKey: () => ({ path: '/v1/account-key' }),
  listApplications: () => ({ path: '/v1/applications' }),
  createApplication: () => ({ path: '/v1/applications', json: application }),
  putApplication: async (world) => ({ path: '/v1/application', json: application, applicationKey: (await madeApplication(world)).key }),
  setOnboarding: async (world) => {
    const { id, key } = await madeApplication(world);
    const json = { connectType: 'DIRECTCONNECT', authType: 'BASIC' };
    return { path: `/v1/application/${id}/deployment/1/onboarding`, json, applicationKey: key };
  },
  listRegisteredEndpoints: () => ({ path: '/v1/endpoint' }),
  putEndpoint: async ({ client }) => {
    const { id, key } = await client.registered();
    return { path: `/v1/endpoint?endpointId=${id}`, key, json: definitionOf('Store', pushSource) };
  },
  putApplicationEndpoint: async (world) => {
    const app = await madeApplication(world);
    const { id, key } = await world.client.registered('From application', 'provider', { applicationId: app.id });
    return { path: `/v1/endpoint/${app.id}/1?endpointId=${id}`, key, json: {} };
  },
  setConnection: async ({ client }) => {
    const { key } = await client.registered();
    return { path: `/v1/endpointattributes/authkey/${key}`, key, json: { attributes: [{ name: 'authType', value: 'NONE' }] } };
  },
  createEndpointRegistration: () => ({ path: '/v1/endpoint-registrations', json: { name: 'Another' } }),
  listEndpoints: () => ({ path: '/v1/endpoints' }),
  readEndpoint: aboutEndpoint(''),
  deleteEndpoint: disabled(''),
  connectEndpoint: async (world) => aboutEndpoint('/connect', pullSource(world.peer))(world),
  listDestinationSegments: aboutEndpoint('/destination-segments', pullDestination),
  disableEndpoint: aboutEndpoint('/disable'),
  enableEndpoint: disabled('/enable'),
  rotateEndpointKey: aboutEndpoint('/rotate-key'),
  listAudiences: () => ({ path: '/v1/audiences' }),
  readAudience: async (world) => {
    const { path, ...rest } = await aboutOffers('')(world);
    return { ...rest, path: path.replace(/^\/v1\/endpoint\/(\d+)\/.*$/, '/v1/audiences/$1/s%2F1') };
  },
  refreshEndpointAudiences: async ({ client, peer }) => {
    const { id, key } = await client.ready(pullSource(peer));
    return { path: '/v1/audiences/refresh', key, json: { endpointId: id } };
  },
  listOfferedSegments: aboutOffers(''),
  offerSegments: aboutOffers('', segments),
  replaceSegments: aboutOffers('', segments),
  clearSegments: aboutOffers(''),
  readOfferedSegment: aboutOffers('/s%2F1'),
  withdrawSegment: aboutOffers('/s%2F1'),
  createShare: async (world) => ({ path: '/v1/shares', json: (await shareBody(world)).json }),
  listShares: () => ({ path: '/v1/shares' }),
  readShare: aboutShare(''),
  updateShare: aboutShare('', { name: 'Renamed' }),
  deleteShare: aboutShare(''),
  runShare: aboutShare('/run'),
  dryRunShare: async (world) => ({ path: '/v1/shares/dry-run', json: (await shareBody(world)).json }),
  suggestShareMapping: async (world) => {
    const { source, destination } = (await shareBody(world)).json;
    return { path: '/v1/shares/suggest-mapping', json: { source, destination: { endpointId: destination.endpointId } } };
  },
  listExchangeJobs: async ({ client }) => {
    const { id, key } = await client.ready(pushSource);
    return { path: `/v1/jobs/SEGMENT_EXPORT?endpointId=${id}`, key };
  },
  readExchangeJob: aboutJob((id) => `/v1/jobs/SEGMENT_EXPORT/${id}`),
  uploadJobData: async (world) => {
    const { id, producer } = await madeJob(world, false);
    return { path: `/v1/jobs/${id}/data`, key: producer, csv };
  },
  downloadJobData: async (world) => {
    const { id, consumer } = await madeJob(world, true);
    return { path: `/v1/jobs/${id}/segmentDataFiles/${id}_1.csv`, key: consumer };
  },
  reportJob: async (world) => {
    const { id, consumer } = await madeJob(world, true);
    return { path: `/v1/jobs/${id}`, key: consumer, json: { status: 'COMPLETE' } };
  },
  listShareJobs: () => ({ path: '/v1/share-jobs' }),
  readShareJob: aboutJob((id) => `/v1/share-jobs/${id}`),
  readShareJobRejects: aboutJob((id) => `/v1/share-jobs/${id}/rejects`),
  cancelShareJob: aboutJob((id) => `/v1/share-jobs/${id}/cancel`),
  followShareJob: async (world) => {
    const { id, producer } = await madeJob(world, false);
    // Its stream ends.
    await world.client.as('provider', `POST /v1/share-jobs/${id}/cancel`);
    return { path: `/v1/share-jobs/${id}/events`, key: producer };
  },
};
