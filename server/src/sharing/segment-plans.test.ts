import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StandingClock } from '../../test/platform-server.ts';
import { planOf } from '../../test/query-plans.ts';
import { fillSegments, segmentListCases } from '../../test/segment-list-cases.ts';
import { temporaryCatalog, type TemporaryCatalog } from '../../test/temporary-catalog.ts';
import { listSegments } from '../segments/store/segment-store.ts';
import { isPostgres } from '../storage/sql/text-search.ts';
import { sharingHooks as hooks } from './sharing-hooks.ts';

/** Enough for PostgreSQL to find an index cheaper than all rows. */
const segments = 30_000;
const nobody = { operation: 'test', requestId: null, accountId: null, username: null, accountMemberId: null };

let opened: TemporaryCatalog;
beforeAll(async () => {
  opened = await temporaryCatalog(new StandingClock());
  const { catalog } = opened;
  await catalog.change(nobody, (change) => fillSegments(change, segments));
  if (isPostgres(catalog.read)) await sql`vacuum analyze`.execute(catalog.read);
});
afterAll(() => opened.remove());

describe('no list of segments reads the whole table', () => {
  it.each(segmentListCases(segments).filter(({ isLong }) => !isLong))('$name', async ({ member, query }) => {
    const plan = await planOf(opened.catalog.read, 'segment', (db) => listSegments(db, { member, includeShared: true, hooks }, query));
    expect(plan.readsAll, plan.lines.join('\n')).toBe(false);
  });

  it('where it must be read the plan tells', async () => {
    const plan = await planOf(opened.catalog.read, 'segment', (db) =>
      db.selectFrom('segment').select('id').where('description', '=', 'x').execute(),
    );
    expect(plan.readsAll).toBe(true);
  });
});
