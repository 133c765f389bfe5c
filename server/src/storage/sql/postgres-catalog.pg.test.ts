import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onPostgres, temporaryDatabase, type TemporaryDatabase } from '../../../test/postgres-databases.ts';
import { temporaryFolder } from '../../../test/running-server.ts';
import { postgresUrl } from '../../../test/temporary-catalog.ts';
import { systemClock } from '../../kit/clock.ts';
import { Refusal } from '../../kit/refusal.ts';
import { StartRefused } from '../../kit/start-refused.ts';
import { fillSegments } from '../../../test/segment-list-cases.ts';
import type { Catalog } from './catalog.ts';
import type { CatalogChange, ChangeContext } from './catalog-change.ts';
import type { CatalogPlace } from './catalog-place.ts';
import type { Touched } from './catalog-schema.ts';
import { openPostgresCatalog } from './postgres-catalog.ts';
import { copyToPostgres } from './postgres-copy.ts';
import { segmentsWithText } from './text-search.ts';
import { openWriter } from './postgres-start.ts';
import { openSqliteCatalog } from './sqlite-catalog.ts';

const server = postgresUrl() ?? '';
const joe: ChangeContext = { operation: 'updateThing', requestId: null, accountId: null, username: null, accountMemberId: null };
const folder = temporaryFolder('owner');
let database: TemporaryDatabase;
let opened: CatalogPlace[] = [];
const states: string[] = [];

beforeEach(async () => {
  database = await temporaryDatabase(server);
  states.length = 0;
});
afterEach(async () => {
  for (const place of opened) await place.close();
  opened = [];
  await database.remove();
});
afterAll(() => folder.remove());

let directories = 0;
function newDirectory(): string {
  const path = join(folder.path, `data-${++directories}`);
  mkdirSync(path);
  return path;
}

async function open(dataPath: string | undefined, url = database.url): Promise<CatalogPlace> {
  const place = await openPostgresCatalog({
    place: { url, durability: 'os', readers: 2 },
    clock: systemClock,
    dataPath,
    onState: (state) => states.push(state),
    onRival: () => states.push('rival'),
    onPlainSearch: (why) => states.push(why),
    onViewFailure: (error) => states.push(String(error)),
  });
  opened.push(place);
  return place;
}

async function refusedOf(opening: Promise<unknown>): Promise<{ code: number; message: string }> {
  const error: unknown = await opening.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof StartRefused)) throw new Error('was not refused', { cause: error });
  return { code: error.code, message: error.message };
}

async function close(place: CatalogPlace): Promise<void> {
  await place.close();
  opened = opened.filter((each) => each !== place);
}

const note = (change: CatalogChange, id: number) =>
  change.db.insertInto('instant_hour').values({ member_id: id, hour: 0, counts: '{}' }).execute();
const notes = async ({ catalog }: CatalogPlace): Promise<number[]> =>
  (await catalog.read.selectFrom('instant_hour').select('member_id').orderBy('member_id').execute()).map((row) => row.member_id);

/** Ends connections as a restart of the database does. */
const endConnections = (): Promise<unknown> =>
  onPostgres(server, (client) =>
    client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [database.url.split('/').at(-1)]),
  );

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 200) throw new Error('it does not come true');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

describe('a catalog has one owner', () => {
  it('a second server is refused while the first one lives, with its own data directory or none', async () => {
    await open(newDirectory());
    const { code, message } = await refusedOf(open(newDirectory()));
    expect([code, message]).toEqual([4, expect.stringContaining('is in use by another server')]);
    expect(message).not.toContain('postgres://');
  });
  it('and taken over at once where the first one has ended', async () => {
    const directory = newDirectory();
    await close(await open(directory));
    expect(await (await open(directory)).check()).toBe('ok');
  });
  it('who was cut off has the lock again, or changes nothing', async () => {
    const place = await open(newDirectory());
    await endConnections();
    await until(() => states.includes('back'));
    expect(states).toEqual(['lost', 'back']);
    await place.catalog.change(joe, (change) => note(change, 1));
    expect(await notes(place)).toEqual([1]);
    expect((await refusedOf(open(newDirectory()))).code).toBe(4);
  });
  it('while another one has the lock, changes are refused with 503, reads go on, and readiness tells', async () => {
    const place = await open(newDirectory());
    const rival = new Client({ connectionString: database.url });
    rival.on('error', () => {});
    await rival.connect();
    // Waits for the lock, and so gets it before the server that lost it asks again.
    const taken = rival.query('select pg_advisory_lock(1179605317, 1)');
    await onPostgres(server, (client) =>
      client.query(
        "select pg_terminate_backend(l.pid) from pg_locks l join pg_database d on d.oid = l.database where l.locktype = 'advisory' and l.granted and l.objid = 1 and d.datname = $1",
        [database.url.split('/').at(-1)],
      ),
    );
    await taken;
    await until(() => states.includes('lost'));
    await expect(place.catalog.change(joe, (change) => note(change, 1))).rejects.toThrow(Refusal);
    expect(await place.check()).toContain('cannot be changed');
    expect(await notes(place)).toEqual([]);
    await rival.end();
    await until(async () => (await place.check()) === 'ok');
  });
});

describe('a catalog and its profiles belong together', () => {
  it('another data directory is refused, even when nobody runs', async () => {
    await close(await open(newDirectory()));
    expect(await refusedOf(open(newDirectory()))).toEqual({ code: 9, message: expect.stringContaining('another data directory') });
  });
  it('another database is refused for a directory that has profiles', async () => {
    const directory = newDirectory();
    await close(await open(directory));
    mkdirSync(join(directory, 'profiles'));
    writeFileSync(join(directory, 'profiles', 'manifest'), '');
    const other = await temporaryDatabase(server, 'empty');
    try {
      expect(await refusedOf(open(directory, other.url))).toEqual({ code: 9, message: expect.stringContaining('another catalog') });
      const tables = await new Promise<number>((resolve, reject) => {
        const client = new Client({ connectionString: other.url });
        client
          .connect()
          .then(() => client.query("select 1 from pg_tables where schemaname = 'public'"))
          .then(({ rowCount }) => client.end().then(() => resolve(rowCount ?? 0)), reject);
      });
      expect(tables).toBe(0);
    } finally {
      await other.remove();
    }
  });
  it('a directory with a catalog of its own is refused', async () => {
    const directory = newDirectory();
    writeFileSync(join(directory, 'catalog.sqlite'), '');
    expect(await refusedOf(open(directory))).toEqual({ code: 9, message: expect.stringContaining('a catalog of its own') });
  });
  it('a start that was killed between the two notes is taken up again', async () => {
    const directory = newDirectory();
    const place = await open(directory);
    await place.catalog.read.updateTable('catalog_state').set({ catalog_id: null }).execute();
    const before = readFileSync(join(directory, 'catalog-id'), 'utf8');
    await close(place);
    await close(await open(directory));
    expect(readFileSync(join(directory, 'catalog-id'), 'utf8')).not.toBe(before);
    rmSync(join(directory, 'catalog-id'));
    expect((await refusedOf(open(directory))).code).toBe(9);
  });
});

describe('a database that cannot be used', () => {
  it.each([
    ['is not there', () => `${server}/nosuch`],
    ['does not answer', () => 'postgres://foyer:secret-7890@127.0.0.1:1/foyer'],
  ])('%s: one line, without the password', async (_what, url) => {
    const { code, message } = await refusedOf(open(newDirectory(), url()));
    expect(code).toBe(8);
    expect(message).toContain('cannot be used');
    expect(message).not.toContain('secret-7890');
  });
  it('that is lost while it is used: reads and changes come back with it', async () => {
    const place = await open(newDirectory());
    await place.catalog.change(joe, (change) => note(change, 1));
    await endConnections();
    expect(await notes(place)).toEqual([1]);
    await until(() => states.includes('back'));
    await place.catalog.change(joe, (change) => note(change, 2));
    expect(await notes(place)).toEqual([1, 2]);
  });
  it('that is lost in the middle of a change: 503, and nothing of it is there', async () => {
    const place = await open(newDirectory());
    const lost = place.catalog.change(joe, async (change) => {
      await note(change, 1);
      await endConnections();
      await note(change, 2);
    });
    await expect(lost).rejects.toMatchObject({ kind: { name: 'catalog.unavailable', status: 503 } });
    await until(() => states.includes('back'));
    expect(await notes(place)).toEqual([]);
  });
  it('a statement that takes too long is given up', async () => {
    // Long enough for what opening asks, however busy the machine is.
    const place = await open(newDirectory(), `${database.url}?statement_timeout=5000`);
    const holder = new Client({ connectionString: database.url });
    await holder.connect();
    await holder.query('begin; lock table instant_hour');
    await expect(place.catalog.change(joe, (change) => note(change, 1))).rejects.toMatchObject({ kind: { status: 503 } });
    await holder.end();
    await place.catalog.change(joe, (change) => note(change, 1));
    expect(await notes(place)).toEqual([1]);
  });
});

describe('the view follows other processes', () => {
  const told: (Touched | 'all')[] = [];
  const view = {
    renew: async (touched: Touched) => void told.push(touched),
    reload: async () => void told.push('all'),
  };
  beforeEach(() => void told.splice(0));

  it('a change that another one makes is heard of, with what it touched; an own one is not', async () => {
    const place = await open(newDirectory());
    await place.follow(view);
    const tool = await open(undefined);
    await place.catalog.change(joe, async (change) => change.touch('member', 1));
    await tool.catalog.change(joe, async (change) => {
      change.touch('segment', 5);
      change.touch('member');
    });
    await until(() => told.length > 0);
    expect(told).toEqual([
      new Map<string, unknown>([
        ['segment', new Set([5])],
        ['member', null],
      ]),
    ]);
  });
  it('a change of thousands is heard of by its table', async () => {
    const place = await open(newDirectory());
    await place.follow(view);
    const tool = await open(undefined);
    await tool.catalog.change(joe, async (change) => {
      for (let id = 1; id <= 5000; id++) change.touch('segment', id);
    });
    await until(() => told.length > 0);
    expect(told).toEqual([new Map([['segment', null]])]);
  });
  it('what was changed before it listened is found', async () => {
    const place = await open(newDirectory());
    const tool = await open(undefined);
    await tool.catalog.change(joe, async (change) => change.touch('segment', 5));
    await place.follow(view);
    expect(told).toEqual(['all']);
  });
  it('after a reconnect all is read again', async () => {
    const place = await open(newDirectory());
    await place.follow(view);
    await endConnections();
    await until(() => told.includes('all'));
    const tool = await open(undefined);
    told.splice(0);
    await tool.catalog.change(joe, async (change) => change.touch('segment', 5));
    await until(() => told.length > 0);
    expect(told).toEqual([new Map([['segment', new Set([5])]])]);
  });
  it('a person who changed rows by hand can tell', async () => {
    const place = await open(newDirectory());
    await place.follow(view);
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query('notify foyer_catalog');
    await client.end();
    await until(() => told.length > 0);
    expect(told).toEqual(['all']);
  });
});

it('what triggers fill is filled in a copy too', async () => {
  const place = await open(newDirectory());
  await place.catalog.change(joe, (change) => fillSegments(change, 3_000));
  const file = join(newDirectory(), 'copy.sqlite');
  await place.copyTo(file);
  const back = await temporaryDatabase(server);
  await copyToPostgres({ url: back.url, durability: 'os', readers: 2 }, file);
  const [copy, again] = [await openSqliteCatalog({ file, durability: 'os' }, systemClock), await open(undefined, back.url)];
  try {
    for (const { catalog } of [copy, again]) {
      const counts = ({ read }: Catalog) =>
        read
          .selectFrom('segment_count')
          .select(({ fn }) => ['member_id', 'state', fn.sum<number>('segments').as('segments')])
          .groupBy(['member_id', 'state'])
          .orderBy('member_id')
          .orderBy('state')
          .execute();
      expect(await counts(catalog)).toEqual(await counts(place.catalog));
    }
    const texts = await segmentsWithText(copy.catalog.read, 'code-2990');
    expect(texts).toContain(2990);
  } finally {
    await copy.close();
    await again.close();
    opened = opened.filter((each) => each !== again);
    await back.remove();
  }
});

it('counts of segments stay few rows, and right, through thousands of changes in one transaction', async () => {
  const { catalog } = await open(newDirectory());
  await catalog.change(joe, async (change) => {
    await fillSegments(change, 3_000);
    const flip = "update segment set state = case when state = 'active' then 'inactive' else 'active' end where id = 2 * (at % 400 + 1)";
    await sql.raw(`do $$ begin for at in 1..4000 loop ${flip}; end loop; end $$`).execute(change.db);
  });
  const { rows: kept } = await sql`
    select state, sum(segments) as segments, count(*) < 4000 as joined from segment_count where member_id = 10
    group by state order by state`.execute(catalog.read);
  const { rows: counted } = await sql`
    select state, count(*) as segments, true as joined from segment where member_id = 10 group by state order by state`.execute(
    catalog.read,
  );
  expect(kept).toEqual(counted);
});

it('a copy is a SQLite catalog with the same rows, and belongs to no data directory', async () => {
  const place = await open(newDirectory());
  await place.catalog.change(joe, async (change) => {
    for (let id = 1; id <= 2500; id++) await note(change, id);
    await change.newIds('segment', 7);
  });
  const file = join(newDirectory(), 'copy.sqlite');
  await place.copyTo(file);
  const copy = await openSqliteCatalog({ file, durability: 'os' }, systemClock);
  expect(await notes(copy)).toEqual(await notes(place));
  const { read } = copy.catalog;
  expect(await read.selectFrom('id_sequence').selectAll().execute()).toContainEqual({ name: 'segment', next_id: 8 });
  expect(await read.selectFrom('catalog_state').select('catalog_id').execute()).toEqual([{ catalog_id: null }]);
  await copy.close();
  expect(existsSync(`${file}-wal`)).toBe(false);
});

describe('indexes of texts', () => {
  const indexes = async ({ catalog }: CatalogPlace): Promise<string[]> => {
    const { rows } = await sql<{
      name: string;
    }>`select indexname as name from pg_indexes where indexname like 'segment_text_%' order by 1`.execute(catalog.read);
    return rows.map(({ name }) => name);
  };
  async function told(statements: string): Promise<void> {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query(statements);
    await client.end();
  }
  const all = ['segment_text_code', 'segment_text_id', 'segment_text_short_name'];

  it('are made with the catalog', async () => {
    expect(await indexes(await open(newDirectory()))).toEqual(all);
    expect(states).toEqual([]);
  });

  it('that cannot be had are told of, and are made by a later start that can', async () => {
    await told('create schema elsewhere; create extension pg_trgm schema elsewhere');
    const path = newDirectory();
    const place = await open(path);
    expect(states).toEqual([expect.stringContaining('gin_trgm_ops')]);
    expect(await indexes(place)).toEqual([]);
    await place.close();
    opened = [];
    await told('drop extension pg_trgm');
    expect(await indexes(await open(path))).toEqual(all);
    expect(states).toHaveLength(1);
  });
});

it('a migration may take its time, and nothing else', async () => {
  const place = { url: database.url, durability: 'os', readers: 1 } as const;
  const onState = (): void => undefined;
  const writer = await openWriter({ place, owner: true, patienceMs: 0, onState, onRival: onState });
  const limit = async (): Promise<unknown> => (await writer.run('show statement_timeout', [])).rows;
  try {
    expect(await writer.withoutHaste(limit)).toEqual([{ statement_timeout: '0' }]);
    expect(await limit()).toEqual([{ statement_timeout: '30s' }]);
  } finally {
    await writer.close();
  }
});
