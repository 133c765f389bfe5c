import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../test/api.ts';
import {
  exchangeCallers,
  type ExchangeCallerName,
  type ExchangeRow,
  type ExchangeSample,
  exchangeSamples,
  readExchangeTable,
} from '../../test/exchange-access-samples.ts';
import { ExchangeClient, field, pushSource } from '../../test/exchange-client.ts';
import { type AccountName, members, startPlatform } from '../../test/platform-server.ts';
import { type PeerServer, startPeer } from './peer/peer-server.fixture.ts';

/** docs/access.md: what each caller gets on every route of the exchange. */
const rows = readExchangeTable();

let client: ExchangeClient;
let peer: PeerServer;
/** Keys of the provider's that are about nothing in particular. */
let keys: Readonly<Record<'endpoint' | 'other endpoint' | 'application' | 'account key', string>>;

beforeAll(async () => {
  peer = await startPeer((_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('[]'));
  client = new ExchangeClient(await startPlatform({ settings: { allowPrivateEndpoints: true } }));
  const sample = await exchangeSamples['createApplication']?.({ client, peer: peer.url() });
  const application = await client.as('provider', 'POST /v1/applications', sample?.json);
  keys = {
    endpoint: (await client.ready(pushSource)).key,
    'other endpoint': (await client.ready(pushSource)).key,
    application: String(field(application, 'key')),
    'account key': String(field(await client.as('provider', 'POST /v1/account-key'), 'key')),
  };
});
afterAll(async () => {
  await client.platform.stop();
  await peer[Symbol.asyncDispose]();
});

const operations = () => client.platform.server.operations.filter(({ keys: taken }) => taken !== undefined);

describe('docs/access.md, the exchange', () => {
  it('has a row and a sample for every operation of the exchange, and for no other', () => {
    const routes = operations().map(({ id, method, paths }) => `${id}: ${method} ${paths[0]}`);
    const told = rows.map(({ operation, route }) => `${operation}: ${route}`);
    const named = (id: string): boolean => id in exchangeSamples;
    expect({
      'operations without a row': routes.filter((route) => !told.includes(route)),
      'rows without an operation': told.filter((route) => !routes.includes(route)),
      'operations without a sample': operations()
        .map(({ id }) => id)
        .filter((id) => !named(id)),
    }).toEqual({ 'operations without a row': [], 'rows without an operation': [], 'operations without a sample': [] });
  });
});

const accounts: Partial<Record<ExchangeCallerName, AccountName>> = {
  'another member': 'stranger',
  viewer: 'viewer',
  owner: 'provider',
  admin: 'admin',
};

function callAs(caller: ExchangeCallerName, { route }: ExchangeRow, sample: ExchangeSample): Promise<Answer> {
  const method = route.split(' ')[0] ?? '';
  const { path, json, csv } = sample;
  const asked = caller === 'admin' ? `${path}${path.includes('?') ? '&' : '?'}memberId=${members.provider}` : path;
  const request = `${method} ${asked}` as 'GET /x';
  const token = tokenOf(caller, sample);
  if (csv !== undefined) return client.csv(token, request, csv);
  return token === null ? client.as(null, request, json) : client.withKey(token, request, json);
}

function tokenOf(caller: ExchangeCallerName, sample: ExchangeSample): string | null {
  const account = accounts[caller];
  if (caller === 'nobody') return null;
  if (account) return client.platform.tokens[account];
  if (caller === 'unknown') return 'nobody-has-this';
  const own = caller === 'endpoint' ? sample.key : caller === 'application' ? sample.applicationKey : undefined;
  return own ?? keys[caller as keyof typeof keys];
}

/** A status, or the code of a refusal. */
const outcomeOf = (answer: Answer): string =>
  answer.status < 400 ? String(answer.status) : String((answer.json as { code?: unknown } | undefined)?.code ?? answer.text);

describe.each(rows)('$operation', (row) => {
  it.each(exchangeCallers)('%s', async (caller) => {
    const make = exchangeSamples[row.operation];
    if (!make) throw new Error(`no sample for ${row.operation} in server/test/exchange-access-samples.ts`);
    const sample = await make({ client, peer: peer.url() });
    const answer = await callAs(caller, row, sample);
    expect(outcomeOf(answer), answer.text.slice(0, 300)).toBe(row.outcomes[caller]);
  });
});
