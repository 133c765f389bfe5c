import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatRfc3339 } from '../../calls/wire-time.ts';
import { type AccountName, members, type PlatformAnswer, type PlatformServer, startPlatform } from '../../../../test/platform-server.ts';
import { addDestination, addEndpoint, builtInEndpoint, changeCatalog, described, endJob, offer } from '../exchange.fixture.ts';

let platform: PlatformServer;
let source: number;
let destination: number;
beforeAll(async () => {
  platform = await startPlatform();
  source = await addEndpoint(platform, { named: 'email:email phone:phone', attributed: 'tier:string' });
  destination = await addDestination(platform, { attributed: 'level:string' });
  await offer(platform, source, 's', 'email phone', 'tier');
  await offer(platform, source, '8000000000000001152');
});
afterAll(() => platform.stop());

const post = (json: object, as: AccountName = 'provider', headers: Record<string, string> = {}) =>
  platform.call('POST /v1/shares', { json, as, headers });
const make = async (more: object = {}): Promise<Record<string, unknown>> => {
  const answer = await post(described(source, destination, more));
  expect([answer.status, answer.json]).toMatchObject([201, {}]);
  return answer.json as Record<string, unknown>;
};
const later = { type: 'AT', at: '2030-06-15T09:30:00', timezone: 'Europe/Berlin' };
const codeOf = ({ status, json }: PlatformAnswer): [number, unknown] => [status, (json as Record<string, unknown>)['code']];
const fieldsOf = ({ json }: PlatformAnswer): string[] => (json as { details: { field: string }[] }).details.map(({ field }) => field);

describe('createShare', () => {
  it('201: with NOW the first job is there already', async () => {
    const share = await make({ attributeMappings: { tier: 'level' } });
    expect(share).toMatchObject({
      name: 'Gold to Ad Reach',
      destination: { endpointId: destination, segmentId: null, newSegment: { name: 'Gold Q3', description: null } },
      attributeMappings: { tier: 'level' },
      shareAction: 'ADD',
      schedule: { type: 'NOW' },
      allowEmptyReplace: false,
      enabled: true,
      disabledReason: null,
      createdBy: 'provider',
      createdAt: '2026-01-15T12:00:00Z',
      nextRunAt: null,
    });
    const job = await platform.server.catalog.read
      .selectFrom('share_job')
      .selectAll()
      .where('id', '=', Number(share['lastJobId']))
      .executeTakeFirst();
    expect(job).toMatchObject({ share_id: share['shareId'], scheduled: 0, source_segment_id: 's' });
  });

  it('201: later, in a zone; no job yet', async () => {
    expect(await make({ schedule: later })).toMatchObject({ nextRunAt: '2030-06-15T07:30:00Z', lastJobId: null, schedule: later });
  });

  it('201: a segment id beyond 2^53, as a number', async () => {
    const json = JSON.stringify(described(source, destination, { schedule: later })).replace(
      '"segmentId":"s"',
      '"segmentId":8000000000000001152',
    );
    const answer = await platform.call('POST /v1/shares', { body: json, headers: { 'content-type': 'application/json' } });
    expect(answer.json).toMatchObject({ source: { segmentId: '8000000000000001152' } });
  });

  it('201: the same Idempotency-Key makes one share', async () => {
    const headers = { 'idempotency-key': 'once' };
    const answers = await Promise.all([1, 2].map(() => post(described(source, destination), 'provider', headers)));
    expect(answers[0]?.json).toEqual(answers[1]?.json);
    expect(codeOf(await post(described(source, destination, { name: 'Other' }), 'provider', headers))).toEqual([409, 'DUPLICATE']);
  });

  it('400 INVALID_REQUEST: every fault at once', async () => {
    const refused = await post(
      described(source, destination, {
        destination: { endpointId: destination, segmentId: 'x', newSegment: { name: 'y' } },
        schedule: { type: 'DAILY', at: 'tomorrow', weekdays: ['MO'], timezone: 'GMT' },
      }),
    );
    expect(codeOf(refused)).toEqual([400, 'INVALID_REQUEST']);
    expect(fieldsOf(refused)).toEqual(['schedule.weekdays', 'schedule.at', 'destination']);
    const misspelt = await post({ ...described(source, destination), sharAction: 'ADD', name: '' });
    expect([codeOf(misspelt), fieldsOf(misspelt)]).toEqual([
      [400, 'INVALID_REQUEST'],
      ['name', 'sharAction'],
    ]);
  });

  it.each<[string, (ids: { source: number; destination: number }) => object, string]>([
    ['no audience to share into', (ids) => ({ destination: { endpointId: ids.destination } }), 'destination'],
    ['a new audience with REPLACE', () => ({ shareAction: 'REPLACE' }), 'destination.newSegment'],
    ['itself', (ids) => ({ destination: { endpointId: ids.source, newSegment: { name: 'x' } } }), 'destination.endpointId'],
    ['no source', (ids) => ({ source: { endpointId: ids.destination, segmentId: 's' } }), 'source.endpointId'],
    ['AT a time that has passed', () => ({ schedule: { type: 'AT', at: '2001-01-01T00:00:00Z' } }), 'schedule.at'],
  ])('400 INVALID_REQUEST: %s', async (_, more, field) => {
    const refused = await post(described(source, destination, more({ source, destination })));
    expect([codeOf(refused), fieldsOf(refused).includes(field)]).toEqual([[400, 'INVALID_REQUEST'], true]);
  });

  it('400 INVALID_REQUEST: an action that the destination does not offer', async () => {
    const adding = await addDestination(platform, { share_actions: JSON.stringify(['ADD']) });
    const refused = await post(described(source, adding, { destination: { endpointId: adding, segmentId: 'x' }, shareAction: 'REMOVE' }));
    expect([codeOf(refused), fieldsOf(refused)]).toEqual([[400, 'INVALID_REQUEST'], ['shareAction']]);
  });

  it('400 INVALID_MAPPING: every problem in details', async () => {
    const identityMapping = { sourceIdentifiers: ['phone', 'fax'], destinationIdentifier: 'email' };
    const refused = await post(described(source, destination, { identityMapping, attributeMappings: { nope: 'level' } }));
    expect(codeOf(refused)).toEqual([400, 'INVALID_MAPPING']);
    expect(fieldsOf(refused)).toEqual([
      'identityMapping.sourceIdentifiers.0',
      'identityMapping.sourceIdentifiers.1',
      'attributeMappings.nope',
    ]);
  });

  it('403 AUTH_SCOPE: a viewer', async () => {
    expect(codeOf(await post(described(source, destination), 'viewer'))).toEqual([403, 'AUTH_SCOPE']);
  });

  it('404 NOT_FOUND: another member’s endpoint, an unknown audience, a segment that is not the member’s own', async () => {
    const theirs = await addEndpoint(platform, { member: members.stranger });
    expect(codeOf(await post(described(theirs, destination)))).toEqual([404, 'NOT_FOUND']);
    expect(codeOf(await post(described(source, 99_999)))).toEqual([404, 'NOT_FOUND']);
    expect(codeOf(await post(described(source, destination, { source: { endpointId: source, segmentId: 'no-such' } })))).toEqual([
      404,
      'NOT_FOUND',
    ]);
    const foreign = Number((await platform.call('POST /segment', { as: 'stranger', json: { segment: {} } })).at('id'));
    const internal = await builtInEndpoint(platform);
    expect(codeOf(await post(described(source, internal, { destination: { endpointId: internal, segmentId: foreign } })))).toEqual([
      404,
      'NOT_FOUND',
    ]);
  });

  it('409 BAD_STATE: an endpoint that is not Active', async () => {
    const pending = await addEndpoint(platform, { status: 'PENDING', source_type: null });
    const off = await addDestination(platform, { status: 'DISABLED' });
    for (const id of [pending, off]) expect(codeOf(await post(described(source, id)))).toEqual([409, 'BAD_STATE']);
  });

  it('one audit event tells of it', async () => {
    const last = (await platform.audit()).at(-1)?.id ?? 0;
    const share = await make({ schedule: later });
    expect(await platform.audit(last)).toMatchObject([
      { operation: 'createShare', object_type: 'share', object_id: String(share['shareId']) },
    ]);
  });
});

describe('listShares and readShare', () => {
  it('200: pages of the member’s own, by id', async () => {
    const ids: number[] = [];
    for (const _ of [1, 2, 3]) ids.push(Number((await make({ schedule: later }))['shareId']));
    const found: number[] = [];
    for (let path = '/v1/shares?limit=2'; path !== '';) {
      const page = await platform.call(`GET ${path}` as 'GET /v1/shares');
      found.push(...(page.json as { shareId: number }[]).map(({ shareId }) => shareId));
      path = /<([^>]+)>; rel="next"/.exec(String(page.headers.link ?? ''))?.[1] ?? '';
    }
    expect(found).toEqual(found.toSorted((a, b) => a - b));
    expect(found.slice(-3)).toEqual(ids);
    expect((await platform.call('GET /v1/shares', { as: 'stranger' })).json).toEqual([]);
    expect((await platform.call(`GET /v1/shares/${ids[0] ?? 0}`, { as: 'viewer' })).json).toMatchObject({ shareId: ids[0] });
  });
  it('404: of another member, of nobody, of no number', async () => {
    const id = Number((await make({ schedule: later }))['shareId']);
    expect(codeOf(await platform.call(`GET /v1/shares/${id}`, { as: 'stranger' }))).toEqual([404, 'NOT_FOUND']);
    expect(codeOf(await platform.call('GET /v1/shares/999999'))).toEqual([404, 'NOT_FOUND']);
    expect(codeOf(await platform.call('GET /v1/shares/x'))).toEqual([404, 'NOT_FOUND']);
  });
});

describe('updateShare', () => {
  const put = (id: unknown, json: object, as: AccountName = 'provider') => platform.call(`PUT /v1/shares/${String(id)}`, { json, as });

  it('200: replaces what is given, disables and enables', async () => {
    const { shareId } = await make({ schedule: later });
    expect((await put(shareId, { enabled: false })).json).toMatchObject({ enabled: false, nextRunAt: null, name: 'Gold to Ad Reach' });
    const schedule = { type: 'WEEKLY', at: '2035-01-03T10:00:00Z', weekdays: ['MO', 'FR'] };
    expect((await put(shareId, { enabled: true, name: 'Weekly', schedule })).json).toMatchObject({
      enabled: true,
      name: 'Weekly',
      schedule,
      nextRunAt: '2035-01-05T10:00:00Z',
    });
  });

  it('200: renamed or disabled whatever became of its endpoints; enabled or mapped anew only where they are there', async () => {
    const off = await addDestination(platform);
    const { shareId } = (await post(described(source, off, { schedule: later }))).json as Record<string, unknown>;
    await changeCatalog(platform, (change) =>
      change.db.updateTable('endpoint').set({ status: 'DISABLED' }).where('id', '=', off).execute(),
    );
    expect((await put(shareId, { name: 'New', enabled: false })).json).toMatchObject({ name: 'New', enabled: false });
    expect(codeOf(await put(shareId, { enabled: true }))).toEqual([409, 'BAD_STATE']);
    expect(codeOf(await put(shareId, { attributeMappings: {} }))).toEqual([409, 'BAD_STATE']);
  });

  it('200: what came while it was disabled has passed by, even where nobody looked', async () => {
    const { shareId } = await make({ schedule: { type: 'DAILY', at: formatRfc3339(platform.clock.nowMs() + 60_000) } });
    await put(shareId, { enabled: false });
    platform.clock.forward(120_000);
    const dayLater = formatRfc3339(platform.clock.nowMs() - 60_000 + 86_400_000);
    expect((await put(shareId, { enabled: true })).json).toMatchObject({ nextRunAt: dayLater, lastJobId: null });
  });

  it('200: an edited schedule does not run again what the former one has run', async () => {
    const at = formatRfc3339(platform.clock.nowMs() + 60_000);
    const { shareId } = await make({ schedule: { type: 'DAILY', at } });
    platform.clock.forward(61_000);
    await expect
      .poll(async () => ((await platform.call(`GET /v1/shares/${String(shareId)}`)).json as Record<string, unknown>)['lastJobId'])
      .not.toBeNull();
    const tomorrow = formatRfc3339(Date.parse(at) + 86_400_000);
    expect((await put(shareId, { schedule: { type: 'DAILY', at, count: 9 } })).json).toMatchObject({ nextRunAt: tomorrow });
    const shifted = formatRfc3339(Date.parse(at) + 500);
    expect((await put(shareId, { schedule: { type: 'DAILY', at: shifted } })).json).toMatchObject({ nextRunAt: shifted });
  });

  it('400: source and destination are fixed; a bad mapping, a bad schedule and a bad action change nothing', async () => {
    const { shareId } = await make({ schedule: later });
    const before = (await platform.call(`GET /v1/shares/${String(shareId)}`)).json;
    expect(codeOf(await put(shareId, { source: { endpointId: source, segmentId: 'other' } }))).toEqual([400, 'INVALID_REQUEST']);
    expect(
      codeOf(await put(shareId, { name: 'Bad', identityMapping: { sourceIdentifiers: ['nope'], destinationIdentifier: 'email' } })),
    ).toEqual([400, 'INVALID_MAPPING']);
    expect(fieldsOf(await put(shareId, { schedule: { type: 'AT' } }))).toEqual(['schedule.at']);
    expect(fieldsOf(await put(shareId, { shareAction: 'REPLACE' }))).toEqual(['destination.newSegment']);
    expect((await platform.call(`GET /v1/shares/${String(shareId)}`)).json).toEqual(before);
  });

  it('403 AUTH_SCOPE: a viewer. 404: another member’s', async () => {
    const { shareId } = await make({ schedule: later });
    expect(codeOf(await put(shareId, { name: 'x' }, 'viewer'))).toEqual([403, 'AUTH_SCOPE']);
    expect(codeOf(await put(shareId, { name: 'x' }, 'stranger'))).toEqual([404, 'NOT_FOUND']);
  });
});

describe('runShare and deleteShare', () => {
  const run = (id: unknown) => platform.call(`POST /v1/shares/${String(id)}/run`);
  const remove = (id: unknown) => platform.call(`DELETE /v1/shares/${String(id)}`);

  it('202, then 204: once at a time; past jobs stay', async () => {
    const { shareId } = await make({ schedule: later });
    const [first, second] = await Promise.all([run(shareId), run(shareId)]);
    const [started, refused] = first.status === 202 ? [first, second] : [second, first];
    expect([started.status, started.json]).toMatchObject([202, { shareId, status: 'CREATED' }]);
    const { jobId } = started.json as { jobId: number };
    expect([codeOf(refused), (refused.json as Record<string, unknown>)['details']]).toEqual([[409, 'BAD_STATE'], [{ jobId }]]);
    expect([codeOf(await remove(shareId))]).toEqual([[409, 'BAD_STATE']]);
    await endJob(platform, jobId);
    expect((await remove(shareId)).status).toBe(204);
    expect(codeOf(await remove(shareId))).toEqual([404, 'NOT_FOUND']);
    expect(codeOf(await run(shareId))).toEqual([404, 'NOT_FOUND']);
    expect((await platform.server.catalog.read.selectFrom('share_job').select('id').where('id', '=', jobId).execute()).length).toBe(1);
  });

  it('409 BAD_STATE: a disabled share does not run', async () => {
    const { shareId } = await make({ schedule: later });
    await platform.call(`PUT /v1/shares/${String(shareId)}`, { json: { enabled: false } });
    expect(codeOf(await run(shareId))).toEqual([409, 'BAD_STATE']);
  });
});
