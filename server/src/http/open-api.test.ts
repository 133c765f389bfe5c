import { Type } from 'typebox';
import { expect, it } from 'vitest';
import { openApiOf } from './open-api.ts';
import { type Operation, reading, writing } from './operation.ts';

const thing = Type.Object({ id: Type.Integer({ readOnly: true }), name: Type.String() });
const of = (more: Partial<Operation>): Operation =>
  ({
    id: 'x',
    method: 'GET',
    paths: ['/thing-box'],
    summary: 'x',
    access: reading,
    handle: () => ({ fields: {}, outputTerm: null }),
    ...more,
  }) as Operation;

interface Shown {
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: object } } };
  readonly responses: { readonly 200: { readonly content: { readonly 'application/json': { readonly schema: object } } } };
}
function shown(operation: Operation): Shown {
  const { paths } = openApiOf([operation]) as { paths: Record<string, Record<string, Shown>> };
  const found = Object.values(paths)[0]?.[operation.method.toLowerCase()];
  if (!found) throw new Error('the operation is not shown');
  return found;
}
const sent = (operation: Operation) => shown(operation).requestBody?.content['application/json'].schema;
const answered = (operation: Operation) => shown(operation).responses[200].content['application/json'].schema;
const inEnvelope = (fields: object) => ({
  properties: { response: { properties: { status: { const: 'OK' }, ...fields, dbg_info: { $ref: '#/components/schemas/DebugInfo' } } } },
});

it('shows a body under its key, of which the operation says what must be there', () => {
  const post = of({ method: 'POST', access: writing, body: thing });
  expect(sent(post)).toEqual({
    type: 'object',
    required: ['thing_box'],
    properties: { thing_box: { type: 'object', properties: thing.properties } },
  });
  expect(sent({ ...post, wire: { body: 'several' } })).toMatchObject({
    oneOf: [{ required: ['thing_box'] }, { required: ['thing_boxs'] }],
    properties: { thing_boxs: { type: 'array', minItems: 1 } },
  });
  expect(sent({ ...post, wire: { body: 'bare' } })).toEqual(JSON.parse(JSON.stringify(thing)));
  expect(sent(of({}))).toBeUndefined();
});

it('shows an answer as it comes: a page or one object, an object with its id, a count, fields, or none of the envelope', () => {
  const page = { count: { type: 'integer' }, thing_box: thing, thing_boxs: { type: 'array', items: thing } };
  expect(answered(of({ answer: thing }))).toMatchObject(inEnvelope(page));
  expect(answered(of({ method: 'PUT', answer: thing }))).toMatchObject(inEnvelope({ thing_box: thing }));
  expect(answered(of({ method: 'DELETE' }))).toMatchObject(inEnvelope({ count: { type: 'integer' } }));
  expect(answered(of({ answer: thing, wire: { answer: 'fields' } }))).toMatchObject(inEnvelope({ name: { type: 'string' } }));
  expect(answered(of({ paths: ['/thing-box/meta'] }))).toMatchObject(inEnvelope({ fields: { type: 'array' } }));
  expect(answered(of({ wire: { answer: 'bare' } }))).toEqual({});
});
