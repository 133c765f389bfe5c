import type { ListFields } from '../kit/list-query.ts';
import { describeFields } from './list-parameters.ts';
import { type AccountOperation, reading } from './operation.ts';

/** `GET /SERVICE/meta`: the fields of a service's objects, the same for every service (API Semantics). `paths` are the service's addresses. */
export const metaOperation = (id: string, paths: readonly string[], objects: string, fields: ListFields): AccountOperation => ({
  id,
  method: 'GET',
  paths: paths.map((path) => `${path}/meta`),
  summary: `The fields of ${objects}, and which of them sort and filter`,
  access: reading,
  handle: () => ({ fields: { fields: describeFields(fields) }, outputTerm: 'fields' }),
});
