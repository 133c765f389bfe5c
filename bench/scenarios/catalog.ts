import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { systemClock } from '../../server/src/kit/clock.ts';
import { emptySegment } from '../../server/src/segments/segment.ts';
import { insertSegment, listSegments, readSegmentRow, segmentRow, updateSegment } from '../../server/src/segments/store/segment-store.ts';
import { sharingHooks as hooks } from '../../server/src/sharing/sharing-hooks.ts';
import type { ChangeContext } from '../../server/src/storage/sql/catalog-change.ts';
import type { CatalogPlace } from '../../server/src/storage/sql/catalog-place.ts';
import type { CatalogReader } from '../../server/src/storage/sql/catalog-schema.ts';
import { openPostgresCatalog } from '../../server/src/storage/sql/postgres-catalog.ts';
import { openSqliteCatalog } from '../../server/src/storage/sql/sqlite-catalog.ts';
import { planOf } from '../../server/test/query-plans.ts';
import { fillSegments, segmentListCases, segmentOwners } from '../../server/test/segment-list-cases.ts';
import { postgresUser } from '../peers/postgres-server.ts';
import { median, spreadOf } from '../statistics/median.ts';
import { atMost } from '../report/target.ts';
import { plainRow, type Row, type Scenario, type ScenarioResult } from './scenario.ts';

const segments = 100_000;
const runsOfCase = 15;
/** A query of GET /segment takes at most so long in the median. */
const longestMs = 5;

const server: ChangeContext = { operation: 'bench', requestId: null, accountId: null, username: null, accountMemberId: null };

async function timed(times: number, work: (at: number) => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  for (let at = 0; at < times + 2; at++) {
    const began = performance.now();
    await work(at);
    // The first ones compile and plan.
    if (at >= 2) taken.push(performance.now() - began);
  }
  return taken;
}

async function measure(place: CatalogPlace, database: string): Promise<{ rows: Row[]; plans: string[] }> {
  const { catalog } = place;
  const row = (name: string, taken: number[], limitMs: number | null): Row =>
    plainRow(
      `catalog, ${name}`,
      database,
      { ...spreadOf(taken), unit: 'ms' },
      limitMs === null ? [] : [atMost(limitMs, 'ms', median(taken))],
    );
  const rows: Row[] = [];
  const plans: string[] = [];
  for (const { name, member, query, isLong } of segmentListCases(segments)) {
    const list = (db: CatalogReader) => listSegments(db, { member, includeShared: true, hooks }, query);
    rows.push(row(name, await timed(runsOfCase, () => list(catalog.read)), isLong ? null : longestMs));
    const { indexes, readsAll } = await planOf(catalog.read, 'segment', list);
    plans.push(`${database}, ${name}: ${[...(readsAll ? ['EVERY ROW'] : []), ...indexes].join(', ') || 'nothing'}`);
  }
  const content = (at: number) => ({ ...emptySegment, code: `new-${at}`, short_name: `Visitors of page x ${at}` });
  const create = (at: number) =>
    catalog.change(server, async (change) =>
      insertSegment(change, segmentRow(await change.newIds('segment'), segmentOwners.large, content(at), Date.now())),
    );
  const update = (at: number) =>
    catalog.change(server, async (change) => {
      const before = await readSegmentRow(change.db, 40_000 + at);
      if (before) await updateSegment(change, before, { ...before, short_name: `x ${at}`, short_name_folded: `x ${at}` });
    });
  rows.push(
    row('POST, one change synced', await timed(runsOfCase, create), null),
    row('PUT, one change synced', await timed(runsOfCase, update), null),
  );
  return { rows, plans };
}

/** Queries of GET /segment and changes, straight at the catalog: what is measured is the database and the way to it. */
export const catalog: Scenario = {
  name: 'catalog',
  summary: `the queries of GET /segment and changes over ${segments} segments, on SQLite and PostgreSQL`,
  async run({ folder, peers, say }): Promise<ScenarioResult> {
    const rows: Row[] = [];
    const plans: string[] = [];
    const add = async (name: string, place: CatalogPlace): Promise<void> => {
      say(`catalog: ${segments} segments on ${name}`);
      try {
        await place.catalog.change(server, (change) => fillSegments(change, segments));
        // PostgreSQL does so by itself a minute later; SQLite does not.
        if (name === 'PostgreSQL') await sql`vacuum analyze`.execute(place.catalog.read);
        const measured = await measure(place, name);
        rows.push(...measured.rows);
        plans.push(...measured.plans);
      } finally {
        await place.close();
      }
    };
    await add('SQLite', await openSqliteCatalog({ file: join(folder, 'segments.sqlite'), durability: 'fsync' }, systemClock));
    const postgres = await peers.server('postgres');
    if (postgres) {
      const dataPath = join(folder, 'catalog');
      mkdirSync(dataPath);
      const url = `postgres://${postgresUser}@127.0.0.1:${postgres.port}/postgres`;
      const ignored = (): void => undefined;
      const told = { onState: ignored, onRival: ignored, onPlainSearch: ignored, onViewFailure: ignored };
      const place = { url, durability: 'fsync', readers: 4 } as const;
      await add('PostgreSQL', await openPostgresCatalog({ place, clock: systemClock, dataPath, ...told }));
    }
    const notes = ['catalog: a list counts all matches and reads a page of 100', ...plans.map((plan) => `plan on ${plan}`)];
    return { scenario: 'catalog', rows, notes, runs: [] };
  },
};
