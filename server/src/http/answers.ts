import type { ListRequest } from './list-parameters.ts';
import type { EnvelopeAnswer } from './operation.ts';
import { httpErrors } from './http-errors.ts';
import { refusal } from '../kit/refusal.ts';
import { readIds, type Parameters } from './parameters.ts';

/** One object under its singular key. */
export const oneAnswer = (key: string, object: object, more: Readonly<Record<string, unknown>> = {}): EnvelopeAnswer => ({
  fields: { count: 1, start_element: 0, num_elements: 100, [key]: object, ...more },
  outputTerm: key,
});

/** A page of objects under their plural key; `count` is the number of all matches. */
export const listAnswer = (key: string, objects: readonly object[], count: number, asked: ListRequest): EnvelopeAnswer => ({
  fields: { count, start_element: asked.startElement, num_elements: asked.numElements, [key]: objects },
  outputTerm: key,
});

/** A deletion. `count` is the number of objects deleted. */
export const deletedAnswer = (count: number): EnvelopeAnswer => ({
  fields: { count, start_element: 0, num_elements: 100 },
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
  if (more.length > 0) throw refusal(httpErrors.invalidParameter, { name: 'id', fault: 'must be one id: several objects cannot be changed in this way' });
  return id;
}

export const notFound = (object: string, key: string, value: string | number) => refusal(httpErrors.notFound, { object, key, value });

/** The list request, held to these ids where there are any. */
export const narrowedTo = (asked: ListRequest, ids: readonly number[] | undefined): ListRequest =>
  ids ? { ...asked, filters: [...asked.filters, { field: 'id', is: 'in', values: ids }] } : asked;
