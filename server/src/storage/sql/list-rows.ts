import { type ExpressionBuilder, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import { fold } from '../../kit/fold.ts';
import { isListable, type ListField, type ListFields, type ListFilter, type ListQuery } from '../../kit/list-query.ts';
import type { CatalogTables } from './catalog-schema.ts';

type Table = keyof CatalogTables;
type Query<T extends Table> = SelectQueryBuilder<CatalogTables, T, unknown>;

/**
 * Runs a list request against a query that already holds the caller's own limits (whose objects it may see).
 * Every service lists through this: the page in the asked order, nulls first when ascending, ties by id, and the count of all matches.
 */
export async function listRows<T extends Table, Row>(
  base: SelectQueryBuilder<CatalogTables, T, Row>,
  fields: ListFields,
  query: ListQuery,
): Promise<{ rows: Row[]; count: number }> {
  let filtered = base as unknown as Query<T>;
  for (const filter of query.filters) filtered = applyFilter(filtered, fields, filter);
  if (query.search !== null) filtered = applySearch(filtered, fields, query.search);
  const counted = await filtered
    .clearSelect()
    .select((eb: ExpressionBuilder<CatalogTables, T>) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  const count = Number((counted as { count: number | bigint }).count);
  if (count <= query.startElement) return { rows: [], count };
  let ordered = filtered;
  for (const { field, descending } of query.sort) {
    const column = fields[field]?.column;
    if (column === undefined) continue;
    ordered = ordered.orderBy(sql.ref(column), (order) => (descending ? order.desc().nullsLast() : order.asc().nullsFirst()));
  }
  if (!query.sort.some(({ field }) => field === 'id')) ordered = ordered.orderBy(valueOf(fieldOf(fields, 'id')), 'asc');
  const rows = await ordered.limit(query.numElements).offset(query.startElement).execute();
  return { rows: rows as Row[], count };
}

function fieldOf(fields: ListFields, name: string): ListField {
  const field = fields[name];
  if (!isListable(field) || !field) throw new Error(`lists cannot be filtered by ${name}`);
  return field;
}

/** What a filter compares: times by the second, as they are shown. */
function valueOf(field: ListField): RawBuilder<unknown> {
  if (field.column === undefined) return sql`${sql.lit(field.constant ?? null)}`;
  const column = sql.ref(field.column);
  return field.type === 'timestamp' ? sql`(${column} - ${column} % 1000)` : column;
}

function applyFilter<T extends Table>(query: Query<T>, fields: ListFields, filter: ListFilter): Query<T> {
  const field = fieldOf(fields, filter.field);
  const column = valueOf(field);
  switch (filter.is) {
    case 'in':
    case 'not-in': {
      const ignoresCase = field.ignoresCase && field.foldedColumn;
      const left = ignoresCase ? sql.ref(field.foldedColumn as string) : column;
      const values = filter.values.map((value) => (typeof value === 'boolean' ? Number(value) : ignoresCase ? fold(String(value)) : value));
      const list = sql.join(values);
      return query.where(
        filter.is === 'in' ? sql<boolean>`${left} in (${list})` : sql<boolean>`(${left} is null or ${left} not in (${list}))`,
      );
    }
    case 'min':
    case 'max': {
      const compared = filter.is === 'min' ? sql<boolean>`${column} >= ${filter.value}` : sql<boolean>`${column} <= ${filter.value}`;
      return query.where(filter.orNull ? sql<boolean>`(${column} is null or ${compared})` : compared);
    }
    case 'like':
      return query.where(contains(field, filter.value));
  }
}

function applySearch<T extends Table>(query: Query<T>, fields: ListFields, search: string): Query<T> {
  const places = Object.values(fields).filter((field) => field.search);
  return query.where((eb: ExpressionBuilder<CatalogTables, T>) => eb.or(places.map((field) => contains(field, search))));
}

/**
 * The field contains the text, whatever its case; `%` and `_` in the text are themselves. Numbers are compared as digits. Text
 * without a folded column holds ASCII.
 */
function contains(field: ListField, text: string) {
  const pattern = `%${fold(text).replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
  const plain = field.type === 'int' ? sql`cast(${valueOf(field)} as text)` : sql`lower(${valueOf(field)})`;
  const left = field.foldedColumn === undefined ? plain : sql.ref(field.foldedColumn);
  return sql<boolean>`${left} like ${pattern} escape '\\'`;
}
