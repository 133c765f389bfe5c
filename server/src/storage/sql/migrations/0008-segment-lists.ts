import { type Kysely, PostgresAdapter, sql } from 'kysely';

/**
 * What the lists of segments are read by: indexes for the orders and filters that they are asked for, counts kept by the database
 * itself, and on SQLite an index of all pieces of three characters. PostgreSQL's needs an extension that may be missing
 * (postgres-text-search.ts). Whatever is derived here is filled by triggers, so that rows can come from anywhere.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const onPostgres = db.getExecutor().adapter instanceof PostgresAdapter;
  // Lists have nulls first when ascending, which is SQLite's own order.
  const nullsFirst = onPostgres ? sql` nulls first` : sql``;
  for (const column of ['short_name', 'code', 'last_modified', 'state']) {
    const sorted = sql`${sql.ref(column)}${nullsFirst}`;
    await sql`create index ${sql.ref(`segment_by_member_${column}`)} on segment (member_id, ${sorted}, id)`.execute(db);
    await sql`create index ${sql.ref(`segment_by_${column}`)} on segment (${sorted}, id)`.execute(db);
  }
  await db.schema.createIndex('segment_by_code_folded').on('segment').column('code_folded').execute();
  await db.schema
    .createTable('segment_count')
    .addColumn('member_id', 'bigint', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('segments', 'bigint', (c) => c.notNull())
    .addColumn('of_member_level', 'bigint', (c) => c.notNull())
    .execute();
  const byMember = db.schema.createIndex('segment_count_by_member').on('segment_count').columns(['member_id', 'state']);
  await (onPostgres ? byMember : byMember.unique()).execute();
  await sql`
    insert into segment_count (member_id, state, segments, of_member_level)
    select member_id, state, count(*), sum(case when advertiser_id is null then 1 else 0 end) from segment group by member_id, state
  `.execute(db);
  if (onPostgres) await countOnPostgres(db);
  else await countAndIndexTextOnSqlite(db);
}

/** Of 200 statements one: lists then add up some 200 rows of a busy member. */
const timesJoined = 0.005;

/**
 * Each statement adds a row with what it changed, and now and then a member's rows become one again. One row that is written many times in
 * a transaction would become slower with each: an import of 30,000 segments took ten times as long.
 */
async function countOnPostgres(db: Kysely<unknown>): Promise<void> {
  const counted = (rows: string, sign: 1 | -1): string =>
    `select member_id, state, ${sign} as one, case when advertiser_id is null then ${sign} else 0 end as free from ${rows}`;
  const triggers = [
    ['insert', 'new table as added', counted('added', 1)],
    ['delete', 'old table as gone', counted('gone', -1)],
    ['update', 'old table as gone new table as added', `${counted('added', 1)} union all ${counted('gone', -1)}`],
  ] as const;
  for (const [event, tables, rows] of triggers) {
    const name = `segment_count_${event}`;
    await sql
      .raw(
        `create function ${name}() returns trigger language plpgsql as $$ begin
          insert into segment_count (member_id, state, segments, of_member_level)
          select member_id, state, sum(one), sum(free) from (${rows}) as changed
          group by member_id, state having sum(one) <> 0 or sum(free) <> 0;
          if random() < ${timesJoined} then
            with joined as (
              delete from segment_count where member_id in (select member_id from (${rows}) as changed) returning *
            )
            insert into segment_count (member_id, state, segments, of_member_level)
            select member_id, state, sum(segments), sum(of_member_level) from joined group by member_id, state;
          end if;
          return null;
        end $$`,
      )
      .execute(db);
    await sql
      .raw(`create trigger ${name} after ${event} on segment referencing ${tables} for each statement execute function ${name}()`)
      .execute(db);
  }
}

async function countAndIndexTextOnSqlite(db: Kysely<unknown>): Promise<void> {
  const count = (row: 'new' | 'old', sign: 1 | -1): string => `
    insert into segment_count (member_id, state, segments, of_member_level)
    values (${row}.member_id, ${row}.state, ${sign}, iif(${row}.advertiser_id is null, ${sign}, 0))
    on conflict (member_id, state) do update set
      segments = segments + excluded.segments, of_member_level = of_member_level + excluded.of_member_level;`;
  const addText = `
    insert into segment_text (rowid, id, code_folded, short_name_folded)
    values (new.id, new.id, new.code_folded, new.short_name_folded);`;
  const dropText = 'delete from segment_text where rowid = old.id;';
  // Its texts are folded already. Where in a text a piece stands is not kept: whoever asks looks at the text itself.
  await sql`
    create virtual table segment_text using fts5(
      id, code_folded, short_name_folded,
      content = '', contentless_delete = 1, detail = none, tokenize = 'trigram case_sensitive 1'
    )`.execute(db);
  await sql`
    insert into segment_text (rowid, id, code_folded, short_name_folded) select id, id, code_folded, short_name_folded from segment
  `.execute(db);
  // An update writes all columns, whether they change or not.
  const differs = (...columns: string[]): string => columns.map((column) => `old.${column} is not new.${column}`).join(' or ');
  const triggers = [
    ['segment_added', 'insert on segment', `${count('new', 1)} ${addText}`],
    ['segment_gone', 'delete on segment', `${count('old', -1)} ${dropText}`],
    ['segment_moved', `update on segment when ${differs('member_id', 'state', 'advertiser_id')}`, `${count('old', -1)} ${count('new', 1)}`],
    ['segment_renamed', `update on segment when ${differs('id', 'code_folded', 'short_name_folded')}`, `${dropText} ${addText}`],
  ] as const;
  for (const [name, event, statements] of triggers)
    await sql.raw(`create trigger ${name} after ${event} begin ${statements} end`).execute(db);
}
