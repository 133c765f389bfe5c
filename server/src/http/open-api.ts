import type { Operation } from './operation.ts';
import { version } from './envelope.ts';

const errorAnswer = {
  description: 'Refused: the error in the envelope',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
};

/** The OpenAPI document of these operations. Paths are shown in their main form and with their ids. */
export function openApiOf(operations: readonly Operation[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    if (operation.unlisted) continue;
    for (const [index, path] of operation.paths.entries()) {
      const shown = path.replace(/:(\w+)/g, '{$1}');
      paths[shown] ??= {};
      const methods = paths[shown];
      methods[operation.method.toLowerCase()] = describe(operation, path, index);
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Foyer',
      version,
      description: 'The open audience exchange.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: { schemas: { Error: errorSchema }, securitySchemes: { token: { type: 'apiKey', in: 'header', name: 'Authorization' } } },
  };
}

function describe(operation: Operation, path: string, index: number): object {
  const places = [...path.matchAll(/:(\w+)/g)].map((match) => ({ name: match[1], in: 'path', required: true, schema: { type: 'string' } }));
  const query = (operation.parameters ?? []).map((parameter) => ({ ...parameter, in: 'query', schema: { type: 'string' } }));
  const answer = operation.answer ?? {};
  return {
    operationId: index === 0 ? operation.id : `${operation.id}_${index + 1}`,
    summary: operation.summary,
    parameters: [...places, ...query],
    ...(operation.access === 'anyone' ? { security: [] } : { security: [{ token: [] }] }),
    ...(operation.body ? { requestBody: { content: { 'application/json': { schema: operation.body } } } } : {}),
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: { type: 'object', 'x-object': answer } } } },
      default: errorAnswer,
    },
  };
}

const errorSchema = {
  type: 'object',
  required: ['response'],
  properties: {
    response: {
      type: 'object',
      required: ['status', 'error_id', 'error'],
      properties: {
        status: { const: 'error' },
        error_id: { enum: ['SYNTAX', 'NOAUTH', 'NOAUTH_DISABLED', 'NOAUTH_EXPIRED', 'UNAUTH', 'INTEGRITY', 'LIMIT', 'SYSTEM'] },
        error: { type: 'string' },
        error_code: { type: ['string', 'null'] },
        error_description: { type: ['string', 'null'] },
      },
    },
  },
};
