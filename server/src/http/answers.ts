import { type ListRequest, pageLimit } from './list-parameters.ts';
import type { EnvelopeAnswer } from './operation.ts';
import { httpErrors } from './http-errors.ts';
import { refusal } from '../kit/refusal.ts';
import { readIds, type Parameters, shortened } from './parameters.ts';

/** One object under its singular key. */
export const oneAnswer = (key: string, object: object, more: Readonly<Record<string, unknown>> = {}): EnvelopeAnswer => ({
  fields: { count: 1, start_element: 0, num_elements: pageLimit, [key]: object, ...more },
  outputTerm: key,
});

/** A page of objects under their plural key; `count` is the number of all matches. */
export const listAnswer = (key: string, objects: readonly object[], count: number, asked: ListRequest): EnvelopeAnswer => ({
  fields: { count, start_element: asked.startElement, num_elements: asked.numElements, [key]: objects },
  outputTerm: key,
});

/** A deletion. `count` is the number of objects deleted. */
export const deletedAnswer = (count: number): EnvelopeAnswer => ({
  fields: { count, start_element: 0, num_elements: pageLimit },
  outputTerm: null,
});

/** Ids stand in the query or in the path; both together must agree. Undefined where there are none. */
export function addressedIds(parameters: Parameters, inPath: string | undefined): readonly number[] | undefined {
  const inQuery = parameters.ids('id');
  if (inPath === undefined) return inQuery;
  const ids = readIds('id', inPath);
  if (inQuery && inQuery.join() !== ids.join())
    throw refusal(httpErrors.invalidParameter, { name: 'id', fault: 'names another object than the path does' });
  return ids;
}

/** Exactly one id. @throws Refusal http.missingParameter, http.invalidParameter */
export function addressedId(parameters: Parameters, inPath: string | undefined): number {
  const [id, ...more] = addressedIds(parameters, inPath) ?? [];
  if (id === undefined) throw refusal(httpErrors.missingParameter, { name: 'id' });
  if (more.length > 0)
    throw refusal(httpErrors.invalidParameter, { name: 'id', fault: 'must be one id: several objects cannot be changed in this way' });
  return id;
}

export const notFound = (object: string, key: string, value: string | number) => refusal(httpErrors.notFound, { object, key, value });

/** A list request, held to the ids of its address where there are any. */
export interface AddressedList extends ListRequest {
  /** One object is asked for, by its id or its code and by nothing else: the answer is that object or 404 (platform.md section 1). */
  readonly one: { readonly key: 'id' | 'code'; readonly value: string | number } | undefined;
}

export function addressedList(asked: ListRequest, ids: readonly number[] | undefined): AddressedList {
  const one = askedOne(asked, ids);
  const filters: ListRequest['filters'] = ids ? [...asked.filters, { field: 'id', is: 'in', values: ids }] : asked.filters;
  return { ...asked, filters, ...(one ? { startElement: 0, numElements: pageLimit } : {}), one };
}

function askedOne({ filters, search }: ListRequest, ids: readonly number[] | undefined): AddressedList['one'] {
  const [id, ...moreIds] = ids ?? [];
  const [filter, ...moreFilters] = filters;
  if (search !== null) return undefined;
  if (id !== undefined) return moreIds.length === 0 && !filter ? { key: 'id', value: id } : undefined;
  if (filter?.is !== 'in' || filter.field !== 'code' || moreFilters.length > 0) return undefined;
  const [code, ...moreCodes] = filter.values;
  return code !== undefined && moreCodes.length === 0 ? { key: 'code', value: String(code) } : undefined;
}

/** What a list was asked for: the one object under the singular key, or the page under the plural one. @throws Refusal http.notFound */
export function listedAnswer(
  keys: { readonly one: string; readonly many: string },
  list: AddressedList,
  objects: readonly object[],
  count: number,
): EnvelopeAnswer {
  if (!list.one) return listAnswer(keys.many, objects, count, list);
  return oneAnswer(keys.one, onlyOf(keys.one, list.one, objects));
}

/** The object that was asked for. @throws Refusal http.notFound */
export function onlyOf<T extends object>(object: string, one: NonNullable<AddressedList['one']>, objects: readonly T[]): T {
  const [only] = objects;
  if (!only) throw notFound(object.replaceAll('_', ' '), one.key, shortened(String(one.value)));
  return only;
}
