import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StandingClock } from '../../../test/platform-server.ts';
import { temporaryCatalog, type TemporaryCatalog } from '../../../test/temporary-catalog.ts';
import { insertMember } from '../../members/store/member-store.ts';
import type { CatalogChange, ChangeContext } from '../../storage/sql/catalog-change.ts';
import type { EndpointTable, ShareTable } from '../../storage/sql/exchange-schema.ts';
import { noteJobEnd } from '../shares/note-job-end.ts';
import { shareOf, type ShareSchedule } from '../shares/share.ts';
import { firstOccurrences, nextOccurrences } from './occurrences.ts';
import { reckonNextRuns, runDueShares } from './run-due-shares.ts';
import { ShareClock } from './share-clock.ts';

const byTest: ChangeContext = { operation: 'test', requestId: null, accountId: null, username: null, accountMemberId: null };
const dayMs = 86_400_000;
const start = Date.UTC(2030, 5, 1, 12);
const log = pino({ level: 'silent' });

let temporary: TemporaryCatalog;
const clock = new StandingClock(start);
beforeAll(async () => {
  temporary = await temporaryCatalog(clock);
  await inChange(async (change) => {
    await insertMember(change, { id: 10, name: 'Member', primary_type: 'data_provider' });
    await change.db
      .insertInto('endpoint')
      .values([endpointRow(1), endpointRow(2)])
      .execute();
  });
});
afterAll(() => temporary.remove());

const inChange = (work: (change: CatalogChange) => Promise<unknown>): Promise<unknown> => temporary.catalog.change(byTest, work);
const parts = () => ({ catalog: temporary.catalog, clock, log });

const endpointRow = (id: number): EndpointTable => ({
  id,
  member_id: 10,
  kind: 'custom',
  application_id: null,
  name: `E${id}`,
  provider_name: null,
  description: null,
  status: 'ACTIVE',
  former_status: null,
  hash_algorithm: 'NONE',
  source_type: 'push',
  source_url: null,
  destination_type: 'pull',
  destination_url: null,
  share_actions: '["ADD"]',
  identifiers: '[]',
  attributes: '[]',
  definition: null,
  connect_type: 'INSTRUCTIONS',
  auth_type: null,
  credentials: null,
  last_error: null,
  refreshed_on: null,
  next_refresh_on: null,
  created_on: 0,
  last_modified: 0,
  deleted_on: null,
});

async function addShare(schedule: ShareSchedule, more: Partial<ShareTable> = {}): Promise<number> {
  const [first] = firstOccurrences(schedule, clock.nowMs(), 1);
  let id = 0;
  await inChange(async (change) => {
    id = await change.newIds('share');
    const row: ShareTable = {
      id,
      member_id: 10,
      name: 'Gold',
      source_endpoint_id: 1,
      source_segment_id: 's',
      destination_endpoint_id: 2,
      destination_segment_id: 't',
      new_segment: null,
      identity_mapping: '{"sourceIdentifiers":["email"],"destinationIdentifier":"email"}',
      attribute_mappings: '{}',
      share_action: 'ADD',
      schedule: JSON.stringify(schedule),
      allow_empty_replace: 0,
      enabled: 1,
      disabled_reason: null,
      created_by: 'test',
      created_on: change.nowMs,
      last_modified: change.nowMs,
      next_run_on: first?.atMs ?? null,
      occurrences: first?.index ?? 0,
      failures: 0,
      last_job_id: null,
      deleted_on: null,
      ...more,
    };
    await change.db.insertInto('share').values(row).execute();
  });
  return id;
}
const share = async (id: number) =>
  shareOf(await temporary.catalog.read.selectFrom('share').selectAll().where('id', '=', id).executeTakeFirstOrThrow());
const jobs = (id: number) => temporary.catalog.read.selectFrom('share_job').selectAll().where('share_id', '=', id).orderBy('id').execute();
const endJobs = (id: number) =>
  inChange((change) => change.db.updateTable('share_job').set({ status: 'COMPLETE' }).where('share_id', '=', id).execute());
const daily = (more: object = {}): ShareSchedule => ({ type: 'DAILY', at: new Date(clock.nowMs() + 60_000).toISOString(), ...more });

describe('runDueShares', () => {
  it('starts what is due once, whoever looks, and moves it on', async () => {
    const id = await addShare(daily());
    expect(await runDueShares(parts())).toBe(0);
    clock.forward(60_000);
    const dueMs = clock.nowMs();
    const started = await Promise.all([1, 2, 3].map(() => runDueShares(parts())));
    expect(started.toSorted()).toEqual([0, 0, 1]);
    expect(await share(id)).toMatchObject({ nextRunOn: dueMs + dayMs, occurrences: 1 });
    expect(await jobs(id)).toMatchObject([{ scheduled: 1, status: 'CREATED', id: (await share(id)).lastJobId }]);
  });

  it('catches up once on what was missed', async () => {
    const id = await addShare(daily());
    clock.forward(5 * dayMs);
    await runDueShares(parts());
    expect((await jobs(id)).length).toBe(1);
    expect((await share(id)).nextRunOn).toBe(clock.nowMs() + 60_000);
  });

  it('runs AT once', async () => {
    const id = await addShare({ type: 'AT', at: new Date(clock.nowMs() - 60_000).toISOString() });
    for (const _ of [1, 2]) await runDueShares(parts());
    expect([(await jobs(id)).length, (await share(id)).nextRunOn]).toEqual([1, null]);
  });

  it('skips what comes while a job is active, and tells so in that job', async () => {
    const id = await addShare(daily({ count: 3 }));
    clock.forward(60_000);
    await runDueShares(parts());
    clock.forward(dayMs);
    const due = new Date(clock.nowMs()).toISOString();
    await runDueShares(parts());
    const [job, ...more] = await jobs(id);
    expect([more, JSON.parse(job?.warnings ?? '')]).toEqual([[], [`The run due at ${due} was skipped, because this one was active`]]);
    await endJobs(id);
    clock.forward(dayMs);
    await runDueShares(parts());
    expect([(await jobs(id)).length, (await share(id)).nextRunOn]).toEqual([2, null]);
  });

  it('lets the occurrences of disabled shares pass by, and leaves deleted ones alone', async () => {
    const id = await addShare(daily(), { enabled: 0 });
    const gone = await addShare(daily(), { deleted_on: 1 });
    clock.forward(60_000);
    await runDueShares(parts());
    expect([await jobs(id), await jobs(gone)]).toEqual([[], []]);
    expect((await share(id)).nextRunOn).toBe(clock.nowMs() + dayMs);
  });

  it('takes more shares than one look reads', async () => {
    const at = new Date(clock.nowMs() + 1000).toISOString();
    for (let i = 0; i < 105; i++) await addShare({ type: 'AT', at });
    clock.forward(1000);
    expect(await runDueShares(parts())).toBe(105);
  });
});

describe('clocks that jump', () => {
  it('forth and back: the run that came too early counts, the next one is not lost', async () => {
    const id = await addShare(daily());
    const [first = 0, second] = nextOccurrences((await share(id)).schedule, 0, 2).map(({ atMs }) => atMs);
    clock.forward(365 * dayMs);
    await runDueShares(parts());
    clock.forward(-365 * dayMs);
    await reckonNextRuns(parts());
    expect([(await jobs(id)).length, (await share(id)).nextRunOn]).toEqual([1, second]);
    clock.forward(first - clock.nowMs());
    expect(await runDueShares(parts())).toBe(0);
  });

  it('back and forth: nothing runs twice', async () => {
    const id = await addShare(daily());
    clock.forward(60_000);
    await runDueShares(parts());
    await endJobs(id);
    clock.forward(-3_600_000);
    await reckonNextRuns(parts());
    clock.forward(3_600_000);
    await runDueShares(parts());
    expect((await jobs(id)).length).toBe(1);
  });

  it('whatever a clock does, no occurrence runs twice, and days that go by in peace have their run', async () => {
    const hours = fc.array(fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: -80, max: 80 })), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(hours, async (jumps) => {
        const id = await addShare(daily());
        const ticking = new ShareClock(parts());
        let used = 0;
        const look = async (): Promise<boolean> => {
          const before = (await jobs(id)).length;
          await ticking.tick();
          const started = (await jobs(id)).length - before;
          const { occurrences } = await share(id);
          expect(started <= 1 && (started === 0 || occurrences > used)).toBe(true);
          used = occurrences;
          await endJobs(id);
          return started === 1;
        };
        for (const jump of jumps) {
          clock.forward(jump * 3_600_000);
          await look();
        }
        const [next] = nextOccurrences((await share(id)).schedule, clock.nowMs(), 1, used);
        expect((await share(id)).nextRunOn).toBe(next?.atMs);
        clock.forward((next?.atMs ?? 0) - clock.nowMs());
        expect(await look()).toBe(true);
        await inChange((change) => change.db.updateTable('share').set({ deleted_on: 1 }).where('id', '=', id).execute());
      }),
      { numRuns: 12 },
    );
  });
});

describe('noteJobEnd', () => {
  const end = (id: number, ...outcomes: Parameters<typeof noteJobEnd>[2][]) =>
    inChange(async (change) => {
      for (const outcome of outcomes) await noteJobEnd(change, id, outcome);
    });
  const notices = (id: number) => temporary.catalog.read.selectFrom('notice').selectAll().where('subject_id', '=', id).execute();

  it('disables a schedule after three failures in a row, and tells its member once', async () => {
    const id = await addShare(daily());
    await end(id, 'FAILED', 'FAILED', 'COMPLETE', 'FAILED', 'FAILED', 'CANCELED');
    expect(await share(id)).toMatchObject({ enabled: true, failures: 2 });
    expect(await notices(id)).toEqual([]);
    await end(id, 'FAILED');
    await end(id, 'FAILED');
    expect(await share(id)).toMatchObject({ enabled: false, disabledReason: 'FAILURES', failures: 4 });
    const [notice, ...more] = await notices(id);
    expect(more).toEqual([]);
    expect(notice).toMatchObject({ member_id: 10, kind: 'schedule-disabled', severity: 'error', subject_type: 'share' });
    expect(JSON.parse(notice?.details ?? '')).toEqual({ share_id: id, reason: 'FAILURES' });
  });

  it('leaves a share without a schedule enabled, and a deleted one alone', async () => {
    const once = await addShare({ type: 'NOW' });
    const gone = await addShare(daily(), { deleted_on: 1 });
    for (const id of [once, gone]) await end(id, 'FAILED', 'FAILED', 'FAILED', 'FAILED');
    expect([await share(once), await share(gone)]).toMatchObject([
      { enabled: true, failures: 4 },
      { enabled: true, failures: 0 },
    ]);
  });
});
