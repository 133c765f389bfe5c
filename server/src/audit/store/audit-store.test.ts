import { afterEach, beforeEach, expect, it } from 'vitest';
import { StandingClock } from '../../../test/platform-server.ts';
import { temporaryCatalog, type TemporaryCatalog } from '../../../test/temporary-catalog.ts';
import { purgeAuditEvents } from './audit-store.ts';

const nobody = { operation: 'test', requestId: null, accountId: null, username: null, accountMemberId: null };
const dayMs = 24 * 3_600_000;
let clock = new StandingClock();
let opened: TemporaryCatalog;
beforeEach(async () => {
  clock = new StandingClock();
  opened = await temporaryCatalog(clock);
});
afterEach(() => opened.remove());

/** So many events, now. */
const write = (count: number): Promise<void> =>
  opened.catalog.change(nobody, async (change) => {
    for (let i = 0; i < count; i++) change.record({ objectType: 'thing', objectId: i, memberId: 1, before: null, after: { i } });
  });
const left = async (): Promise<number> => (await opened.catalog.read.selectFrom('audit_event').select('id').execute()).length;
const purge = (days: number): Promise<number> => purgeAuditEvents(opened.catalog.read, clock.nowMs(), days);

it('keeps events for their days to the millisecond, and deletes what is older', async () => {
  await write(2);
  clock.forward(1);
  await write(3);
  clock.forward(400 * dayMs - 1);
  expect([await purge(401), await left()]).toEqual([0, 5]);
  expect([await purge(400), await left()]).toEqual([0, 5]);
  clock.forward(1);
  expect([await purge(400), await left()]).toEqual([2, 3]);
  clock.forward(1);
  expect([await purge(400), await left()]).toEqual([3, 0]);
});

it('deletes thousands in several steps', async () => {
  await write(2500);
  clock.forward(2 * dayMs);
  await write(1);
  expect([await purge(1), await left()]).toEqual([2500, 1]);
});
