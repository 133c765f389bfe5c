import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { callOf, snapshotOf } from '../../../../test/snapshot-of.ts';
import { temporaryCatalog, type TemporaryCatalog } from '../../../../test/temporary-catalog.ts';
import { asMemberId } from '../../../kit/ids.ts';
import { Refusal } from '../../../kit/refusal.ts';
import { ModelProfileStore } from '../../../profiles/model/model-profile-store.ts';
import type { Catalog } from '../../../storage/sql/catalog.ts';
import { dropInstantLogs } from '../drop-instant-logs.ts';
import { createInstantParts, type InstantParts } from '../instant-parts.ts';
import { InstantHourStore } from '../store/instant-hour-store.ts';
import { addUsers } from './add-users.ts';
import { getProcessed } from './get-processed.ts';

const startMs = Date.UTC(2026, 0, 15, 10, 30);
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const sender = 463;
const other = 464;
const admin = 1;

const snapshot = snapshotOf({
  members: [admin, sender, other],
  segments: [
    { id: 46301, member: sender, code: 'cnt_1' },
    { id: 46302, member: sender },
    { id: 46303, member: sender, code: 'cnt_off', inactive: true },
    { id: 46360, member: sender, expireMinutes: 60 },
    { id: 46361, member: sender, expireMinutes: 0 },
    { id: 46401, member: other, code: 'theirs' },
    { id: 101, member: admin, code: 'closed' },
  ],
  ingest: { [sender]: { writableOwners: [other] } },
});

let opened: TemporaryCatalog;
let catalog: Catalog;
let nowMs = startMs;
const clock = { nowMs: () => nowMs };
const open: InstantParts[] = [];

beforeAll(async () => {
  opened = await temporaryCatalog(clock);
  ({ catalog } = opened);
});
afterAll(() => opened.remove());
afterEach(async () => {
  for (const parts of open.splice(0)) await parts.close();
  await catalog.read.deleteFrom('instant_hour').execute();
  nowMs = startMs;
});

type Report = Readonly<Record<string, unknown>>;

const neverExpected = (error: unknown): never => {
  throw error;
};

function serviceOf(onStatisticsFailure: (error: unknown) => void = neverExpected) {
  const parts = createInstantParts({
    view: { current: () => snapshot },
    profiles: new ModelProfileStore({ clock }),
    db: catalog.read,
    clock,
    defaultLimitsApply: true,
    onStatisticsFailure,
  });
  open.push(parts);
  const read = async (query: string, member: number): Promise<unknown> => {
    const answer = await getProcessed(parts).handle(callOf({ member, query, role: member === admin ? 'admin' : 'member' }));
    if (!('fields' in answer)) throw new Error('not in the envelope');
    return answer.fields['report'];
  };
  return {
    parts,
    post: async (...users: unknown[]) => {
      await addUsers(parts).handle(callOf({ member: sender, body: { rt_segment: users } }));
    },
    hours: async (query = '', member = sender) => (await read(query, member)) as Report[],
    total: async (query = '', member = sender) => (await read(`agg=true&${query}`, member)) as Report,
  };
}

const user = (user_id: string, ...seg_block: unknown[]) => ({ user_id, seg_block });
const statusOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(() => 200).catch((error: unknown) => (error instanceof Refusal ? error.kind.status : error));

describe('numbers', () => {
  it('are deduplicated within a call, not across calls', async () => {
    const { post, total } = serviceOf();
    const block = { seg_id: 46301, expiration: 1440 };
    const call = [
      user('5', block, block, { seg_code: 'cnt_1', member_id: sender }),
      user('6', block),
      user('5', block),
      user('x', block),
      user('x', block),
    ];
    for (let i = 0; i < 3; i++) await post(...call);
    expect(await total()).toEqual({
      member_id: sender,
      processed_hour: '2026-01-15 10:00:00',
      match_rate: 66.67,
      num_valid_users: 6,
      num_valid_adds: 6,
      num_valid_removes: 0,
      num_invalid_users: 3,
      num_unauth_segments: 0,
      num_inactive_segments: 0,
      num_invalid_segments: 0,
      num_other_errors: 0,
      error_log_lines: null,
      segment_log_lines: null,
    });
  });

  it('count pairs of user and segment; users that are invalid have none', async () => {
    const { post, total } = serviceOf();
    const blocks = [
      { seg_id: 99 },
      { seg_id: 99, expiration: -1 },
      { seg_id: 46303 },
      { seg_id: 101 },
      { seg_code: 'none', member_id: sender },
      { seg_code: 'x', member_id: admin },
    ];
    await post(user('5', ...blocks), user('6', ...blocks), user('abc', ...blocks));
    expect(await total()).toMatchObject({
      num_valid_users: 2,
      num_invalid_users: 1,
      num_valid_adds: 0,
      num_invalid_segments: 4,
      num_inactive_segments: 2,
      num_unauth_segments: 4,
    });
  });

  it('an addition and a removal of one pair count once each; for the ad call only counts as an addition', async () => {
    const { post, total } = serviceOf();
    await post(user('5', { seg_id: 46301 }, { seg_id: 46301, expiration: -1 }, { seg_id: 46301 }, { seg_id: 46361 }));
    expect(await total()).toMatchObject({ num_valid_users: 1, num_valid_adds: 2, num_valid_removes: 1, match_rate: 100 });
  });

  it('one user in several forms of its id is one user', async () => {
    const { post, total } = serviceOf();
    const seg_block = [{ seg_id: 46301 }];
    const id = '0F1E2D3C-0319-4ABC-8DEF-101234567890';
    await post(
      { user_id: id, seg_block, domain: 'idfa' },
      { user_id: id.toLowerCase().replaceAll('-', ''), seg_block, domain: 'IDFA' },
      { user_id: id, seg_block, domain: 'aaid' },
    );
    expect(await total()).toMatchObject({ num_valid_users: 2, num_valid_adds: 2 });
  });
});

describe('hours', () => {
  it('those with traffic, ascending; both ends of the range included', async () => {
    const { post, hours, total } = serviceOf();
    for (let hour = 0; hour < 4; hour++) {
      if (hour !== 2) await post(user('5', { seg_id: 46301 }));
      nowMs += hourMs;
    }
    const named = async (query: string) => (await hours(query)).map((report) => report['processed_hour']);
    expect(await named('')).toEqual(['2026-01-15 10:00:00', '2026-01-15 11:00:00', '2026-01-15 13:00:00']);
    expect(await named('start=2026-01-15+11:59:59&end=2026-01-15+13:00:00')).toEqual(['2026-01-15 11:00:00', '2026-01-15 13:00:00']);
    expect(await named('end=2026-01-15%2010:00:00')).toEqual(['2026-01-15 10:00:00']);
    expect(await named('start=2026-01-15+12:00:00&end=2026-01-15+12:59:59')).toEqual([]);
    expect(await total('start=2026-01-15+11:00:00&end=2026-01-15+13:20:00')).toMatchObject({
      processed_hour: '2026-01-15 13:00:00',
      num_valid_adds: 2,
    });
  });

  it('without dates: the last two weeks', async () => {
    const { post, total } = serviceOf();
    await post(user('5', { seg_id: 46301 }));
    nowMs += 14 * dayMs;
    expect(await total()).toMatchObject({ num_valid_adds: 1, processed_hour: '2026-01-29 10:00:00' });
    nowMs += hourMs;
    expect(await total()).toMatchObject({ num_valid_adds: 0, match_rate: 0 });
    expect(await total('start=2026-01-01+00:00:00')).toMatchObject({ num_valid_adds: 1 });
  });

  it('more of them than the store reads at once come all and in order', async () => {
    const { hours } = serviceOf();
    const counts = {
      validUsers: 1,
      validAdds: 0,
      validRemoves: 0,
      invalidUsers: 0,
      unauthorizedSegments: 0,
      inactiveSegments: 0,
      invalidSegments: 0,
      otherErrors: 0,
    };
    const logs = {
      users: [],
      segments: [],
      additions: [],
      removals: [],
      invalidUsers: [],
      inactiveSegments: [],
      invalidSegments: [],
      unauthorizedSegments: [],
    };
    const first = Math.floor(startMs / hourMs) * hourMs;
    await new InstantHourStore(catalog.read).add(
      Array.from({ length: 250 }, (_, i) => ({
        member: asMemberId(sender),
        hour: first - i * hourMs,
        counts: { ...counts, logs: { ...logs } },
      })),
    );
    const named = (await hours()).map((report) => String(report['processed_hour']));
    expect(named).toHaveLength(250);
    expect(named).toEqual(named.toSorted());
  });

  it.each([
    'start=2015-11-01',
    'end=yesterday',
    'start=2015-02-30+00:00:00',
    'start=',
    'start=2026-01-16+00:00:00&end=2026-01-15+00:00:00',
    'agg=maybe',
  ])('%s is SYNTAX', async (query) => {
    expect(await statusOf(serviceOf().hours(query))).toBe(400);
  });
});

describe('logs', () => {
  it('one line a kind, in the order of the documents', async () => {
    const { post, hours } = serviceOf();
    await post(
      user(
        '5',
        { seg_id: 46301, expiration: 1440 },
        { seg_id: 46360 },
        { seg_id: 46302, expiration: -1 },
        { seg_id: 46302 },
        { seg_id: 46401 },
      ),
      user('bad', { seg_id: 46301 }),
      { user_id: 'nodomain', seg_block: [{ seg_id: 46301 }], domain: 'nonsense' },
    );
    await post(
      user(
        '6',
        { seg_id: 46303 },
        { seg_id: 99 },
        { seg_code: 'code', member_id: sender },
        { seg_code: 'closed', member_id: admin },
        { seg_id: 101 },
      ),
    );
    await post(user('6', { seg_code: 'theirs', member_id: other, expiration: 5 }));
    const [report] = await hours();
    expect(report?.['segment_log_lines']).toBe(
      [
        'Valid users: 5, 6, 6',
        "Valid segments (id, code, segment owner member id): (46301, 'cnt_1', 463), (46360, '', 463), (46302, '', 463), (46401, '', 464), (46401, 'theirs', 464)",
        'Valid additions (user id, segment id, expiration): (5, 46301, 1440), (5, 46360, 60), (5, 46302, 0), (5, 46401, 0), (6, 46401, 5)',
        'Valid removals (user id, segment id, expiration): (5, 46302, -1)',
      ].join('\n'),
    );
    expect(report?.['error_log_lines']).toBe(
      [
        'Inactive users: bad, nodomain',
        "Inactive segments (id, code, segment owner member id): (46303, 'cnt_off', 463)",
        "Invalid segments (id, code, segment owner member id): (99, '', 0), (0, 'code', 463)",
        "Unauthorized segments (id, code, segment owner member id): (0, 'closed', 1), (101, '', 1)",
      ].join('\n'),
    );
  });

  it('are "" where there is nothing to tell', async () => {
    const { post, hours } = serviceOf();
    await post(user('bad', { seg_id: 46301 }));
    expect(await hours()).toMatchObject([{ segment_log_lines: '', error_log_lines: 'Inactive users: bad' }]);
  });

  it('keep the newest 200 entries of a kind, over calls and writes to the catalog', async () => {
    const { post, hours, parts } = serviceOf();
    const users = (first: number, count: number) =>
      Array.from({ length: count }, (_, i) => user(String(first + i), { seg_id: 46301, expiration: 1 }));
    await post(...users(1, 500));
    await parts.statistics.flush();
    await post(...users(501, 50));
    const lines = String((await hours())[0]?.['segment_log_lines']).split('\n');
    expect(lines[0]).toBe(`Valid users: ${Array.from({ length: 200 }, (_, i) => 351 + i).join(', ')}`);
    expect(lines[2]?.match(/\(\d+, 46301, 1\)/g)).toHaveLength(200);
    expect(await hours()).toMatchObject([{ num_valid_users: 550 }]);
  });

  it('what was sent cannot forge a line, and long text is cut', async () => {
    const { post, hours } = serviceOf();
    await post(
      user('a\nValid users: 1', { seg_id: 46301 }),
      user('y'.repeat(100_000), { seg_id: 46301 }),
      user('5', { seg_code: "it's\r", member_id: 463 }),
    );
    const lines = String((await hours())[0]?.['error_log_lines']).split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toBe(`Inactive users: a Valid users: 1, ${'y'.repeat(255)}`);
  });
});

describe('keeping', () => {
  it('what was counted survives a restart and is added to', async () => {
    const before = serviceOf();
    await before.post(user('5', { seg_id: 46301 }));
    await before.parts.close();
    const after = serviceOf();
    await after.post(user('6', { seg_id: 46301 }));
    expect(await after.hours()).toMatchObject([{ num_valid_users: 2, segment_log_lines: expect.stringContaining('Valid users: 5, 6\n') }]);
  });

  it('a write that fails loses nothing', async () => {
    const { post, total, parts } = serviceOf();
    await post(user('5', { seg_id: 46301 }));
    await sql`alter table instant_hour rename to away`.execute(catalog.read);
    await expect(parts.statistics.flush()).rejects.toThrow('instant_hour');
    await post(user('6', { seg_id: 46301 }));
    await expect(parts.statistics.flush()).rejects.toThrow('instant_hour');
    await sql`alter table away rename to instant_hour`.execute(catalog.read);
    expect(await total()).toMatchObject({ num_valid_users: 2 });
  });

  it('what cannot be written on close is told and does not keep the server from stopping', async () => {
    const failures: unknown[] = [];
    const { post, parts } = serviceOf((error) => failures.push(error));
    await post(user('5', { seg_id: 46301 }));
    await sql`alter table instant_hour rename to away`.execute(catalog.read);
    await parts.close();
    await sql`alter table away rename to instant_hour`.execute(catalog.read);
    expect(failures).toHaveLength(1);
  });

  it('logs, which name users, go before their thirtieth day, if looked at once a day; the numbers stay', async () => {
    const { post, hours } = serviceOf();
    const startMs = nowMs;
    await post(user('5', { seg_id: 46301 }));
    await hours('start=2026-01-01+00:00:00');
    nowMs = startMs + 29 * dayMs - 3_600_000;
    await dropInstantLogs(catalog.read, nowMs, 30);
    expect(await hours('start=2026-01-01+00:00:00')).toMatchObject([{ segment_log_lines: expect.stringContaining('46301') as string }]);
    nowMs = startMs + 29 * dayMs;
    await dropInstantLogs(catalog.read, nowMs, 30);
    expect(await hours('start=2026-01-01+00:00:00')).toMatchObject([{ num_valid_users: 1, segment_log_lines: '' }]);
    const row = await catalog.read.selectFrom('instant_hour').select('counts').executeTakeFirstOrThrow();
    expect(row.counts).toMatch(/^\{"logs":null,/);
  });
});

describe('rights and limits', () => {
  it('a member reads its own; admins any', async () => {
    const { post, total } = serviceOf();
    await post(user('5', { seg_id: 46301 }));
    expect(await total(`member_id=${sender}`)).toMatchObject({ num_valid_users: 1 });
    expect(await total(`member_id=${sender}`, admin)).toMatchObject({ member_id: sender, num_valid_users: 1 });
    expect(await total('', other)).toMatchObject({ member_id: other, num_valid_users: 0 });
    expect(await statusOf(total(`member_id=${sender}`, other))).toBe(403);
    expect(await statusOf(total('member_id=424242', admin))).toBe(404);
  });

  it('1000 reads a second', async () => {
    const { hours } = serviceOf();
    const statuses = await Promise.all(Array.from({ length: 1001 }, () => statusOf(hours())));
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
  });
});
