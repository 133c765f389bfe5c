import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExchangeClient, pullSource, pushDestination, pushSource, refused } from '../../../test/exchange-client.ts';
import { members, startPlatform } from '../../../test/platform-server.ts';
import type { ExchangeParts } from '../exchange-parts.ts';
import { PeerFault } from '../peer/peer-faults.ts';
import { PeerHttp } from '../peer/peer-http.ts';
import { type PeerServer, startPeer } from '../peer/peer-server.fixture.ts';
import { dueRefreshes, refreshAudiences } from './refresh-audiences.ts';

let exchange: ExchangeClient;
let peer: PeerServer;
const answers = new Map<string, { status: number; json: unknown }>();
/** Paths that answer only when their gate opens. */
const gates = new Map<string, Promise<void>>();
beforeAll(async () => {
  peer = await startPeer((request, response) => {
    const answer = (): void => {
      const { status, json } = answers.get(request.path) ?? { status: 404, json: {} };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
    };
    const held = gates.get(request.path);
    if (held) void held.then(answer);
    else answer();
  });
  exchange = new ExchangeClient(await startPlatform({ settings: { allowPrivateEndpoints: true } }));
});
afterAll(async () => {
  await exchange.platform.stop();
  await peer[Symbol.asyncDispose]();
});

const email = { name: 'email', type: 'string' };
const offer = (id: unknown, name: string, more: object = {}) => ({
  id,
  name,
  segment_attributes: [email, { name: 'tier', type: 'number' }],
  ...more,
});
const search = async (query: string, as: 'provider' | 'stranger' | 'bidder' = 'provider') =>
  (await exchange.as(as, `GET /v1/audiences?${query}`)).json as readonly Record<string, unknown>[];
const builtInOf = async (as: 'provider' | 'bidder'): Promise<number> =>
  ((await exchange.as(as, 'GET /v1/endpoints?kind=internal')).json as [{ endpointId: number }])[0].endpointId;

/** What refreshes work with; a peer that fails is not waited for. */
function refreshing(): Pick<ExchangeParts, 'catalog' | 'clock' | 'secrets' | 'peers'> {
  const { catalog } = exchange.platform.server;
  const { clock } = exchange.platform;
  const rule = { allowPrivate: true };
  const wait = { nowMs: () => clock.nowMs(), random: () => 0, sleep: () => Promise.resolve() };
  const secrets = { seal: (_purpose: string, text: string) => text, open: (_purpose: string, sealed: string) => sealed };
  return { catalog, clock, secrets, peers: { http: new PeerHttp(rule), rule, wait, stopping: new AbortController().signal } };
}

let places = 0;
function place(segments: unknown): { url: string; path: string } {
  const path = `/p${(places += 1)}`;
  answers.set(`${path}/v1/segments`, { status: 200, json: segments });
  return { url: peer.url(path), path: `${path}/v1/segments` };
}

describe('the list of a push producer', () => {
  it('adds, overwrites, replaces, removes and clears; people see it at once', async () => {
    const { id, key } = await exchange.ready(pushSource, 'Lists');
    const list = `/v1/endpoint/${id}/segments` as const;
    const namesOf = async () => (await search(`endpointId=${id}`)).map(({ segmentId, name }) => [segmentId, name]);
    const added = await exchange.withKey(key, `POST ${list}`, [offer('a', 'First'), offer('b', 'Second')]);
    expect([added.status, added.json]).toEqual([201, { accepted: 2 }]);
    await exchange.withKey(key, `POST ${list}`, [offer('a', 'Renamed', { count: 12, lastModified: '2026-05-02T06:00:00+02:00' })]);
    expect(await namesOf()).toEqual([
      ['a', 'Renamed'],
      ['b', 'Second'],
    ]);
    expect((await exchange.withKey(key, `GET ${list}/a`)).json).toEqual({
      id: 'a',
      name: 'Renamed',
      description: null,
      type: null,
      segment_attributes: [
        { name: 'email', type: 'string', isIdentifier: true },
        { name: 'tier', type: 'number', isIdentifier: false },
      ],
      count: 12,
      lastModified: '2026-05-02T04:00:00Z',
    });
    expect((await exchange.withKey(key, `PUT ${list}`, [offer('b', 'Second'), offer('d/ü', 'Fourth')])).status).toBe(200);
    expect(await namesOf()).toEqual([
      ['b', 'Second'],
      ['d/ü', 'Fourth'],
    ]);
    expect((await exchange.withKey(key, `DELETE ${list}/d%2F%C3%BC`)).status).toBe(204);
    expect(refused(await exchange.withKey(key, `DELETE ${list}/d%2F%C3%BC`))).toEqual([404, 'NOT_FOUND']);
    expect(refused(await exchange.withKey(key, `GET ${list}/zzz`))).toEqual([404, 'NOT_FOUND']);
    expect((await exchange.withKey(key, `DELETE ${list}`)).status).toBe(204);
    expect((await exchange.withKey(key, `GET ${list}`)).json).toEqual([]);
  });

  it('an id above 2^53 keeps its digits, as a number for its owner and as text for people', async () => {
    const { id, key } = await exchange.ready(pushSource, 'Long ids');
    const body = '[{"id":8000000000000001153,"name":"Big","segment_attributes":[{"name":"email","type":"email"}]}]';
    const headers = { authorization: `Bearer ${key}` };
    await exchange.platform.call(`POST /v1/endpoint/${id}/segments`, { as: null, body, headers });
    expect((await exchange.withKey(key, `GET /v1/endpoint/${id}/segments/8000000000000001153`)).text).toContain(
      '"id":8000000000000001153,',
    );
    expect((await search(`endpointId=${id}`))[0]?.['segmentId']).toBe('8000000000000001153');
  });

  it('a list that is sent again as it was leaves no trace in the audit trail', async () => {
    const { id, key } = await exchange.ready(pushSource);
    const traces = async () => (await exchange.platform.audit()).filter(({ object_type }) => object_type === 'audience').length;
    await exchange.withKey(key, `PUT /v1/endpoint/${id}/segments`, [offer('a', 'First'), offer('b', 'Second')]);
    const before = await traces();
    await exchange.withKey(key, `PUT /v1/endpoint/${id}/segments`, [offer('a', 'First'), offer('b', 'Second')]);
    expect(await traces()).toBe(before);
    await exchange.withKey(key, `PUT /v1/endpoint/${id}/segments`, [offer('a', 'Changed')]);
    expect(await traces()).toBe(before + 2);
  });

  it.each<[string, unknown, string]>([
    ['no array', offer('c', 'Third'), ''],
    ['no name', [{ id: 'c', segment_attributes: [email] }], '0.name'],
    ['no attribute', [{ id: 'c', name: 'C', segment_attributes: [] }], '0.segment_attributes'],
    [
      'an attribute twice',
      [{ id: 'c', name: 'C', segment_attributes: [email, { name: 'EMAIL', type: 'x' }] }],
      '0.segment_attributes.1.name',
    ],
    ['an id that no path can hold', [offer('..', 'Dots')], '0.id'],
    ['a time that is none', [offer('c', 'C', { lastModified: 'yesterday' })], '0.lastModified'],
    ['a negative count', [offer('c', 'C', { count: -1 })], '0.count'],
  ])('400: %s', async (_case, body, fieldName) => {
    const { id, key } = await exchange.ready(pushSource);
    expect(refused(await exchange.withKey(key, `POST /v1/endpoint/${id}/segments`, body))).toEqual([400, 'INVALID_REQUEST', fieldName]);
  });

  it('409: a pull producer and a consumer have no list here', async () => {
    const { url } = place([]);
    for (const segment of [pullSource(url), pushDestination(url)]) {
      const { id, key } = await exchange.ready(segment);
      expect(refused(await exchange.withKey(key, `POST /v1/endpoint/${id}/segments`, []))).toEqual([409, 'BAD_STATE']);
    }
  });
});

describe('audiences for people', () => {
  it('a name takes its type from the registration, else from the segment', async () => {
    const { id, key } = await exchange.ready(pushSource, 'Types');
    const own = { name: 'phone2', type: 'phone', isIdentifier: true };
    const attributes = [{ name: 'EMAIL', type: 'string' }, { name: 'tier', type: 'number' }, own, { name: 'city', type: 'string' }];
    await exchange.withKey(key, `POST /v1/endpoint/${id}/segments`, [{ id: 't', name: 'T', segment_attributes: attributes }]);
    expect((await exchange.as('provider', `GET /v1/audiences/${id}/t`)).json).toMatchObject({
      endpointName: 'Types',
      identifiers: [
        { name: 'EMAIL', type: 'email' },
        { name: 'phone2', type: 'phone' },
      ],
      attributes: [
        { name: 'tier', type: 'string' },
        { name: 'city', type: 'string' },
      ],
    });
  });

  it('search finds text of name and description whatever its case, and % and _ as themselves', async () => {
    const { id, key } = await exchange.ready(pushSource, 'Search');
    const offers = [offer('1', '100% Straße'), offer('2', 'Other', { description: 'No ORDER in 90_days' }), offer('3', '1000 streets')];
    await exchange.withKey(key, `POST /v1/endpoint/${id}/segments`, offers);
    const found = async (text: string) =>
      (await search(`endpointId=${id}&search=${encodeURIComponent(text)}`)).map(({ segmentId }) => segmentId);
    expect(await found('STRASSE')).toEqual(['1']);
    expect(await found('order IN')).toEqual(['2']);
    expect(await found('0%')).toEqual(['1']);
    expect(await found('90_')).toEqual(['2']);
    expect(await found('_')).toEqual(['2']);
    expect(await found('')).toEqual(['1', '2', '3']);
  });

  it('pages lead through all sources, the built-in one included, each audience once', async () => {
    await exchange.platform.call('POST /segment', { json: { segment: { short_name: 'Paged own' } } });
    const all = (await search('limit=1000')).map(({ endpointId, segmentId }) => `${String(endpointId)}/${String(segmentId)}`);
    const paged: string[] = [];
    for (let next: string | undefined = '/v1/audiences?limit=2'; next !== undefined;) {
      const page = await exchange.as('provider', `GET ${next as '/x'}`);
      for (const { endpointId, segmentId } of page.json as { endpointId: number; segmentId: string }[])
        paged.push(`${endpointId}/${segmentId}`);
      next = /<(.*)>/.exec(String(page.headers.link ?? ''))?.[1];
    }
    expect(all.length).toBeGreaterThan(3);
    expect(paged).toEqual(all);
  });

  it('sources that are not Active, or of others, show nothing', async () => {
    const { id, key } = await exchange.ready(pushSource, 'Hidden');
    await exchange.withKey(key, `POST /v1/endpoint/${id}/segments`, [offer('h', 'Hidden one')]);
    expect(await search('search=hidden%20one', 'stranger')).toEqual([]);
    expect(refused(await exchange.as('stranger', `GET /v1/audiences/${id}/h`))).toEqual([404, 'NOT_FOUND']);
    await exchange.as('provider', `POST /v1/endpoints/${id}/disable`);
    expect(await search('search=hidden%20one')).toEqual([]);
  });
});

describe('the built-in endpoint', () => {
  it('offers own active segments under their ids, with the number of their users', async () => {
    const segment = Number((await exchange.platform.call('POST /segment', { json: { segment: { short_name: 'Own one' } } })).at('id'));
    await exchange.platform.call('POST /rt-segment', {
      json: { rt_segment: [{ user_id: '77', seg_block: [{ seg_id: segment, expiration: 60 }] }] },
    });
    const builtIn = await builtInOf('provider');
    const [found] = await search(`endpointId=${builtIn}&search=own%20one`);
    expect(found).toMatchObject({ endpointName: 'Foyer segments', segmentId: String(segment), name: 'Own one', count: 1, sharedBy: null });
    expect((await exchange.as('provider', `GET /v1/audiences/${builtIn}/${segment}`)).json).toMatchObject({
      identifiers: expect.arrayContaining([{ name: 'user_id', type: 'user_id' }]),
      attributes: [
        { name: 'value', type: 'number' },
        { name: 'expires_at', type: 'datetime' },
      ],
    });
    await exchange.platform.call(`PUT /segment?id=${segment}`, { json: { segment: { state: 'inactive' } } });
    expect(await search(`endpointId=${builtIn}&search=own%20one`)).toEqual([]);
    expect(refused(await exchange.as('provider', `GET /v1/audiences/${builtIn}/${segment}`))).toEqual([404, 'NOT_FOUND']);
    expect(refused(await exchange.as('provider', `GET /v1/audiences/${builtIn}/0${segment}`))).toEqual([404, 'NOT_FOUND']);
  });

  it('offers segments of others only where their record lets them be exported', async () => {
    const segment = Number((await exchange.platform.call('POST /segment', { json: { segment: { short_name: 'Partner one' } } })).at('id'));
    const record = { buyer_member_id: members.bidder, segment_exposure: 'list', segments: [{ id: segment }] };
    const made = await exchange.platform.call('POST /member-data-sharing', { json: { member_data_sharing: record } });
    const builtIn = await builtInOf('bidder');
    const found = () => search(`endpointId=${builtIn}&search=partner`, 'bidder');
    expect(await found()).toEqual([]);
    expect(refused(await exchange.as('bidder', `GET /v1/audiences/${builtIn}/${segment}`))).toEqual([404, 'NOT_FOUND']);
    const set = (allowed: boolean) =>
      exchange.platform.call(`PUT /member-data-sharing?id=${Number(made.at('id'))}`, {
        json: { member_data_sharing: { export_allowed: allowed } },
      });
    await set(true);
    expect(await found()).toMatchObject([{ segmentId: String(segment), sharedBy: members.provider }]);
    expect((await exchange.as('bidder', `GET /v1/endpoints/${builtIn}/destination-segments`)).json).toEqual([]);
    await set(false);
    expect(await found()).toEqual([]);
  });
});

describe('a pull producer', () => {
  const jobsOf = (id: number) =>
    exchange.platform.server.catalog.read.selectFrom('share_job').selectAll().where('source_endpoint_id', '=', id).execute();
  /** The refreshes that it began by itself are over. */
  const settled = async (id: number): Promise<void> => {
    await expect.poll(async () => (await jobsOf(id)).every(({ status }) => status === 'COMPLETE' || status === 'FAILED')).toBe(true);
  };
  const lapsed = { id: 31, name: 'Lapsed', type: 'dynamic', identifiers: [{ name: 'email', type: 'email' }], count: 2 };

  it('has its list read when it becomes Active and when somebody asks; one that is under way is the answer', async () => {
    const { url, path } = place([lapsed]);
    const { promise, resolve } = Promise.withResolvers<void>();
    gates.set(path, promise);
    const { id } = await exchange.ready(pullSource(url));
    const jobs = await jobsOf(id);
    expect(jobs.map(({ category }) => category)).toEqual(['SEGMENT_POPULATE_DB']);
    const answer = await exchange.as('provider', 'POST /v1/audiences/refresh', { endpointId: id });
    expect(answer.status).toBe(202);
    expect(answer.json).toEqual({ jobId: jobs[0]?.id, jobCategory: 'SEGMENT_POPULATE_DB', status: expect.any(String) });
    resolve();
    await settled(id);
    expect((await search(`endpointId=${id}`)).map(({ segmentId }) => segmentId)).toEqual(['31']);
    await exchange.as('provider', 'POST /v1/audiences/refresh', { endpointId: id });
    expect(await jobsOf(id)).toHaveLength(2);
  });

  it('a refresh replaces the list; one that fails keeps it, and the endpoint says why', async () => {
    const { url, path } = place([lapsed, { id: 'old', name: 'Old' }]);
    const { id } = await exchange.ready(pullSource(url));
    await settled(id);
    await refreshAudiences(refreshing(), id);
    expect((await search(`endpointId=${id}`)).map(({ segmentId, type, count }) => [segmentId, type, count])).toEqual([
      ['31', 'dynamic', 2],
      ['old', null, null],
    ]);
    answers.set(path, { status: 200, json: [{ id: '32', name: 'New' }] });
    await refreshAudiences(refreshing(), id);
    expect((await search(`endpointId=${id}`)).map(({ segmentId }) => segmentId)).toEqual(['32']);
    answers.set(path, { status: 403, json: {} });
    await expect(refreshAudiences(refreshing(), id)).rejects.toBeInstanceOf(PeerFault);
    expect((await search(`endpointId=${id}`)).map(({ segmentId }) => segmentId)).toEqual(['32']);
    expect((await exchange.read(id))['lastError']).toEqual(expect.stringContaining('403'));
    answers.set(path, { status: 200, json: [] });
    await refreshAudiences(refreshing(), id);
    expect([await search(`endpointId=${id}`), (await exchange.read(id))['lastError']]).toEqual([[], null]);
  });

  it('is asked live for one audience; where it does not answer, the known copy is shown', async () => {
    const { url, path } = place([lapsed]);
    const { id } = await exchange.ready(pullSource(url));
    await settled(id);
    const detail = async () => (await exchange.as('provider', `GET /v1/audiences/${id}/31`)).json;
    expect(await detail()).toMatchObject({ name: 'Lapsed', count: 2, identifiers: [{ name: 'email', type: 'email' }] });
    answers.set(`${path}/31`, { status: 200, json: { ...lapsed, name: 'Lapsed now', count: 5 } });
    expect(await detail()).toMatchObject({ name: 'Lapsed now', count: 5 });
    expect(refused(await exchange.as('provider', `GET /v1/audiences/${id}/99`))).toEqual([404, 'NOT_FOUND']);
  });

  it('409: a refresh of others, and of one that is disabled', async () => {
    const { id } = await exchange.ready(pushSource);
    expect(refused(await exchange.as('provider', 'POST /v1/audiences/refresh', { endpointId: id }))).toEqual([409, 'BAD_STATE']);
    expect(refused(await exchange.as('provider', 'POST /v1/audiences/refresh', { endpointId: 999_999 }))).toEqual([404, 'NOT_FOUND']);
    expect(refused(await exchange.as('provider', 'POST /v1/audiences/refresh', {}))).toEqual([400, 'INVALID_REQUEST', 'endpointId']);
  });

  it('is due a day later, once; a disabled one is not', async () => {
    const { url } = place([]);
    const { id } = await exchange.ready(pullSource(url));
    const off = await exchange.ready(pullSource(url));
    await exchange.as('provider', `POST /v1/endpoints/${off.id}/disable`);
    await settled(id);
    const before = (await jobsOf(id)).length;
    const unwanted = (await jobsOf(off.id)).length;
    expect(await dueRefreshes(refreshing())).toBe(0);
    const later = { ...refreshing(), clock: { nowMs: () => exchange.platform.clock.nowMs() + 24 * 3600_000 } };
    expect(await dueRefreshes(later)).toBeGreaterThan(0);
    expect(await dueRefreshes(refreshing())).toBe(0);
    expect([(await jobsOf(id)).length, (await jobsOf(off.id)).length]).toEqual([before + 1, unwanted]);
  });
});
