import { type ExpressionBuilder, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import { fold } from '../../kit/fold.ts';
import { isListable, type ListField, type ListFields, type ListFilter, type ListQuery } from '../../kit/list-query.ts';
import type { CatalogTables } from './catalog-schema.ts';

type Table = keyof CatalogTables;
type Query<T extends Table> = SelectQueryBuilder<CatalogTables, T, unknown>;

/** The rows that a list request asks for, of those of the query. */
export function filtered<T extends Table>(query: Query<T>, fields: ListFields, { filters, search }: ListQuery): Query<T> {
  let found = query;
  for (const filter of filters) found = applyFilter(found, fields, filter);
  return search === null ? found : applySearch(found, fields, search);
}

/** A field that lists can be filtered and sorted by. */
export function fieldOf(fields: ListFields, name: string): ListField {
  const field = fields[name];
  if (!isListable(field) || !field) throw new Error(`lists cannot be filtered by ${name}`);
  return field;
}

/** Times are compared by the second, as they are shown. */
const secondMs = 1000;

/** What a filter compares. */
function valueOf(field: ListField): RawBuilder<unknown> {
  return field.column === undefined ? sql`${sql.lit(field.constant ?? null)}` : sql.ref(field.column);
}

function applyFilter<T extends Table>(query: Query<T>, fields: ListFields, filter: ListFilter): Query<T> {
  const field = fieldOf(fields, filter.field);
  const column = valueOf(field);
  const isTime = field.type === 'timestamp';
  switch (filter.is) {
    case 'in':
    case 'not-in': {
      const ignoresCase = field.ignoresCase && field.foldedColumn;
      const left = ignoresCase ? sql.ref(field.foldedColumn as string) : isTime ? sql`(${column} - ${column} % ${secondMs})` : column;
      const values = filter.values.map((value) => (typeof value === 'boolean' ? Number(value) : ignoresCase ? fold(String(value)) : value));
      const list = sql.join(values);
      if (filter.is === 'not-in') return query.where(sql<boolean>`(${left} is null or ${left} not in (${list}))`);
      // The span of the times is what an index can find.
      const times = isTime ? values.map(Number) : [];
      const span = isTime ? sql`${column} >= ${Math.min(...times)} and ${column} < ${Math.max(...times) + secondMs} and ` : sql``;
      return query.where(sql<boolean>`(${span}${left} in (${list}))`);
    }
    case 'min':
    case 'max': {
      const highest = isTime ? sql`< ${filter.value + secondMs}` : sql`<= ${filter.value}`;
      const compared = filter.is === 'min' ? sql<boolean>`${column} >= ${filter.value}` : sql<boolean>`${column} ${highest}`;
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
