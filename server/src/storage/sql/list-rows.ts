import { type Expression, type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { ListFields, ListQuery } from '../../kit/list-query.ts';
import type { CatalogReader, CatalogTables } from './catalog-schema.ts';
import { fieldOf, filtered } from './list-filters.ts';

type Table = keyof CatalogTables;
type Query<T extends Table> = SelectQueryBuilder<CatalogTables, T, unknown>;

/** What is known of a list's rows before they are read. */
export interface ListSight {
  readonly db: CatalogReader;
  /** Conditions of which each row of the list meets exactly one, and each of which an index serves in every order. */
  readonly parts: readonly Expression<SqlBool>[];
  /** How many rows the request asks for, where that is known. */
  readonly count: number | undefined;
  /** Ids of which every row that the request asks for has one, where that is known. */
  readonly among: readonly number[] | undefined;
}

/** So many matches are collected as an index gives them, and sorted then. */
const fewMatches = 500;
/** So many still are, in the database; where there are more they are walked in the asked order. */
const mostSorted = 5_000;

/**
 * Runs a list request against a query that already holds the caller's own limits (whose objects it may see); with `sight` they are
 * its parts. Every service lists through this: the page in the asked order, nulls first when ascending, ties by id, and the count of
 * all matches. Why in these steps: docs/decisions/0028.
 */
export async function listRows<T extends Table, Row>(
  base: SelectQueryBuilder<CatalogTables, T, Row>,
  fields: ListFields,
  query: ListQuery,
  sight?: ListSight,
): Promise<{ rows: Row[]; count: number }> {
  const matches = new Matches(base as unknown as Query<T>, fields, query, sight);
  const { startElement: start, numElements: wanted } = query;
  const read = async (found: Query<T>): Promise<Row[]> => (await found.execute()) as Row[];
  if (matches.most === 0) return { rows: [], count: 0 };
  if (start === 0 && matches.most <= wanted) {
    const rows = await read(matches.all());
    return { rows, count: rows.length };
  }
  const known = sight?.count;
  const isLong = known !== undefined && known > fewMatches;
  const few = isLong ? undefined : await matches.few();
  if (few !== undefined) {
    const rows = few.length > start && wanted > 0 ? await read(matches.sorted(few).limit(wanted).offset(start)) : [];
    return { rows, count: few.length };
  }
  const count = isLong ? known : await matches.count();
  if (count <= start || wanted === 0) return { rows: [], count };
  return { rows: await read(matches.sorted(matches.page(start, Math.min(wanted, count - start), count))), count };
}

interface SortKey {
  readonly column: string;
  readonly isId: boolean;
  readonly descending: boolean;
}

/** The rows that a list request asks for. */
class Matches<T extends Table> {
  /** There are no more of them. */
  readonly most: number;
  readonly #base: Query<T>;
  readonly #matching: Query<T>;
  readonly #db: CatalogReader | undefined;
  readonly #parts: ListSight['parts'];
  /** The same, for reading some matches in no order. */
  readonly #someParts: ListSight['parts'];
  readonly #isFiltered: boolean;
  readonly #idColumn: string;
  readonly #keys: readonly SortKey[];

  constructor(base: Query<T>, fields: ListFields, query: ListQuery, sight: ListSight | undefined) {
    const { parts = [], among } = sight ?? {};
    const named = query.filters.map((filter) => (filter.field === 'id' && filter.is === 'in' ? filter.values.length : Infinity));
    this.most = Math.min(among?.length ?? Infinity, ...named);
    this.#base = base;
    this.#db = sight?.db;
    this.#isFiltered = query.filters.length > 0 || query.search !== null;
    this.#idColumn = fieldOf(fields, 'id').column ?? 'id';
    this.#keys = sortKeys(fields, query, this.#idColumn);
    const matching = filtered(base, fields, query);
    this.#matching = among === undefined ? matching : matching.where(isOneOf(this.#idColumn, among));
    this.#parts = this.most === Infinity ? parts : together(parts);
    this.#someParts = query.search !== null || query.filters.some(({ is }) => is === 'like') ? together(parts) : this.#parts;
  }

  /** All of them in the asked order, where there are not many. */
  all(): Query<T> {
    return inOrder(
      this.#parts.reduce((rows, part) => rows.where(part), this.#matching),
      this.#keys,
      asComputed,
    );
  }

  /** The ids of all matches, in no order; undefined where there are more than a few. */
  async few(): Promise<readonly number[] | undefined> {
    const ids = (part: Query<T>): Identified => part.select(sql.ref<number>(this.#idColumn).as('id')).limit(fewMatches + 1);
    const some = this.#ofParts(ids, this.#someParts);
    const rows = await some.limit(fewMatches + 1).execute();
    return rows.length > fewMatches ? undefined : rows.map(({ id }) => id);
  }

  async count(): Promise<number> {
    const counts = await this.#ofParts((part) => part.select(sql<number>`count(*)`.as('id'))).execute();
    return counts.reduce((sum, { id }) => sum + Number(id), 0);
  }

  /** The ids of one page, walked to from the nearer end. @param wanted no more than there are @param count of all matches */
  page(start: number, wanted: number, count: number): Identified {
    const left = count - start - wanted;
    const fromEnd = left < start;
    const skipped = fromEnd ? left : start;
    const compared = this.#isFiltered && count <= mostSorted ? asComputed : asStored;
    const keys = this.#keys.map((key) => ({ ...key, descending: key.descending !== fromEnd }));
    const named = keys.map((key, at) => ({ ...key, column: `key${at}` }));
    const shown = keys.map(({ column }, at) => sql.ref(column).as(`key${at}`));
    const parts = this.#ofParts((part) => {
      const keyed = part.select(sql.ref<number>(this.#idColumn).as('id')).select(shown) as Identified;
      return inOrder(keyed, keys, compared).limit(skipped + wanted);
    });
    const merged = this.#parts.length > 1 ? inOrder(parts, named, asStored) : parts;
    return merged.limit(wanted).offset(skipped);
  }

  /** The rows with these ids in the asked order. */
  sorted(ids: readonly number[] | Identified): Query<T> {
    return inOrder(this.#base.where(isOneOf(this.#idColumn, ids)), this.#keys, asComputed);
  }

  /** What `shape` makes of each part, together. */
  #ofParts(shape: (part: Query<T>) => Identified, parts = this.#parts): Identified {
    const matching = this.#matching.clearSelect();
    const [first, ...more] = parts.map((part) => shape(matching.where(part)));
    if (first === undefined || this.#db === undefined) return shape(matching);
    if (more.length === 0) return first;
    const all = [first, ...more].map((part) => sql`select * from (${part}) as part`);
    return this.#db.selectFrom(sql<{ id: number }>`(${sql.join(all, sql` union all `)})`.as('list')).selectAll() as unknown as Identified;
  }
}

type Identified = SelectQueryBuilder<CatalogTables, never, { id: number }>;

/** Where ids or texts find few rows, these are looked up first, and only then it is seen which part they are in. */
const together = (parts: ListSight['parts']): ListSight['parts'] =>
  parts.length < 2 ? parts : [sql<boolean>`(${sql.join(parts, sql` or `)})`];

/** The asked order up to the id, behind which nothing is left to order. */
function sortKeys(fields: ListFields, { sort }: ListQuery, idColumn: string): readonly SortKey[] {
  const keys: SortKey[] = [];
  for (const { field, descending } of sort) {
    const column = fields[field]?.column;
    if (column === undefined) continue;
    keys.push({ column, isId: column === idColumn, descending });
    if (column === idColumn) return keys;
  }
  return [...keys, { column: idColumn, isId: true, descending: false }];
}

const isOneOf = (column: string, ids: readonly number[] | Identified): Expression<SqlBool> => {
  if ('length' in ids) return ids.length === 0 ? sql<boolean>`1 = 0` : sql<boolean>`${sql.ref(column)} in (${sql.join(ids)})`;
  return sql<boolean>`${sql.ref(column)} in (select id from (${ids}) as page)`;
};

type Compared = (column: RawBuilder<unknown>) => RawBuilder<unknown>;
/** An index in this order can be walked. */
const asStored: Compared = (column) => column;
/** No index is in this order: for few rows of many none must be walked. */
const asComputed: Compared = (column) => sql`coalesce(${column}, ${column})`;

function inOrder<T extends Table, Row>(
  query: SelectQueryBuilder<CatalogTables, T, Row>,
  keys: readonly SortKey[],
  compared: Compared,
): SelectQueryBuilder<CatalogTables, T, Row> {
  let sorted = query;
  for (const { column, descending, isId } of keys) {
    const direction = descending ? 'desc' : 'asc';
    // An id is never null, and its index knows nothing of where nulls would go.
    sorted = sorted.orderBy(compared(sql.ref(column)), (order) => {
      const directed = order[direction]();
      return isId ? directed : descending ? directed.nullsLast() : directed.nullsFirst();
    });
  }
  return sorted;
}
