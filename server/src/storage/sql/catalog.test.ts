import { type Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { StandingClock } from '../../../test/platform-server.ts';
import { temporaryCatalog, type TemporaryCatalog } from '../../../test/temporary-catalog.ts';
import type { CatalogChange, ChangeContext } from './catalog-change.ts';
import type { AuditEventTable, Touched } from './catalog-schema.ts';
import type { Catalog } from './catalog.ts';

const joe: ChangeContext = { operation: 'updateThing', requestId: 'r-1', accountId: 7, username: 'joe', accountMemberId: 3 };
let opened: TemporaryCatalog;
let catalog: Catalog;

beforeAll(async () => {
  opened = await temporaryCatalog(new StandingClock(1000));
  ({ catalog } = opened);
});
afterAll(() => opened.remove());

async function openAgain(): Promise<void> {
  opened = await opened.reopened();
  ({ catalog } = opened);
}
beforeEach(async () => {
  for (const table of ['audit_event', 'instant_hour', 'id_sequence'] as const) await catalog.read.deleteFrom(table).execute();
});

const events = (): Promise<AuditEventTable[]> => catalog.read.selectFrom('audit_event').selectAll().orderBy('id').execute();
const note = (change: CatalogChange, id: number) =>
  change.db.insertInto('instant_hour').values({ member_id: id, hour: 0, counts: '{}' }).execute();
const notes = async (): Promise<number[]> =>
  (await catalog.read.selectFrom('instant_hour').select('member_id').orderBy('member_id').execute()).map((row) => row.member_id);
const thing = { objectType: 'thing', objectId: 5, memberId: 3 };

describe('the audit trail', () => {
  it('is written with the change, with who and what', async () => {
    await catalog.change(joe, async (change) => change.record({ ...thing, before: null, after: { name: 'a', size: null } }));
    expect(await events()).toEqual([
      {
        id: 1,
        created_on: 1000,
        request_id: 'r-1',
        account_id: 7,
        username: 'joe',
        account_member_id: 3,
        member_id: 3,
        operation: 'updateThing',
        object_type: 'thing',
        object_id: '5',
        before: null,
        after: '{"name":"a","size":null}',
      },
    ]);
  });
  it('holds the changed fields alone', async () => {
    await catalog.change(joe, async (change) =>
      change.record({
        ...thing,
        before: { a: 1, list: [1], b: 2, last_modified: 1 },
        after: { a: 1, list: [1, 2], b: 3, last_modified: 2 },
      }),
    );
    const [event] = await events();
    expect([event?.before, event?.after]).toEqual(['{"list":[1],"b":2}', '{"list":[1,2],"b":3}']);
  });
  it('has no event where nothing changes', async () => {
    await catalog.change(joe, async (change) => {
      change.record({ ...thing, before: { a: 1, last_modified: 1 }, after: { a: 1, last_modified: 2 } });
      change.record({ ...thing, before: null, after: null });
    });
    expect(await events()).toEqual([]);
  });
  it('masks secrets, and still tells that they changed', async () => {
    await catalog.change(joe, async (change) =>
      change.record({
        ...thing,
        before: { password_hash: 'old-secret', name_folded: 'a' },
        after: { password_hash: 'new-secret', name_folded: 'b' },
      }),
    );
    const [event] = await events();
    expect([event?.before, event?.after]).toEqual(['{"password_hash":"***"}', '{"password_hash":"***"}']);
  });
  it('goes back with a change that is refused', async () => {
    const refused = catalog.change(joe, async (change) => {
      await note(change, 1);
      change.record({ ...thing, before: null, after: { a: 1 } });
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    expect([await events(), await notes()]).toEqual([[], []]);
  });
  it('takes thousands of events in one change, in order', async () => {
    await catalog.change(joe, async (change) => {
      for (let i = 0; i < 5000; i++) change.record({ ...thing, objectId: i, before: null, after: { i } });
    });
    const all = await events();
    expect(all).toHaveLength(5000);
    expect(all.map((event) => event.object_id)).toEqual(Array.from({ length: 5000 }, (_, i) => String(i)));
  });
});

describe('changes', () => {
  it('run one after the other, each on what the one before left', async () => {
    const count = (change: CatalogChange) =>
      change.db
        .selectFrom('instant_hour')
        .select(sql<number>`count(*)`.as('count'))
        .executeTakeFirstOrThrow();
    const seen = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        catalog.change(joe, async (change) => {
          const { count: before } = await count(change);
          await note(change, i);
          return before;
        }),
      ),
    );
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });
  it('are seen from outside when they are committed, not before; reads do not wait for them', async () => {
    let during: number[] = [];
    await catalog.change(joe, async (change) => {
      await note(change, 1);
      during = await notes();
    });
    expect([during, await notes()]).toEqual([[], [1]]);
  });
  it('leave the next one alone when they fail', async () => {
    const outcomes = await Promise.allSettled([
      catalog.change(joe, (change) => note(change, 1)),
      catalog.change(joe, (change) => note(change, 1)),
      catalog.change(joe, (change) => note(change, 2)),
    ]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await notes()).toEqual([1, 2]);
  });
  it('tell what they touched, once they are committed', async () => {
    const told: Touched[] = [];
    catalog.onCommit(async (touched) => void told.push(touched));
    await catalog.change(joe, async (change) => {
      change.touch('segment', 1);
      change.touch('segment', 2);
      change.touch('member');
      change.touch('member', 5);
    });
    await catalog.change(joe, async (change) => change.touch('member', 9)).then(() => {});
    await catalog
      .change(joe, async (change) => {
        change.touch('account', 1);
        throw new Error('refused');
      })
      .catch(() => {});
    expect(told).toEqual([
      new Map<string, unknown>([
        ['segment', new Set([1, 2])],
        ['member', null],
      ]),
      new Map([['member', new Set([9])]]),
    ]);
  });
});

describe('ids', () => {
  const ids = (count?: number): Promise<number> => catalog.change(joe, (change) => change.newIds('segment', count));
  it('ascend, one by one and in runs', async () => expect([await ids(), await ids(3), await ids()]).toEqual([1, 2, 5]));
  it('start behind what was reserved', async () => {
    await catalog.change(joe, (change) => change.reserveIds('segment', 99));
    expect(await ids()).toBe(100);
  });
  it('never go back', async () => {
    await ids(50);
    await catalog.change(joe, (change) => change.reserveIds('segment', 10));
    expect(await ids()).toBe(51);
  });
  it('are given once, however many ask at once', async () => {
    const given = await Promise.all(Array.from({ length: 30 }, () => ids(2)));
    expect(new Set(given).size).toBe(30);
  });
});

describe('migrations', () => {
  it('run once, and what is there stays', async () => {
    await catalog.change(joe, (change) => note(change, 5));
    await openAgain();
    expect(await notes()).toEqual([5]);
  });
  it('leave nothing behind when they fail', async () => {
    const up = async (inner: Kysely<unknown>): Promise<void> => {
      await inner.schema.createTable('half').addColumn('id', 'integer').execute();
      throw new Error('broken');
    };
    const provider = { getMigrations: async () => ({ '0001': { up } }) };
    const names = { migrationTableName: 'other_migration', migrationLockTableName: 'other_lock' };
    const { error } = await new Migrator({ db: catalog.read, provider, ...names }).migrateToLatest();
    expect(error).toMatchObject({ message: 'broken' });
    const tables = await catalog.read.introspection.getTables();
    expect(tables.map((table) => table.name)).not.toContain('half');
  });
});

describe('a transaction', () => {
  it('in which a statement failed is not committed, even if nobody looked at the failure', async () => {
    await catalog.change(joe, (change) => note(change, 1));
    const swallowed = catalog.change(joe, async (change) => {
      await note(change, 2);
      await note(change, 1).catch(() => {});
      throw new Error('refused');
    });
    await expect(swallowed).rejects.toThrow('refused');
    expect(await notes()).toEqual([1]);
  });
  it('refuses what refers to nothing', async () => {
    const dangling = catalog.change(joe, (change) =>
      change.db.insertInto('data_category').values({ id: 1, member_id: 424242, name: 'x' }).execute(),
    );
    await expect(dangling).rejects.toThrow(/foreign key/i);
  });
});

describe('values', () => {
  it('are the same after writing and reading, up to the largest number of JavaScript', async () => {
    await catalog.read.insertInto('id_sequence').values({ name: 'É ß İ 😀 \\ %', next_id: Number.MAX_SAFE_INTEGER }).execute();
    expect(await catalog.read.selectFrom('id_sequence').selectAll().execute()).toEqual([
      { name: 'É ß İ 😀 \\ %', next_id: Number.MAX_SAFE_INTEGER },
    ]);
  });
  it('of text are ordered and compared by their bytes, whatever the locale', async () => {
    for (const name of ['b', 'a', 'B', 'É', 'z', '_', '1'])
      await catalog.read.insertInto('id_sequence').values({ name, next_id: 1 }).execute();
    const rows = await catalog.read.selectFrom('id_sequence').select('name').orderBy('name').execute();
    expect(rows.map(({ name }) => name)).toEqual(['1', 'B', '_', 'a', 'b', 'z', 'É']);
  });
  it('of sums and counts are numbers', async () => {
    await catalog.change(joe, (change) => note(change, 7));
    const row = await catalog.read
      .selectFrom('instant_hour')
      .select(({ fn }) => [fn.countAll<number>().as('count'), fn.sum<number>('member_id').as('sum')])
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ count: 1, sum: 7 });
  });
});

describe('a catalog that is closed', () => {
  it('refuses instead of waiting for ever', async () => {
    await catalog.close();
    await expect(notes()).rejects.toThrow(/ended|destroyed|closed/);
    expect(await catalog.check()).not.toBe('ok');
    await openAgain();
  });
});
