import { expect, test } from 'vitest';
import { generateSdk } from './generate-sdk.ts';
import { sdkFiles, staleFiles } from './make-sdk.ts';
import { typeText } from './type-text.ts';
import type { Operation } from '../server/src/http/operation.ts';
import { Type } from 'typebox';

test('the committed files are what the operations of the server say', async () => {
  const files = await sdkFiles();
  expect(staleFiles(files)).toEqual([]);
  const [path = ''] = Object.keys(files);
  expect(staleFiles({ [path]: `${files[path]} ` })).toEqual([path]);
  expect(staleFiles({ 'sdk/src/generated/gone.ts': '' })).toEqual(['sdk/src/generated/gone.ts']);
});

test('a new route gets methods and types by the rules alone', () => {
  const schema = Type.Object({ id: Type.Integer({ readOnly: true }), host: Type.String(), secret: Type.String({ writeOnly: true }) });
  const common = {
    paths: ['/sync-host', '/sync-host/:first'],
    summary: 'Hosts',
    access: { writes: true, tokenInQuery: false, throttled: true },
  };
  const operation = (id: string, method: Operation['method'], more: object = {}): Operation =>
    ({ ...common, id, method, handle: () => ({ fields: {}, outputTerm: null }), ...more }) as Operation;
  const files = generateSdk([
    operation('listSyncHosts', 'GET', { answer: schema }),
    operation('createSyncHost', 'POST', { answer: schema, body: schema }),
    operation('deleteSyncHost', 'DELETE'),
  ]);
  expect(files['sdk/src/generated/wire.ts']).toContain('export interface SyncHost {\n  id: number;\n  host: string;\n}');
  expect(files['sdk/src/generated/wire.ts']).toContain(
    'export interface SyncHostBody {\n  readonly host?: string | undefined;\n  readonly secret?: string | undefined;\n}',
  );
  const text = files['sdk/src/generated/operations.ts'];
  expect(text).toContain(
    "listSyncHosts(query: ListSyncHostsQuery = {}, options: CallOptions = {}): Promise<ListAnswer<'sync_hosts', SyncHost>>",
  );
  expect(text).toContain(
    "createSyncHost(body: SyncHostBody, query: CreateSyncHostQuery = {}, options: CallOptions = {}): Promise<OneAnswer<'sync_host', SyncHost>>",
  );
  expect(text).toContain('deleteSyncHost(query: DeleteSyncHostQuery = {}, options: CallOptions = {}): Promise<DeletedAnswer>');
  expect(text).toContain('export type DeleteSyncHostQuery = AddressQuery;');
});

test.each([
  [Type.Union([Type.String(), Type.Null()]), 'string | null'],
  [Type.Union([Type.Literal('a'), Type.Literal("b'c")]), "'a' | 'b\\'c'"],
  [Type.Array(Type.Union([Type.Integer(), Type.String()])), '(number | string)[]'],
  [Type.Record(Type.String(), Type.Boolean()), 'Record<string, boolean>'],
  [Type.Object({ 'a-b': Type.Optional(Type.Integer()) }), "{\n  'a-b'?: number | undefined;\n}"],
  [Type.Unknown(), 'unknown'],
])('%j', (schema, text) => {
  expect(typeText(schema as object, { side: 'answered' })).toBe(text);
});
