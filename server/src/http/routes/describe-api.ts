import { openApiOf } from '../open-api.ts';
import type { OpenOperation, Operation } from '../operation.ts';

/** `GET /openapi.json`: OpenAPI 3.1 of every route that this server has, made from its schemas. */
export const describeApi = (operations: () => readonly Operation[]): OpenOperation => {
  let document: string | undefined;
  return {
    id: 'describeApi',
    method: 'GET',
    paths: ['/openapi.json'],
    summary: 'This API as OpenAPI 3.1',
    access: 'anyone',
    wire: { answer: 'bare' },
    handle() {
      document ??= JSON.stringify(openApiOf(operations()));
      return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: document };
    },
  };
};
