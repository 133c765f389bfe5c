import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  definitionOf,
  ExchangeClient,
  pullDestination,
  pullSource,
  pushDestination,
  pushSource,
  refused,
} from '../../../../test/exchange-client.ts';
import { members, startPlatform } from '../../../../test/platform-server.ts';
import { type PeerServer, startPeer } from '../../peer/peer-server.fixture.ts';

let exchange: ExchangeClient;
let peer: PeerServer;
/** By path behind the peer's address: what an endpoint there answers. */
const answers = new Map<string, { status: number; json: unknown }>();
beforeAll(async () => {
  peer = await startPeer((request, response) => {
    const { status, json } = answers.get(request.path) ?? { status: 404, json: {} };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
  });
  exchange = new ExchangeClient(await startPlatform({ settings: { allowPrivateEndpoints: true } }));
});
afterAll(async () => {
  await exchange.platform.stop();
  await peer[Symbol.asyncDispose]();
});

let places = 0;
/** A place at the peer of its own. */
function place(status: number, json: unknown): { url: string; path: string } {
  const path = `/p${(places += 1)}`;
  answers.set(`${path}/v1/segments`, { status, json });
  return { url: peer.url(path), path: `${path}/v1/segments` };
}

const { name: _, ...nameless } = definitionOf('', {});
const direct = (segment: object, connection?: object) => ({
  connectType: 'DIRECTCONNECT',
  definition: { ...nameless, endpointTypes: { segment } },
  ...(connection ? { connection } : {}),
});
const apiKey = (value: string) => ({
  attributes: [
    { name: 'authType', value: 'APIKEY' },
    { name: 'apiKey', value },
  ],
});
async function eventually(id: number, fields: object): Promise<void> {
  await expect.poll(() => exchange.read(id)).toMatchObject(fields);
}
const listed = async (query: string): Promise<readonly { endpointId: number; status: string; kind: string }[]> =>
  (await exchange.as('provider', `GET /v1/endpoints${query}`)).json as [];

describe('201', () => {
  it('an endpoint is registered: Pending, its key shown once', async () => {
    const answer = await exchange.as('provider', 'POST /v1/endpoint-registrations', { name: 'Store' });
    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({
      endpointId: expect.any(Number),
      key: expect.stringMatching(/^fx_[\w-]{32}$/),
      status: 'PENDING',
      connectType: 'INSTRUCTIONS',
      instructions: null,
    });
  });

  it('a repeated call with its Idempotency-Key makes one endpoint and shows the same key', async () => {
    const headers = { 'idempotency-key': 'one-registration' };
    const first = await exchange.as('provider', 'POST /v1/endpoint-registrations', { name: 'Once' }, headers);
    const second = await exchange.as('provider', 'POST /v1/endpoint-registrations', { name: 'Once' }, headers);
    expect([second.status, second.json]).toEqual([201, first.json]);
    const other = await exchange.as('provider', 'POST /v1/endpoint-registrations', { name: 'Twice' }, headers);
    expect(refused(other)).toEqual([409, 'DUPLICATE']);
  });

  it('direct connect asks the endpoint with its values: Active, and a producer’s list is known', async () => {
    const { url, path } = place(200, [{ id: 31, name: 'Lapsed', identifiers: [{ name: 'email', type: 'email' }] }]);
    const { id } = await exchange.registered('Direct', 'provider', direct(pullSource(url), apiKey('outward')));
    await eventually(id, { status: 'ACTIVE', authType: 'APIKEY', lastError: null, connectType: 'DIRECTCONNECT' });
    const asked = peer.received.filter((request) => request.path === path);
    expect(asked.map(({ method, headers }) => [method, headers.authorization])).toEqual([['GET', 'Bearer outward']]);
    const audiences = await exchange.as('provider', `GET /v1/audiences?endpointId=${id}`);
    expect(audiences.json).toMatchObject([{ segmentId: '31', name: 'Lapsed', count: null }]);
  });

  it('an endpoint that refuses stays Pending and says why; with other values it is Active', async () => {
    const { url, path } = place(401, { message: 'no, wrong-secret is not known' });
    const { id } = await exchange.registered('Direct', 'provider', direct(pushDestination(url), apiKey('wrong-secret')));
    await eventually(id, { status: 'PENDING', lastError: expect.stringContaining('401') });
    expect(JSON.stringify(await exchange.read(id))).not.toContain('wrong-secret');
    answers.set(path, { status: 200, json: [] });
    const basic = [
      { name: 'authType', value: 'BASIC' },
      { name: 'username', value: 'ana' },
      { name: 'password', value: 'pw' },
    ];
    const again = await exchange.as('provider', `POST /v1/endpoints/${id}/connect`, { connection: { attributes: basic } });
    expect(again.status).toBe(202);
    await eventually(id, { status: 'ACTIVE', authType: 'BASIC', lastError: null });
    expect(peer.received.findLast((request) => request.path === path)?.headers.authorization).toMatch(/^Basic /);
  });

  it.each([
    ['no array', 200, { segments: [] }],
    ['a server that fails is asked once', 503, {}],
  ])('%s leaves it Pending', async (_case, status, json) => {
    const { url, path } = place(status, json);
    const { id } = await exchange.registered('Direct', 'provider', direct(pullSource(url)));
    await eventually(id, { status: 'PENDING', lastError: expect.any(String) });
    expect(peer.received.filter((request) => request.path === path)).toHaveLength(1);
  });

  it('values that its own software sets are tried at once', async () => {
    const { url, path } = place(401, {});
    const { id, key } = await exchange.registered('Direct', 'provider', direct(pullSource(url)));
    await eventually(id, { lastError: expect.any(String) });
    answers.set(path, { status: 200, json: [] });
    await exchange.withKey(key, `PUT /v1/endpointattributes/authkey/${key}`, apiKey('right'));
    await eventually(id, { status: 'ACTIVE', authType: 'APIKEY' });
  });
});

describe('200', () => {
  it('lists by kind and status, in pages', async () => {
    const { id } = await exchange.registered('Listed');
    const internal = await listed('?kind=internal');
    expect(internal.map(({ kind, status }) => [kind, status])).toEqual([['internal', 'ACTIVE']]);
    expect((await listed('?status=PENDING')).some(({ endpointId }) => endpointId === id)).toBe(true);
    expect((await listed('?status=ACTIVE')).some(({ endpointId }) => endpointId === id)).toBe(false);
    const first = await exchange.as('provider', 'GET /v1/endpoints?limit=2');
    const next = /<(.*)>/.exec(String(first.headers.link))?.[1] ?? '';
    const second = (await exchange.as('provider', `GET ${next as '/x'}`)).json as { endpointId: number }[];
    expect(second[0]?.endpointId).toBeGreaterThan((first.json as { endpointId: number }[])[1]?.endpointId ?? Infinity);
  });

  it('disable and enable lead back to what it was, Pending or Active', async () => {
    const pending = await exchange.registered();
    const active = await exchange.ready(pushSource);
    for (const [{ id }, status] of [
      [pending, 'PENDING'],
      [active, 'ACTIVE'],
    ] as const) {
      expect((await exchange.as('provider', `POST /v1/endpoints/${id}/disable`)).json).toMatchObject({
        endpointId: id,
        status: 'DISABLED',
      });
      expect((await exchange.as('provider', `POST /v1/endpoints/${id}/enable`)).json).toMatchObject({ status });
    }
  });

  it('targets are asked of a push consumer, come from own segments, or are none', async () => {
    const { url, path } = place(200, [
      { id: 's-7', name: 'Old target', count: 40 },
      { id: 's-1', name: 'First' },
    ]);
    const { id } = await exchange.ready(pushDestination(url));
    const targets = await exchange.as('provider', `GET /v1/endpoints/${id}/destination-segments`);
    expect(targets.json).toEqual([
      { segmentId: 's-1', name: 'First', description: null, count: null },
      { segmentId: 's-7', name: 'Old target', description: null, count: 40 },
    ]);
    answers.set(path, { status: 500, json: {} });
    expect(refused(await exchange.as('provider', `GET /v1/endpoints/${id}/destination-segments`))).toEqual([503, 'UNAVAILABLE']);
    const pulls = await exchange.ready(pullDestination);
    expect((await exchange.as('provider', `GET /v1/endpoints/${pulls.id}/destination-segments`)).json).toEqual([]);
    const segment = (await exchange.platform.call('POST /segment', { json: { segment: { short_name: 'Mine' } } })).at('id');
    const [builtIn] = await listed('?kind=internal');
    const own = await exchange.as('provider', `GET /v1/endpoints/${builtIn?.endpointId}/destination-segments`);
    expect(own.json).toEqual([{ segmentId: String(segment), name: 'Mine', description: null, count: 0 }]);
  });
});

describe('204', () => {
  it('deleting makes the key unknown, disables its shares and forgets its audiences', async () => {
    const { id, key } = await exchange.ready(pushSource);
    await exchange.withKey(key, `POST /v1/endpoint/${id}/segments`, [
      { id: 'a', name: 'A', segment_attributes: [{ name: 'email', type: 'email' }] },
    ]);
    await insertShare(id);
    await exchange.as('provider', `POST /v1/endpoints/${id}/disable`);
    const gone = await exchange.as('provider', `DELETE /v1/endpoints/${id}`);
    expect([gone.status, gone.text]).toEqual([204, '']);
    expect(refused(await exchange.as('provider', `GET /v1/endpoints/${id}`))).toEqual([404, 'NOT_FOUND']);
    expect(refused(await exchange.withKey(key, `GET /v1/endpoint/${id}/segments`))).toEqual([401, 'AUTH_INVALID']);
    const { read } = exchange.platform.server.catalog;
    const share = await read.selectFrom('share').selectAll().where('source_endpoint_id', '=', id).executeTakeFirstOrThrow();
    expect([share.enabled, share.disabled_reason]).toEqual([0, 'ENDPOINT_DELETED']);
    expect(await read.selectFrom('audience').selectAll().where('endpoint_id', '=', id).execute()).toEqual([]);
    expect((await listed('')).some(({ endpointId }) => endpointId === id)).toBe(false);
  });
});

/** A standing order from this endpoint to itself, which nobody would take: only that it is there matters. */
async function insertShare(endpoint: number): Promise<void> {
  const nobody = { operation: 'test', requestId: null, accountId: null, username: null, accountMemberId: null };
  await exchange.platform.server.catalog.change(nobody, async (change) => {
    await change.db
      .insertInto('share')
      .values({
        id: await change.newIds('share'),
        member_id: members.provider,
        name: 'Share',
        source_endpoint_id: endpoint,
        source_segment_id: 'a',
        destination_endpoint_id: endpoint,
        destination_segment_id: 'b',
        new_segment: null,
        identity_mapping: '{}',
        attribute_mappings: '{}',
        share_action: 'ADD',
        schedule: '{"type":"NOW"}',
        allow_empty_replace: 0,
        enabled: 1,
        disabled_reason: null,
        created_by: 'test',
        created_on: 0,
        last_modified: 0,
        next_run_on: null,
        occurrences: 0,
        failures: 0,
        last_job_id: null,
        deleted_on: null,
      })
      .execute();
  });
}

describe('400', () => {
  it.each<[string, unknown, string[]]>([
    ['no name', {}, ['name']],
    ['an unknown member', { name: 'x', colour: 'red' }, ['colour']],
    ['nothing to call', { name: 'x', connectType: 'DIRECTCONNECT' }, ['definition']],
    ['a definition that its software gives', { name: 'x', definition: direct(pushSource).definition }, ['definition']],
    ['a push source, which calls itself', { name: 'x', ...direct(pushSource) }, ['definition.endpointTypes.segment']],
  ])('%s', async (_case, body, fields) => {
    expect(refused(await exchange.as('provider', 'POST /v1/endpoint-registrations', body))).toEqual([400, 'INVALID_REQUEST', ...fields]);
  });

  it.each(['kind=strange', 'status=active'])('a filter that names nothing: %s', async (query) => {
    expect(refused(await exchange.as('provider', `GET /v1/endpoints?${query}`))).toEqual([400, 'INVALID_REQUEST', query.split('=')[0]]);
  });

  it('an address that no option admits', async () => {
    const body = { name: 'x', ...direct(pullSource('http://169.254.169.254')) };
    expect(refused(await exchange.as('provider', 'POST /v1/endpoint-registrations', body)).slice(0, 2)).toEqual([400, 'ADDRESS_REFUSED']);
  });
});

describe('409 BAD_STATE', () => {
  it('enable what is not disabled, disable twice, delete what is not disabled, connect what nobody calls', async () => {
    const { id } = await exchange.ready(pushSource);
    const bad = [409, 'BAD_STATE'];
    expect(refused(await exchange.as('provider', `POST /v1/endpoints/${id}/enable`))).toEqual(bad);
    expect(refused(await exchange.as('provider', `DELETE /v1/endpoints/${id}`))).toEqual(bad);
    expect(refused(await exchange.as('provider', `POST /v1/endpoints/${id}/connect`))).toEqual(bad);
    expect(refused(await exchange.as('provider', `GET /v1/endpoints/${id}/destination-segments`))).toEqual(bad);
    await exchange.as('provider', `POST /v1/endpoints/${id}/disable`);
    expect(refused(await exchange.as('provider', `POST /v1/endpoints/${id}/disable`))).toEqual(bad);
    expect(refused(await exchange.as('provider', `POST /v1/endpoints/${id}/connect`))).toEqual(bad);
  });

  it('the built-in endpoint stays as it is', async () => {
    const [builtIn] = await listed('?kind=internal');
    for (const request of ['POST /disable', 'POST /rotate-key', 'POST /connect', 'DELETE '] as const) {
      const [method, end] = request.split(' ');
      const answer = await exchange.as('provider', `${method as 'POST'} /v1/endpoints/${builtIn?.endpointId}${end}`);
      expect(refused(answer), request).toEqual([409, 'BAD_STATE']);
    }
  });
});

describe('a rotated key', () => {
  it('works for a day beside the new one, and not longer', async () => {
    const own = new ExchangeClient(await startPlatform());
    try {
      const { id, key } = await own.ready(pushSource);
      const { key: newer } = (await own.as('provider', `POST /v1/endpoints/${id}/rotate-key`)).json as { key: string };
      const statusOf = async (used: string) => (await own.withKey(used, `GET /v1/endpoint/${id}/segments`)).status;
      own.platform.clock.forward(24 * 3600_000 - 1);
      expect([await statusOf(key), await statusOf(newer)]).toEqual([200, 200]);
      own.platform.clock.forward(1);
      expect([await statusOf(key), await statusOf(newer)]).toEqual([401, 200]);
    } finally {
      await own.platform.stop();
    }
  });
});
