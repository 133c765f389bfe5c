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

let exchange: ExchangeClient;
beforeAll(async () => {
  exchange = new ExchangeClient(await startPlatform());
});
afterAll(() => exchange.platform.stop());

const put = async (definition: unknown) => {
  const endpoint = await exchange.registered();
  return exchange.withKey(endpoint.key, 'PUT /v1/endpoint', definition);
};

describe('200', () => {
  it('software registers a push producer (exchange.md E1): Active, with what it said', async () => {
    const { id, key } = await exchange.registered('Store');
    const answer = await exchange.withKey(key, 'PUT /v1/endpoint', definitionOf('Store CRM', pushSource, { description: 'Loyalty' }));
    expect([answer.status, answer.json]).toEqual([200, { endpointId: id, status: 'ACTIVE' }]);
    expect(await exchange.read(id)).toEqual({
      endpointId: id,
      name: 'Store CRM',
      providerName: 'Example Co',
      description: 'Loyalty',
      kind: 'custom',
      applicationId: null,
      status: 'ACTIVE',
      source: { type: 'push' },
      destination: null,
      hashAlgorithm: 'NONE',
      identifiers: [{ name: 'email', type: 'email', isRequired: false }],
      attributes: [{ name: 'tier', type: 'string', isRequired: true }],
      connectType: 'INSTRUCTIONS',
      authType: null,
      lastError: null,
      createdAt: '2026-01-15T12:00:00Z',
    });
  });

  it('a repeat updates; a role that is dropped or switched off is none any more', async () => {
    const both = { ...pushSource, ...pullDestination };
    const { id, key } = await exchange.ready(both);
    expect(await exchange.read(id)).toMatchObject({ destination: { type: 'pull', shareActions: ['ADD', 'REPLACE', 'REMOVE'] } });
    await exchange.withKey(key, 'PUT /v1/endpoint', definitionOf('Renamed', pushSource));
    expect(await exchange.read(id)).toMatchObject({ name: 'Renamed', source: { type: 'push' }, destination: null });
    const off = { source: { enabled: false }, ...pullDestination };
    await exchange.withKey(key, 'PUT /v1/endpoint', definitionOf('Renamed', off));
    expect(await exchange.read(id)).toMatchObject({ source: null, destination: { type: 'pull' }, status: 'ACTIVE' });
  });

  it('producer and consumer are other words for source and destination; events may stand beside them', async () => {
    const words = { producer: { enabled: true, producerType: 'push' }, consumer: { enabled: true, consumerType: 'pull' } };
    const { id, key } = await exchange.registered();
    const event = { source: { enabled: true }, destination: { enabled: false, url: 'http://10.0.0.1/x' } };
    const body = { ...definitionOf('Words', words), endpointTypes: { segment: words, event } };
    expect((await exchange.withKey(key, 'PUT /v1/endpoint', body)).status).toBe(200);
    expect(await exchange.read(id)).toMatchObject({ source: { type: 'push' }, destination: { type: 'pull', shareActions: ['ADD'] } });
  });

  it('as registered: all endpoints, one, and chosen properties', async () => {
    const { id } = await exchange.ready(pushDestination('https://ads.example/ex/'), 'As registered');
    const one = await exchange.as('provider', `GET /v1/endpoint?endpointId=${id}`);
    expect(one.json).toEqual([
      { endpointId: id, status: 'ACTIVE', description: null, ...definitionOf('As registered', pushDestination('https://ads.example/ex/')) },
    ]);
    const few = await exchange.as('provider', `GET /v1/endpoint?endpointId=${id}&properties=name,status`);
    expect(few.json).toEqual([{ status: 'ACTIVE', name: 'As registered' }]);
    const page = await exchange.as('provider', 'GET /v1/endpoint?limit=1');
    expect([(page.json as unknown[]).length, page.headers.link]).toEqual([1, expect.stringContaining('rel="next"')]);
  });

  it('connection values are kept sealed, and a repeat overwrites them', async () => {
    const { id, key } = await exchange.ready(pushSource);
    const path = `PUT /v1/endpointattributes/authkey/${key}` as const;
    const keyed = [
      { name: 'authType', value: 'APIKEY' },
      { name: 'apiKey', value: 'outward-secret' },
    ];
    expect((await exchange.withKey(key, path, { attributes: keyed })).json).toEqual({ endpointId: id, authType: 'APIKEY' });
    const { read } = exchange.platform.server.catalog;
    const row = await read.selectFrom('endpoint').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    expect(row.credentials).toMatch(/^[A-Za-z0-9+/]+={0,2}$/);
    expect(JSON.stringify(row)).not.toContain('outward-secret');
    expect(JSON.stringify(await exchange.read(id))).not.toContain('outward-secret');
    expect(JSON.stringify(await exchange.platform.audit())).not.toContain('outward-secret');
    const none = [{ name: 'authType', value: 'NONE' }];
    expect((await exchange.withKey(key, path, { attributes: none })).json).toEqual({ endpointId: id, authType: null });
  });

  it('the account-level key registers an endpoint that it names', async () => {
    const { id } = await exchange.registered();
    const { key } = (await exchange.as('provider', 'POST /v1/account-key')).json as { key: string };
    const answer = await exchange.withKey(key, `PUT /v1/endpoint?endpointId=${id}`, definitionOf('By the member', pushSource));
    expect(answer.json).toEqual({ endpointId: id, status: 'ACTIVE' });
  });
});

describe('400 INVALID_REQUEST', () => {
  const databases = (...list: object[]) => ({ marketingDatabasesDefinition: { marketingDatabases: list } });
  const people = 'marketingDatabasesDefinition.marketingDatabases';
  it.each<[string, unknown, string[]]>([
    ['no identifier', definitionOf('X', pushSource, databases({ name: 'p', identifiers: [] })), [people]],
    ['no database', { ...definitionOf('X', pushSource), marketingDatabasesDefinition: undefined }, [people]],
    ['no role', definitionOf('X', {}), ['endpointTypes.segment']],
    ['events alone', { ...definitionOf('X', {}), endpointTypes: { event: {} } }, ['endpointTypes.segment']],
    ['no type', definitionOf('X', { source: { enabled: true } }), ['endpointTypes.segment.source.sourceType']],
    [
      'a pull source without url',
      definitionOf('X', { source: { enabled: true, sourceType: 'pull' } }),
      ['endpointTypes.segment.source.url'],
    ],
    [
      'one role in both words',
      definitionOf('X', { ...pushSource, producer: { enabled: true, sourceType: 'push' } }),
      ['endpointTypes.segment.producer'],
    ],
    [
      'one name twice',
      definitionOf(
        'X',
        pushSource,
        databases({ name: 'p', identifiers: [{ name: 'Email', type: 'email' }], attributes: [{ name: 'eMail', type: 'string' }] }),
      ),
      [`${people}.0.attributes.0.name`],
    ],
    [
      'several faults at once',
      { colour: 'red', name: '', hashAlgorithm: 'ROT13', endpointTypes: {} },
      ['colour', 'name', 'hashAlgorithm', 'providerName'],
    ],
  ])('%s', async (_case, definition, fields) => {
    const answer = refused(await put(definition));
    expect(answer.slice(0, 2)).toEqual([400, 'INVALID_REQUEST']);
    expect(answer.slice(2).toSorted()).toEqual(fields.toSorted());
  });

  it.each([
    [[], 'attributes'],
    [[{ name: 'authType', value: 'APIKEY' }], 'attributes'],
    [[{ name: 'authType', value: 'OAUTH' }], 'attributes'],
    [
      [
        { name: 'authType', value: 'NONE' },
        { name: 'authType', value: 'NONE' },
      ],
      'attributes.1.name',
    ],
    [
      [
        { name: 'authType', value: 'BASIC' },
        { name: 'username', value: 'a:b' },
        { name: 'password', value: 'p' },
      ],
      'attributes',
    ],
    [[{ name: 'secret', value: 'x' }], 'attributes.0.name'],
  ])('connection values %j', async (attributes, named) => {
    const { key } = await exchange.registered();
    const answer = await exchange.withKey(key, `PUT /v1/endpointattributes/authkey/${key}`, { attributes });
    expect(refused(answer)).toEqual([400, 'INVALID_REQUEST', named]);
  });

  it('nothing says which endpoint registers', async () => {
    expect(refused(await exchange.as('provider', 'PUT /v1/endpoint', definitionOf('X', pushSource)))).toEqual([
      400,
      'INVALID_REQUEST',
      'endpointId',
    ]);
  });

  it('a property that no endpoint has', async () => {
    expect(refused(await exchange.as('provider', 'GET /v1/endpoint?properties=name,colour'))).toEqual([
      400,
      'INVALID_REQUEST',
      'properties',
    ]);
  });
});

describe('400 ADDRESS_REFUSED', () => {
  it.each(['http://ads.example', 'https://127.0.0.1/x', 'https://169.254.169.254', 'ftp://ads.example', 'https://u:p@ads.example'])(
    '%s',
    async (url) => {
      expect(refused(await put(definitionOf('X', pullSource(url))))).toEqual([400, 'ADDRESS_REFUSED', 'endpointTypes.segment.source.url']);
      const shared = { destination: { enabled: true, destinationType: 'push' } };
      expect(refused(await put(definitionOf('X', shared, { url })))).toEqual([400, 'ADDRESS_REFUSED', 'url']);
    },
  );

  it('is not asked of what nobody calls', async () => {
    expect((await put(definitionOf('X', pushSource, { url: 'http://10.0.0.1/contact' }))).status).toBe(200);
  });
});

describe('403', () => {
  it('a disabled endpoint’s key, and any key that is not the endpoint’s', async () => {
    const { id, key } = await exchange.ready(pushSource);
    const other = await exchange.ready(pushSource);
    const attributes = [{ name: 'authType', value: 'NONE' }];
    const values = await exchange.withKey(key, `PUT /v1/endpointattributes/authkey/${other.key}`, { attributes });
    expect(refused(values)).toEqual([403, 'AUTH_SCOPE']);
    expect(refused(await exchange.as('provider', `PUT /v1/endpointattributes/authkey/${key}`, { attributes }))).toEqual([
      403,
      'AUTH_SCOPE',
    ]);
    const named = await exchange.withKey(key, `PUT /v1/endpoint?endpointId=${other.id}`, definitionOf('X', pushSource));
    expect(refused(named)).toEqual([403, 'AUTH_SCOPE']);
    await exchange.as('provider', `POST /v1/endpoints/${id}/disable`);
    expect(refused(await exchange.withKey(key, 'PUT /v1/endpoint', definitionOf('X', pushSource)))).toEqual([403, 'ENDPOINT_DISABLED']);
    const byMember = await exchange.as('provider', `PUT /v1/endpoint?endpointId=${id}`, definitionOf('X', pushSource));
    expect(refused(byMember)).toEqual([403, 'ENDPOINT_DISABLED']);
  });
});

describe('404', () => {
  it('an endpoint of another member', async () => {
    const { id } = await exchange.registered('Theirs', 'stranger');
    const answer = await exchange.as('provider', `PUT /v1/endpoint?endpointId=${id}`, definitionOf('X', pushSource));
    expect(refused(answer)).toEqual([404, 'NOT_FOUND']);
    expect((await exchange.as('provider', `GET /v1/endpoint?endpointId=${id}`)).json).toEqual([]);
    const asAdmin = await exchange.as(
      'admin',
      `PUT /v1/endpoint?endpointId=${id}&memberId=${members.stranger}`,
      definitionOf('X', pushSource),
    );
    expect(asAdmin.status).toBe(200);
  });
});

describe('405', () => {
  it('POST /v1/endpoint', async () => {
    const { key } = await exchange.registered();
    expect((await exchange.withKey(key, 'POST /v1/endpoint', definitionOf('X', pushSource))).status).toBe(405);
  });
});

describe('409', () => {
  it('the built-in endpoint registers nothing', async () => {
    const [builtIn] = (await exchange.as('provider', 'GET /v1/endpoints?kind=internal')).json as [{ endpointId: number }];
    const answer = await exchange.as('provider', `PUT /v1/endpoint?endpointId=${builtIn.endpointId}`, definitionOf('X', pushSource));
    expect(refused(answer)).toEqual([409, 'BAD_STATE']);
  });
});
