import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { snapshotOf } from '../../test/snapshot-of.ts';
import { temporaryCatalog, type TemporaryCatalog } from '../../test/temporary-catalog.ts';
import { insertMember } from '../members/store/member-store.ts';
import { nobodyContext } from '../notices/notices.fixture.ts';
import { LimitWatch } from './limit-watch.ts';

const platform = 1;
const owner = 10;
const dayMs = 86_400_000;

let nowMs: number;
let holder: TemporaryCatalog;
let value: number;
let maximum: number;
let memory: { value: number; maximum: number };

beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 15, 12);
  holder = await temporaryCatalog({ nowMs: () => nowMs });
  await holder.catalog.change(nobodyContext, async (change) => {
    await insertMember(change, { id: platform, name: 'Platform', primary_type: 'platform' });
    await insertMember(change, { id: owner, name: 'Owner', primary_type: 'data_provider' });
  });
  value = 0;
  maximum = 100;
  memory = { value: 1, maximum: 1000 };
});
afterEach(() => holder.remove());

const newWatch = () =>
  new LimitWatch({
    catalog: holder.catalog,
    view: { current: () => snapshotOf({ members: [platform, owner], segments: [], membershipLimits: { [owner]: maximum } }) },
    memberships: { count: async () => value },
    memory: () => memory,
  });
async function told(member: number): Promise<unknown[]> {
  const rows = await holder.catalog.read.selectFrom('notice').select('details').where('member_id', '=', member).orderBy('id').execute();
  return rows.map((row) => JSON.parse(row.details) as unknown);
}
const percentsTold = async (member: number): Promise<unknown> =>
  (await told(member)).map((details) => (details as { percent: number }).percent);

describe('the watch over limits', () => {
  it('tells a member each step once, with the numbers', async () => {
    const watch = newWatch();
    for (value of [84, 85, 90, 94, 95, 95, 100, 100]) await watch.look();
    expect(await told(owner)).toEqual([
      { limit: 'membership_limit', percent: 85, value: 85, maximum: 100 },
      { limit: 'membership_limit', percent: 95, value: 95, maximum: 100 },
      { limit: 'membership_limit', percent: 100, value: 100, maximum: 100 },
    ]);
  });

  it('tells one notice where several steps are reached at once', async () => {
    value = 100;
    await newWatch().look();
    expect(await percentsTold(owner)).toEqual([100]);
  });

  it('tells a step again when the number was below it, though not twice a day, and not after a restart', async () => {
    const watch = newWatch();
    for (value of [90, 10, 90]) await watch.look();
    await newWatch().look();
    expect(await percentsTold(owner)).toEqual([85]);
    nowMs += dayMs;
    await watch.look();
    expect(await percentsTold(owner)).toEqual([85]);
    for (value of [10, 90]) await watch.look();
    expect(await percentsTold(owner)).toEqual([85, 85]);
  });

  it('counts another maximum as another limit', async () => {
    const watch = newWatch();
    value = 90;
    await watch.look();
    maximum = 105;
    await watch.look();
    expect(await percentsTold(owner)).toEqual([85, 85]);
  });

  it('tells the platform of the memory', async () => {
    const watch = newWatch();
    memory = { value: 960, maximum: 1000 };
    await watch.look();
    expect(await told(platform)).toEqual([{ limit: 'FOYER_MEMORY_LIMIT', percent: 95, value: 960, maximum: 1000 }]);
    expect(await told(owner)).toEqual([]);
  });
});
