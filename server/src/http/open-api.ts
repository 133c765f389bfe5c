import type { Operation } from './operation.ts';
import { version } from './envelope.ts';
import { objectKeys } from './object-keys.ts';

type Schema = Readonly<Record<string, unknown>>;

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
    components: {
      schemas: { Error: errorSchema, DebugInfo: debugSchema },
      securitySchemes: { token: { type: 'apiKey', in: 'header', name: 'Authorization' } },
    },
  };
}

function describe(operation: Operation, path: string, index: number): object {
  const places = [...path.matchAll(/:(\w+)/g)].map((match) => ({ name: match[1], in: 'path', required: true, schema: { type: 'string' } }));
  const query = (operation.parameters ?? []).map((parameter) => ({ ...parameter, in: 'query', schema: { type: 'string' } }));
  const body = bodyOf(operation);
  return {
    operationId: index === 0 ? operation.id : `${operation.id}_${index + 1}`,
    summary: operation.summary,
    parameters: [...places, ...query],
    ...(operation.access === 'anyone' && !operation.keys ? { security: [] } : { security: [{ token: [] }] }),
    ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: body } } } } : {}),
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: answerOf(operation) } } },
      default: errorAnswer,
    },
  };
}

/** What can be sent: the object under its key, and where several may come, an array of them. Which fields must be there, only the operation knows. */
function bodyOf(operation: Operation): Schema | undefined {
  if (!operation.body) return undefined;
  const { required: _all, ...object } = operation.body as Schema;
  if (operation.wire?.body === 'bare') return operation.body as Schema;
  const { one, many } = objectKeys(operation);
  if (operation.wire?.body !== 'several') return { type: 'object', required: [one], properties: { [one]: object } };
  return {
    type: 'object',
    oneOf: [{ required: [one] }, { required: [many] }],
    properties: { [one]: object, [many]: { type: 'array', minItems: 1, items: object } },
  };
}

const wholeNumber: Schema = { type: ['integer', 'null'] };
const page: Schema = { count: { type: 'integer' }, start_element: wholeNumber, num_elements: wholeNumber };
const oneOrMoreIds: Schema = { type: ['integer', 'string', 'array'], items: { type: 'integer' } };

function answerOf(operation: Operation): Schema {
  const { one, many } = objectKeys(operation);
  const object = operation.answer as Schema | undefined;
  if (operation.wire?.answer === 'bare') return {};
  if (operation.paths[0]?.endsWith('/meta')) return enveloped({ fields: { type: 'array', items: { type: 'object' } } });
  if (operation.method === 'DELETE') return enveloped(page);
  if (!object) return enveloped({});
  if (operation.method !== 'GET')
    return enveloped({
      id: oneOrMoreIds,
      [one]: object,
      ...(operation.wire?.body === 'several' ? { [many]: { type: 'object', additionalProperties: object } } : {}),
    });
  if (operation.wire?.answer === 'fields') return enveloped((object['properties'] ?? {}) as Schema);
  const several = { type: 'array', items: object };
  return enveloped({ ...page, ...(one === many ? { [many]: { oneOf: [object, several] } } : { [one]: object, [many]: several }) });
}

const enveloped = (fields: Schema): Schema => ({
  type: 'object',
  required: ['response'],
  properties: {
    response: {
      type: 'object',
      required: ['status', 'dbg_info'],
      properties: { status: { const: 'OK' }, ...fields, dbg_info: { $ref: '#/components/schemas/DebugInfo' } },
    },
  },
});

const debugSchema = {
  type: 'object',
  required: ['warnings', 'version', 'output_term'],
  properties: {
    warnings: { type: 'array', items: { type: 'string' } },
    version: { type: 'string' },
    output_term: { type: ['string', 'null'] },
  },
};

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
        dbg_info: { $ref: '#/components/schemas/DebugInfo' },
      },
    },
  },
};
