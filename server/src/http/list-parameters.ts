import {
  type FieldType,
  isListable,
  type ListField,
  type ListFields,
  type ListFilter,
  type ListQuery,
  type Scalar,
} from '../kit/list-query.ts';
import { refusal } from '../kit/refusal.ts';
import { parseTimestamp } from '../kit/timestamp.ts';
import { httpErrors } from './http-errors.ts';
import { type Parameters, shortened } from './parameters.ts';

/** The most objects in one answer, and the default (API Semantics). */
export const pageLimit = 100;

/** A list request and what to show of each object. */
export interface ListRequest extends ListQuery {
  /** The fields to show; null shows all. */
  readonly shown: ReadonlySet<string> | null;
  /** Did the client ask for a page? (The sharing service answers null page numbers otherwise.) */
  readonly paged: boolean;
  /** Is there a filter or a search? */
  readonly filtered: boolean;
}

/** Reads filters, search, sort, fields and paging (platform.md section 1). What an operation reads itself must be read before. */
export function readListRequest(parameters: Parameters, fields: ListFields, defaultElements: number = pageLimit): ListRequest {
  const startElement = parameters.integer('start_element');
  const numElements = parameters.integer('num_elements');
  const search = parameters.text('search');
  const sort = readSort(parameters.text('sort'), fields);
  const shown = parameters.text('fields');
  const filters = parameters
    .unread()
    .map((name) => readFilter(parameters, name, fields))
    .filter((filter) => filter !== undefined);
  return {
    filters,
    search: search === undefined ? null : search,
    sort,
    startElement: startElement ?? 0,
    numElements: Math.min(numElements ?? defaultElements, pageLimit),
    shown: shown === undefined ? null : new Set(shown.split(',').map((name) => name.trim())),
    paged: startElement !== undefined || numElements !== undefined,
    filtered: filters.length > 0 || search !== undefined,
  };
}

function readSort(text: string | undefined, fields: ListFields): ListQuery['sort'] {
  if (text === undefined || text === '') return [];
  return text.split(',').map((part) => {
    const [field = '', direction = 'asc', ...more] = part.trim().split('.');
    const known = Object.hasOwn(fields, field) && isListable(fields[field]);
    if (!known)
      throw refusal(httpErrors.invalidParameter, { name: 'sort', fault: `names '${shortened(field)}', which cannot be sorted by` });
    if (!/^(asc|desc)$/i.test(direction) || more.length > 0)
      throw refusal(httpErrors.invalidParameter, {
        name: 'sort',
        fault: `has a direction that is neither asc nor desc: '${shortened(part)}'`,
      });
    return { field, descending: direction.toLowerCase() === 'desc' };
  });
}

type FilterName = { readonly how: 'in' | 'not' | 'like' | 'min' | 'max' | 'nmin' | 'nmax'; readonly field: string };

function readFilterName(name: string, fields: ListFields): FilterName | undefined {
  if (Object.hasOwn(fields, name)) return { how: 'in', field: name };
  const parts = /^(not|like|min|max|nmin|nmax)_(.+)$/.exec(name);
  const field = parts?.[2];
  return field !== undefined && Object.hasOwn(fields, field) ? { how: parts?.[1] as FilterName['how'], field } : undefined;
}

function readFilter(parameters: Parameters, name: string, fields: ListFields): ListFilter | undefined {
  const named = readFilterName(name, fields);
  const field = named && fields[named.field];
  if (!named || !field || !isListable(field)) return undefined;
  const ordered = field.type === 'int' || field.type === 'timestamp';
  if (named.how === 'like') {
    if (field.type === 'bool' || field.type === 'timestamp') return undefined;
    return { field: named.field, is: 'like', value: parameters.text(name) ?? '' };
  }
  if (named.how === 'in' || named.how === 'not') {
    const values = (parameters.text(name) ?? '')
      .split(',')
      .map((part) => readScalar(name, field, field.type === 'string' ? part : part.trim()));
    return { field: named.field, is: named.how === 'in' ? 'in' : 'not-in', values };
  }
  if (!ordered) return undefined;
  const value = readScalar(name, field, parameters.text(name) ?? '');
  return { field: named.field, is: named.how.endsWith('min') ? 'min' : 'max', value: Number(value), orNull: named.how.startsWith('n') };
}

const expected: Readonly<Record<FieldType, string>> = {
  int: 'a whole number',
  timestamp: 'a date such as 2015-11-01+01:00:00',
  bool: 'true or false',
  string: 'text',
  enum: 'a word',
};

function readScalar(name: string, field: ListField, text: string): Scalar {
  const value = scalarOf(field.type, text);
  if (value === undefined)
    throw refusal(httpErrors.invalidParameter, { name, fault: `must be ${expected[field.type]}, not '${shortened(text)}'` });
  return value;
}

function scalarOf(type: FieldType, text: string): Scalar | undefined {
  switch (type) {
    case 'int': {
      const value = Number(text);
      return /^-?\d+$/.test(text) && Number.isSafeInteger(value) ? value : undefined;
    }
    case 'timestamp':
      return parseTimestamp(text);
    case 'bool':
      return /^(true|1)$/i.test(text) ? true : /^(false|0)$/i.test(text) ? false : undefined;
    case 'string':
    case 'enum':
      return text;
  }
}

/** Keeps the asked fields of an object. */
export function trimmed<T extends object>(object: T, shown: ReadonlySet<string> | null): Partial<T> {
  if (!shown) return object;
  return Object.fromEntries(Object.entries(object).filter(([name]) => shown.has(name))) as Partial<T>;
}

/** The answer of `GET /SERVICE/meta`. */
export function describeFields(fields: ListFields): { name: string; type: FieldType; sort_by: boolean; filter_by: boolean }[] {
  return Object.entries(fields).map(([name, field]) => ({
    name,
    type: field.type,
    sort_by: isListable(field),
    filter_by: isListable(field),
  }));
}
