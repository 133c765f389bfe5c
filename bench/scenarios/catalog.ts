import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { systemClock } from '../../server/src/kit/clock.ts';
import type { ListQuery } from '../../server/src/kit/list-query.ts';
import { setEnabled } from '../../server/src/marketplace/store/data-buyer-provider-store.ts';
import { insertMember } from '../../server/src/members/store/member-store.ts';
import { emptySegment } from '../../server/src/segments/segment.ts';
import {
  insertSegment,
  listSegments,
  readSegmentRow,
  segmentRow,
  type Sight,
  updateSegment,
} from '../../server/src/segments/store/segment-store.ts';
import { sharingHooks as hooks } from '../../server/src/sharing/sharing-hooks.ts';
import { insertRecord } from '../../server/src/sharing/store/sharing-store.ts';
import type { ChangeContext } from '../../server/src/storage/sql/catalog-change.ts';
import type { CatalogPlace } from '../../server/src/storage/sql/catalog-place.ts';
import { openPostgresCatalog } from '../../server/src/storage/sql/postgres-catalog.ts';
import { openSqliteCatalog } from '../../server/src/storage/sql/sqlite-catalog.ts';
import { postgresUser } from '../peers/postgres-server.ts';
import { median, spreadOf } from '../statistics/median.ts';
import { atMost } from '../report/target.ts';
import { plainRow, type Row, type Scenario, type ScenarioResult } from './scenario.ts';

/** 100,000 segments: one member has half of them, 50 members have 1,000 each. */
const segments = 100_000;
const large = 10;
const firstSmall = 1_000;
const smallMembers = 50;
const buyer = 20;
const rowsPerStatement = 250;
const runsOfCase = 9;
/** A query of GET /segment takes at most so long in the median. */
const longestMs = 5;
const baseMs = Date.UTC(2026, 0, 1);

const server: ChangeContext = { operation: 'bench', requestId: null, accountId: null, username: null, accountMemberId: null };
const ownerOf = (id: number): number => (id % 2 === 0 ? large : firstSmall + (id % (2 * smallMembers)));

async function fill({ catalog }: CatalogPlace): Promise<void> {
  await catalog.change(server, async (change) => {
    const owners = [large, ...Array.from({ length: smallMembers }, (_, at) => firstSmall + 2 * at + 1)];
    for (const id of owners) await insertMember(change, { id, name: `Member ${id}`, primary_type: 'data_provider' });
    await insertMember(change, { id: buyer, name: 'Buyer', primary_type: 'buyer' });
    for (const id of [large, firstSmall + 1]) {
      await setEnabled(change, { buyer, provider: id, active: true });
      await insertRecord(change, { dataMember: id, buyer, exposure: { kind: 'all' }, exportAllowed: false });
    }
    for (let first = 1; first <= segments; first += rowsPerStatement) {
      const rows = Array.from({ length: rowsPerStatement }, (_, at) => rowOf(first + at));
      await change.db.insertInto('segment').values(rows).execute();
    }
    await change.reserveIds('segment', segments);
  });
}

const rowOf = (id: number) =>
  segmentRow(
    id,
    ownerOf(id),
    { ...emptySegment, code: `code-${id}`, short_name: `Visitors of page ${(id * 7919) % segments}` },
    baseMs + id * 1000,
  );

type Case = readonly [name: string, member: number | null, query: Partial<ListQuery>];

/** The list requests of GET /segment. */
const casesOf = (member: number | null, what: string, count: number): readonly Case[] => [
  [`${what}: by id`, member, { filters: [{ field: 'id', is: 'in', values: [40_001, 40_002] }] }],
  [`${what}: by code`, member, { filters: [{ field: 'code', is: 'in', values: ['CODE-40001', 'code-40002'] }] }],
  [`${what}: first page`, member, {}],
  [`${what}: last page`, member, { startElement: Math.max(0, count - 100) }],
  [`${what}: search`, member, { search: 'page 4242' }],
  [`${what}: like_short_name`, member, { filters: [{ field: 'short_name', is: 'like', value: 'page 4242' }] }],
  [`${what}: min_last_modified`, member, { filters: [{ field: 'last_modified', is: 'min', value: baseMs + 99_000_000, orNull: false }] }],
  [`${what}: sort by short_name`, member, { sort: [{ field: 'short_name', descending: true }] }],
];

const all: readonly Case[] = [
  ...casesOf(firstSmall + 1, 'member with 1,000', 1_000),
  ...casesOf(large, 'member with 50,000', 50_000),
  ...casesOf(buyer, 'buyer of 51,000 shared', 51_000),
  ...casesOf(null, 'administrator', segments),
];

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

async function measure(place: CatalogPlace, database: string): Promise<Row[]> {
  const { catalog } = place;
  const row = (name: string, taken: number[], limitMs: number | null): Row =>
    plainRow(
      `catalog, ${name}`,
      database,
      { ...spreadOf(taken), unit: 'ms' },
      limitMs === null ? [] : [atMost(limitMs, 'ms', median(taken))],
    );
  const rows: Row[] = [];
  for (const [name, member, query] of all) {
    const sight: Sight = { member, includeShared: true, hooks };
    const whole = { filters: [], search: null, sort: [], startElement: 0, numElements: 100, ...query };
    rows.push(row(name, await timed(runsOfCase, () => listSegments(catalog.read, sight, whole)), longestMs));
  }
  const create = (at: number) =>
    catalog.change(server, async (change) => insertSegment(change, { ...rowOf(segments + at + 1), id: await change.newIds('segment') }));
  const update = (at: number) =>
    catalog.change(server, async (change) => {
      const before = await readSegmentRow(change.db, 40_000 + at);
      if (before) await updateSegment(change, before, { ...before, short_name: `x ${at}`, short_name_folded: `x ${at}` });
    });
  rows.push(
    row('POST, one change synced', await timed(runsOfCase, create), null),
    row('PUT, one change synced', await timed(runsOfCase, update), null),
  );
  return rows;
}

/** Queries of GET /segment and changes, straight at the catalog: what is measured is the database and the way to it. */
export const catalog: Scenario = {
  name: 'catalog',
  summary: `the queries of GET /segment and changes over ${segments} segments, on SQLite and PostgreSQL`,
  async run({ folder, peers, say }): Promise<ScenarioResult> {
    const rows: Row[] = [];
    const add = async (name: string, place: CatalogPlace): Promise<void> => {
      say(`catalog: ${segments} segments on ${name}`);
      try {
        await fill(place);
        // PostgreSQL does so by itself a minute later; SQLite does not.
        if (name === 'PostgreSQL') await sql`analyze`.execute(place.catalog.read);
        rows.push(...(await measure(place, name)));
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
    return { scenario: 'catalog', rows, notes: ['catalog: a list counts all matches and reads a page of 100'], runs: [] };
  },
};
