import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JobWorld } from '../../../test/exchange-jobs.ts';
import { members, type PlatformServer, startPlatform } from '../../../test/platform-server.ts';
import type { Json } from '../../../test/api.ts';
import { asSegmentId } from '../../kit/ids.ts';
import { user } from '../../profiles/profile-fixtures.ts';
import { addEndpoint, builtInEndpoint, offer } from '../shares/exchange.fixture.ts';

let platform: PlatformServer;
let world: JobWorld;
/** A push source of user ids, values and ends; the built-in endpoint. */
let source: number;
let internal: number;
beforeAll(async () => {
  platform = await startPlatform();
  world = await JobWorld.of(platform);
  source = await addEndpoint(platform, { named: 'uid:user_id', attributed: 'score:number until:datetime' });
  await offer(platform, source, 'people', 'uid:user_id', 'score:number until:datetime');
  internal = await builtInEndpoint(platform);
});
afterAll(() => platform.stop());

const into = (segment: number | null, shareAction = 'ADD', more: object = {}) => ({
  source: { endpointId: source, segmentId: 'people' },
  destination: { endpointId: internal, ...(segment === null ? { newSegment: { name: 'Made' } } : { segmentId: String(segment) }) },
  identityMapping: { sourceIdentifiers: ['uid'], destinationIdentifier: 'user_id' },
  attributeMappings: { score: 'value', until: 'expires_at' },
  shareAction,
  ...more,
});
const csv = (...rows: string[]) => `uid,score,until\n${rows.join('\n')}\n`;
const run = (rows: string, more: object, until = 'COMPLETE') => world.uploaded(rows, more, until);
/** What the user holds in the segment: value, and end in Unix seconds; null: it never ends. */
async function held(id: number, segment: number): Promise<{ value: number; endS: number | null } | undefined> {
  const { memberships } = await platform.server.profiles.get(user(id));
  const found = memberships.find((membership) => membership.segment === asSegmentId(segment));
  if (!found) return undefined;
  const { value, addedAtS, lifetimeMinutes } = found;
  return { value, endS: lifetimeMinutes === null ? null : addedAtS + lifetimeMinutes * 60 };
}
/** Rows received are rows sent, rejected, merged or unknown, where none is fanned out. */
function addsUp(job: Readonly<Record<string, Json>>): boolean {
  const count = (name: string) => Number(job[`rows${name}`]);
  return count('Received') === count('Sent') + count('Rejected') + count('Merged') + count('Unknown');
}
const nowS = () => Math.floor(platform.clock.nowMs() / 1000);
const isoOf = (s: number) => new Date(s * 1000).toISOString();

describe('ADD', () => {
  it('sets value and end, exact to the second', async () => {
    const segment = await world.segment({ expire_minutes: 60 });
    const endS = nowS() + 86_400 + 37;
    await run(csv(`1,5,${isoOf(endS)}`, '2,,', `3,7,${isoOf(nowS() + 1)}`), into(segment));
    expect(await held(1, segment)).toEqual({ value: 5, endS });
    expect(await held(2, segment)).toEqual({ value: 0, endS: nowS() + 3600 });
    expect(await held(3, segment)).toEqual({ value: 7, endS: nowS() + 1 });
  });

  it('an empty cell leaves what the membership has', async () => {
    const segment = await world.segment({ expire_minutes: 60 });
    const endS = nowS() + 5 * 86_400 + 11;
    await run(csv(`1,5,${isoOf(endS)}`, `2,5,${isoOf(endS)}`, '3,5,'), into(segment));
    platform.clock.forward(61_000);
    await run(csv('1,,', '2,9,', `3,,${isoOf(endS)}`), into(segment));
    expect([await held(1, segment), await held(2, segment), await held(3, segment)]).toEqual([
      { value: 5, endS },
      { value: 9, endS },
      { value: 5, endS },
    ]);
  });

  it('counts add up: received, sent, rejected, merged, unknown', async () => {
    const segment = await world.segment();
    await platform.server.profiles.forget(user(66), { optOut: true });
    const rows = ['1,5,', '1,6,', '66,1,', ',3,', 'x,1,', '7,-1,', '8,2147483648,', '9,1,2001-01-01T00:00:00Z', '10,1', '11,2147483647,'];
    const job = await world.job(await run(csv(...rows), into(segment)));
    expect(job).toMatchObject({ rowsReceived: 10, rowsSent: 2, rowsRejected: 6, rowsMerged: 1, rowsUnknown: 1 });
    expect(addsUp(job)).toBe(true);
    expect((await world.rejects(Number(job['jobId']))).map((line) => line.split(',').slice(0, 2)).toSorted()).toEqual([
      ['10', 'CELL_COUNT'],
      ['4', 'UNKNOWN_IDENTIFIER'],
      ['5', 'MISSING_IDENTIFIER'],
      ['6', 'INVALID_IDENTIFIER'],
      ['7', 'INVALID_VALUE'],
      ['8', 'INVALID_VALUE'],
      ['9', 'INVALID_VALUE'],
    ]);
    expect(await held(1, segment)).toMatchObject({ value: 6 });
    expect(await held(66, segment)).toBeUndefined();
  });

  it('unknown external ids are counted, and stand in the reject file with their lines', async () => {
    const crm = await addEndpoint(platform, { named: 'crm:external_id' });
    await offer(platform, crm, 'people', 'crm:external_id');
    const share = into(await world.segment(), 'ADD', {
      source: { endpointId: crm, segmentId: 'people' },
      identityMapping: { sourceIdentifiers: ['crm'], destinationIdentifier: 'external_id' },
      attributeMappings: {},
    });
    const job = await run('crm\nnobody-1\nnobody-2\n', share);
    expect(await world.job(job)).toMatchObject({ state: 'Complete', rowsReceived: 2, rowsSent: 0, rowsRejected: 0, rowsUnknown: 2 });
    expect((await world.rejects(job)).toSorted()).toMatchObject([
      expect.stringMatching(/^2,UNKNOWN_IDENTIFIER,.*,nobody-1$/),
      expect.stringMatching(/^3,UNKNOWN_IDENTIFIER,.*,nobody-2$/),
    ]);
  });

  it('newSegment is made once, and remembered', async () => {
    const { shareId, jobId } = await world.share(into(null));
    await world.reaches(jobId, 'WAITING_TO_RECIEVE_DATA');
    await world.upload(jobId, csv('1,5,'));
    const first = await world.reaches(jobId, 'COMPLETE');
    const { segmentId } = first['destination'] as { segmentId: string };
    expect((await world.call(`GET /v1/shares/${shareId}`)).json).toMatchObject({ destination: { endpointId: internal, segmentId } });
    const second = Number(((await world.call(`POST /v1/shares/${shareId}/run`)).json as { jobId: number }).jobId);
    await world.reaches(second, 'WAITING_TO_RECIEVE_DATA');
    await world.upload(second, csv('2,5,'));
    expect(await world.reaches(second, 'COMPLETE')).toMatchObject({ destination: { segmentId } });
    expect([await held(1, Number(segmentId)), await held(2, Number(segmentId))]).toMatchObject([{ value: 5 }, { value: 5 }]);
    expect((await platform.call(`GET /segment?id=${segmentId}`)).at('segment')).toMatchObject({ short_name: 'Made' });
  });
});

describe('REPLACE', () => {
  it('leaves exactly the delivered ones', async () => {
    const segment = await world.segment();
    await run(csv('1,1,', '2,1,'), into(segment));
    await run(csv('2,2,', '3,2,'), into(segment, 'REPLACE'));
    expect([await held(1, segment), await held(2, segment), await held(3, segment)]).toMatchObject([
      undefined,
      { value: 2 },
      { value: 2 },
    ] as object);
  });

  it('EMPTY_REPLACE: no row, or no row that names a user; the old audience stays', async () => {
    const segment = await world.segment();
    await run(csv('1,1,'), into(segment));
    for (const rows of [csv().trimEnd(), csv('66,1,')]) {
      await platform.server.profiles.forget(user(66), { optOut: true });
      const job = await world.waiting(into(segment, 'REPLACE'));
      await world.upload(job, rows);
      expect(await world.fails(job)).toMatchObject({ error: { code: 'EMPTY_REPLACE' }, rowsSent: 0 });
      expect(await held(1, segment)).toMatchObject({ value: 1 });
    }
    await run(csv('66,1,'), into(segment, 'REPLACE', { allowEmptyReplace: true }));
    expect(await held(1, segment)).toBeUndefined();
  });
});

describe('REMOVE', () => {
  it('ends what is named, and nothing else', async () => {
    const segment = await world.segment();
    await run(csv('1,1,', '2,1,'), into(segment));
    const job = await run(csv('1,,', '5,,'), into(segment, 'REMOVE', { attributeMappings: {} }));
    expect(await world.job(job)).toMatchObject({ rowsReceived: 2, rowsSent: 2 });
    expect([await held(1, segment), await held(2, segment)]).toMatchObject([undefined, { value: 1 }] as object);
  });
});

describe('a segment that is gone', () => {
  it('fails the job: SEGMENT_NOT_FOUND', async () => {
    const segment = await world.segment();
    const job = await world.waiting(into(segment));
    await platform.call(`DELETE /segment?id=${segment}`);
    await world.upload(job, csv('1,1,'));
    expect(await world.fails(job)).toMatchObject({ error: { code: 'SEGMENT_NOT_FOUND' }, rowsSent: 0 });
  });
});

/** The last: it limits the member. */
describe('LIMIT', () => {
  it('rows without room are rejected; where none has any, the job is Failed', async () => {
    const segment = await world.segment();
    const limit = (membership_limit: number | null) =>
      platform.call(`PUT /member?id=${members.provider}`, { as: 'admin', json: { member: { membership_limit } } });
    const total = async () => {
      const rows = await platform.server.catalog.read
        .selectFrom('segment')
        .select('id')
        .where('member_id', '=', members.provider)
        .execute();
      const counts = await Promise.all(rows.map(({ id }) => platform.server.profiles.count(asSegmentId(id))));
      return counts.reduce((sum, count) => sum + count, 0);
    };
    await limit((await total()) + 1);
    const some = await world.job(await run(csv('501,1,', '502,1,'), into(segment)));
    expect(some).toMatchObject({ rowsReceived: 2, rowsSent: 1, rowsRejected: 1 });
    expect(addsUp(some)).toBe(true);
    expect(await world.rejects(Number(some['jobId']))).toMatchObject([expect.stringMatching(/,LIMIT,/)]);
    const job = await world.waiting(into(segment));
    await world.upload(job, csv('503,1,', '504,1,'));
    expect(await world.fails(job)).toMatchObject({ error: { code: 'TOO_MANY_REJECTS' }, rowsSent: 0, rowsRejected: 2 });
    await limit(null);
  });
});
