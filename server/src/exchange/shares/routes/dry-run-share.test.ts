import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountName, type PlatformServer, startPlatform } from '../../../../test/platform-server.ts';
import { addDestination, addEndpoint, builtInEndpoint, described, offer } from '../exchange.fixture.ts';

let platform: PlatformServer;
let source: number;
let destination: number;
let internal: number;
let segment: number;
beforeAll(async () => {
  platform = await startPlatform({ embedded: true });
  source = await addEndpoint(platform, { named: 'uid:user_id', attributed: 'score:number' });
  destination = await addDestination(platform, { named: 'who:user_id phone:phone', attributed: 'points:number ends:datetime' });
  await offer(platform, source, 's', 'uid', 'score:number', 1204);
  internal = await builtInEndpoint(platform);
  segment = Number((await platform.call('POST /segment', { json: { segment: {} } })).at('id'));
  const block = (user: string) => ({ user_id: user, seg_block: [{ seg_id: segment, value: 1, expiration: 0 }] });
  await platform.call('POST /rt-segment', { json: { rt_segment: ['1', '2', '3'].map(block) } });
});
afterAll(() => platform.stop());

const dryRun = async (json: unknown, as: AccountName = 'viewer') => {
  const { status, json: answer } = await platform.call('POST /v1/shares/dry-run', { json: json as object, as });
  expect(status).toBe(200);
  return answer as { valid: boolean; problems: { code: string; field: string; message: string }[]; nextRuns: string[] };
};
const identityMapping = { sourceIdentifiers: ['uid'], destinationIdentifier: 'who' };
const out = (more: object = {}) => ({
  name: 'Out',
  source: { endpointId: internal, segmentId: segment },
  destination: { endpointId: destination, segmentId: 's-7' },
  identityMapping: { sourceIdentifiers: ['user_id'], destinationIdentifier: 'who' },
  ...more,
});

describe('dryRunShare', () => {
  it('200: an own segment is counted exactly', async () => {
    expect(await dryRun(out({ attributeMappings: { value: 'points' } }))).toEqual({
      valid: true,
      problems: [],
      rowsAvailable: 3,
      wouldSend: 3,
      wouldReject: 0,
      replaceRemoves: null,
      nextRuns: [],
    });
  });

  it('200: of another source the audience’s count is known; a replace says what it removes', async () => {
    const replacing = {
      ...described(source, internal),
      destination: { endpointId: internal, segmentId: segment },
      identityMapping: { sourceIdentifiers: ['uid'], destinationIdentifier: 'user_id' },
      shareAction: 'REPLACE',
    };
    expect(await dryRun(replacing)).toMatchObject({
      valid: true,
      rowsAvailable: 1204,
      wouldSend: null,
      wouldReject: null,
      replaceRemoves: 3,
    });
  });

  it('200: the next five runs', async () => {
    const schedule = { type: 'CUSTOM', at: '2027-01-31T08:00:00Z', every: { n: 1, unit: 'MONTH' }, count: 3 };
    const { nextRuns } = await dryRun({ ...described(source, destination), identityMapping, schedule });
    expect(nextRuns).toEqual(['2027-01-31T08:00:00Z', '2027-02-28T08:00:00Z', '2027-03-31T08:00:00Z']);
  });

  it('200: every problem, with its code; problems of the body’s form too', async () => {
    const codes = async (json: unknown) => (await dryRun(json)).problems.map(({ code, field }) => `${code} ${field}`);
    const mapped = {
      identityMapping: { sourceIdentifiers: ['uid'], destinationIdentifier: 'phone' },
      attributeMappings: { nope: 'neither' },
    };
    expect(await codes({ ...described(source, destination), ...mapped, schedule: { type: 'AT' } })).toEqual([
      'INVALID_REQUEST schedule.at',
      'INVALID_MAPPING identityMapping.sourceIdentifiers.0',
      'INVALID_MAPPING attributeMappings.nope',
      'INVALID_MAPPING attributeMappings.nope',
    ]);
    expect(await codes(out({ identityMapping: { sourceIdentifiers: ['idfa'], destinationIdentifier: 'who' } }))).toEqual([
      'INVALID_MAPPING identityMapping.sourceIdentifiers.0',
    ]);
    expect(await codes(out({ destination: { endpointId: internal, newSegment: { name: 'x' } } }))).toContain(
      'INVALID_REQUEST destination.endpointId',
    );
    expect(await codes({ ...described(source, 99_999), identityMapping })).toEqual(['NOT_FOUND destination.endpointId']);
    expect(await codes({ nonsense: 1, name: 7 })).toEqual([
      'INVALID_REQUEST nonsense',
      'INVALID_REQUEST name',
      'INVALID_REQUEST source',
      'INVALID_REQUEST destination',
      'INVALID_REQUEST identityMapping',
    ]);
  });

  it('200: keeps nothing', async () => {
    const last = (await platform.audit()).at(-1)?.id ?? 0;
    await dryRun(out({ schedule: { type: 'NOW' } }));
    expect([await platform.audit(last), (await platform.call('GET /v1/shares')).json]).toEqual([[], []]);
  });

  it('400: what is no object', async () => {
    expect((await platform.call('POST /v1/shares/dry-run', { body: '[]', headers: { 'content-type': 'application/json' } })).status).toBe(
      400,
    );
  });
});

describe('suggestShareMapping', () => {
  const suggest = (json: object, as: AccountName = 'viewer') => platform.call('POST /v1/shares/suggest-mapping', { json, as });
  const asked = (endpointId: number, into = destination) => ({ source: { endpointId, segmentId: 's' }, destination: { endpointId: into } });

  it('200: what fits; 200: nothing fits', async () => {
    expect((await suggest(asked(source))).json).toEqual({ identityMapping, attributeMappings: {}, unmappedRequired: [] });
    const other = await addDestination(platform, { named: 'appleid:appleid', attributed: 'country!' });
    expect((await suggest(asked(source, other))).json).toEqual({
      identityMapping: null,
      attributeMappings: {},
      unmappedRequired: ['country'],
    });
  });
  it('400: an unknown member. 404: an endpoint or audience that is not there', async () => {
    expect((await suggest({ ...asked(source), what: 1 })).status).toBe(400);
    expect((await suggest(asked(99_999))).status).toBe(404);
    expect((await suggest(asked(source), 'stranger')).status).toBe(404);
    expect((await suggest({ ...asked(source), source: { endpointId: source, segmentId: 'x' } })).status).toBe(404);
  });
});
