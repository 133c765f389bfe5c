import { objectKeys } from '../server/src/http/object-keys.ts';
import type { Operation } from '../server/src/http/operation.ts';
import { answeredFields, type OperationShape, shapes } from './sdk-shapes.ts';
import { keyText, type Schema, type Side, typeText } from './type-text.ts';

const heading = "// Made from the server's operations by tools/make-sdk.ts; not to be edited.\n";

/** The generated files of the sdk, by path from the root. */
export function generateSdk(operations: readonly Operation[]): Readonly<Record<string, string>> {
  const types = new TypeNames();
  const described = operations.filter((operation) => !shapeOf(operation).streamed).map((operation) => describe(operation, types));
  return { 'sdk/src/generated/wire.ts': types.text(), 'sdk/src/generated/operations.ts': operationsText(described, types.names()) };
}

/** An object's types, each under a name of its own. The same schema in several operations is one type. */
class TypeNames {
  readonly #bySchema = { sent: new Map<Schema, string>(), answered: new Map<Schema, string>() };
  readonly #texts = new Map<string, string>();

  /** `wanted` is given where no other schema has it yet, else one that begins with the operation's. */
  name(schema: Schema, side: Side, wanted: string, operation: string, optional: boolean): string {
    const known = this.#bySchema[side].get(schema);
    if (known !== undefined) return known;
    const name = this.#texts.has(wanted) ? `${pascal(operation)}${side === 'sent' ? 'Body' : 'Answer'}` : wanted;
    this.#bySchema[side].set(schema, name);
    this.#texts.set(name, typeText(schema, { side, optional, fieldType: (field) => answeredFields[`${name}.${field}`] }));
    return name;
  }

  names(): readonly string[] {
    return [...this.#texts.keys()].sort();
  }

  text(): string {
    const types = [...this.#texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, text]) => declaration(name, text));
    return [heading, ...types].join('\n');
  }
}

const declaration = (name: string, text: string): string =>
  text.startsWith('{') ? `export interface ${name} ${text}\n` : `export type ${name} = ${text};\n`;

interface Described {
  readonly operation: Operation;
  readonly one: string;
  readonly many: string;
  readonly body: 'keyed' | 'bare' | 'none';
  readonly answer: 'list' | 'one' | 'fields';
  readonly bodyType: string | undefined;
  readonly several: boolean;
  readonly queryType: string;
  /** The object of a list; the whole answer of others. */
  readonly itemType: string | undefined;
  readonly answerType: string;
}

const shapeOf = ({ id, method, paths: [path = ''] }: Operation): OperationShape => shapes[id] ?? shapes[`${method} ${path}`] ?? {};

function describe(operation: Operation, types: TypeNames): Described {
  const shape = shapeOf(operation);
  const keys = objectKeys(operation);
  const name = shape.name ?? objectName(operation.id);
  const listed = operation.id.startsWith('list');
  const changes = operation.method === 'POST' || operation.method === 'PUT';
  const takesBody = changes && shape.body !== 'none';
  const itemType = operation.answer && types.name(operation.answer as Schema, 'answered', name, operation.id, false);
  const bodyType = takesBody ? bodyTypeOf(operation, shape, name, types) : undefined;
  return {
    operation,
    ...keys,
    body: takesBody ? (isBare(operation, shape) ? 'bare' : 'keyed') : 'none',
    answer: listed ? 'list' : changes ? 'one' : 'fields',
    bodyType,
    several: operation.wire?.body === 'several',
    queryType: queryTypeOf(operation, itemType, listed),
    itemType,
    answerType: shape.answer?.replaceAll('$', itemType ?? 'unknown') ?? answerTypeOf(operation, keys, itemType, listed),
  };
}

/** Is the body not an object under its key? */
const isBare = (operation: Operation, shape: OperationShape): boolean =>
  operation.wire?.body === 'bare' || shape.body === 'bare' || !operation.body;

function bodyTypeOf(operation: Operation, shape: OperationShape, name: string, types: TypeNames): string {
  if (!operation.body) return shape.bodyType ?? 'unknown';
  const bare = isBare(operation, shape);
  const type = types.name(operation.body as Schema, 'sent', `${name}Body`, operation.id, !bare);
  return bare ? `${type} | string | Uint8Array` : type;
}

function answerTypeOf(
  operation: Operation,
  { one, many }: { one: string; many: string },
  item: string | undefined,
  listed: boolean,
): string {
  if (listed) return `ListAnswer<'${many}', ${item ?? 'Record<string, unknown>'}>`;
  if (operation.method === 'DELETE') return 'DeletedAnswer';
  if (operation.method !== 'GET') return item ? `OneAnswer<'${one}', ${item}>` : '{ readonly id: number }';
  if (operation.paths[0]?.endsWith('/meta')) return 'FieldsAnswer';
  return item ? `{ readonly ${keyText(one)}: ${item} }` : 'unknown';
}

/** Which object an operation is about, from its name: createSegment and listSegments are about a Segment. */
function objectName(id: string): string {
  const [, verb = '', rest = ''] = /^(list|create|update|read|enable)?(.*)$/.exec(id) ?? [];
  if (verb !== 'list') return pascal(rest);
  return pascal(rest.endsWith('ies') ? `${rest.slice(0, -3)}y` : rest.replace(/s$/, ''));
}

const pascal = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function queryTypeOf(operation: Operation, item: string | undefined, listed: boolean): string {
  const named = (operation.parameters ?? []).map(
    ({ name, description }) => `  /** ${description.replaceAll('*/', '* /')} */\n  readonly ${keyText(name)}?: QueryValues | undefined;`,
  );
  const own = named.length === 0 ? [] : [`{\n${named.join('\n')}\n}`];
  const addressed = operation.method === 'PUT' || operation.method === 'DELETE';
  const known = (operation.parameters ?? []).map(({ name }) => `'${name}'`).join(' | ');
  const without = (type: string): string => (known === '' ? type : `Omit<${type}, ${known}>`);
  const base = listed ? [item ? without(`ListQuery<${item}>`) : 'Query'] : addressed ? [without('AddressQuery')] : [];
  return [...base, ...own].join(' & ') || 'NoQuery';
}

function operationsText(described: readonly Described[], typeNames: readonly string[]): string {
  const lists = described.filter(({ answer }) => answer === 'list');
  const item = ({ itemType }: Described): string => itemType ?? 'Record<string, unknown>';
  const methods = described.map(methodText).join('\n');
  const text = [
    ...described.map(({ operation, queryType }) => `export type ${queryName(operation)} = ${queryType};\n`),
    '/** What lists hold. */',
    `export interface ListedObjects {\n${lists.map((list) => `  ${list.operation.id}: ${item(list)};`).join('\n')}\n}\n`,
    `export interface ListQueries {\n${lists.map((list) => `  ${list.operation.id}: ${queryName(list.operation)};`).join('\n')}\n}\n`,
    `const table = {\n${described.map(entryText).join('\n')}\n} as const satisfies Record<string, OperationEntry>;\n`,
    `export const listOperations: Readonly<Record<keyof ListedObjects, OperationEntry>> = {\n${lists.map(({ operation: { id } }) => `  ${id}: table.${id},`).join('\n')}\n};\n`,
    `/** One method for each operation, named by it. */\nexport abstract class Operations extends OperationCaller {\n${methods}}\n`,
  ].join('\n');
  return `${heading}${importsText(text, typeNames)}\n${text}`;
}

/** Only what the text names: an import that is not used is an error. */
function importsText(text: string, typeNames: readonly string[]): string {
  const used = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(text);
  const line = (names: readonly string[], file: string): string[] => {
    const needed = names.filter(used);
    return needed.length === 0 ? [] : [`import type { ${needed.join(', ')} } from '${file}';`];
  };
  return [
    "import { OperationCaller } from '../operation-entry.ts';",
    ...line(['OperationEntry'], '../operation-entry.ts'),
    ...line(['CallOptions', 'NoQuery', 'Query', 'QueryValues'], '../call-options.ts'),
    ...line(['DeletedAnswer', 'FieldsAnswer', 'ListAnswer', 'ManyAnswer', 'OneAnswer'], '../answers.ts'),
    ...line(['AddressQuery', 'ListQuery'], '../list-query.ts'),
    ...line(['Backup', 'ImportResult', 'InstantAnswer'], '../wire.ts'),
    ...line(typeNames, './wire.ts'),
    '',
  ].join('\n');
}

const queryName = ({ id }: Operation): string => `${pascal(id)}Query`;

function entryText({ operation, one, many, body, answer }: Described): string {
  const open = operation.access === 'anyone';
  const [path = ''] = operation.paths;
  return `  ${operation.id}: { method: '${operation.method}', path: '${path}', one: '${one}', many: '${many}', body: '${body}', answer: '${answer}', open: ${open} },`;
}

function methodText(described: Described): string {
  const { operation, bodyType, answerType, several, many, itemType } = described;
  const comment = `  /** ${operation.summary}: \`${operation.method} ${operation.paths[0] ?? ''}\`. */\n`;
  const parameters = (body: string): string => `${body}query: ${queryName(operation)} = {}, options: CallOptions = {}`;
  const declared = (body: string): string => `${body}query?: ${queryName(operation)}, options?: CallOptions`;
  const call = `return this.run(table.${operation.id}, ${bodyType === undefined ? 'undefined' : 'body'}, query, options);`;
  if (!several || bodyType === undefined) {
    const body = bodyType === undefined ? '' : `body: ${bodyType}, `;
    return `${comment}  ${operation.id}(${parameters(body)}): Promise<${answerType}> {\n    ${call}\n  }\n`;
  }
  const lists = `readonly ${bodyType}[]`;
  return [
    `${comment}  ${operation.id}(body: ${lists}, ${declared('')}): Promise<ManyAnswer<'${many}', ${itemType ?? 'unknown'}>>;`,
    `  ${operation.id}(body: ${bodyType}, ${declared('')}): Promise<${answerType}>;`,
    `  ${operation.id}(body: ${bodyType} | ${lists}, ${parameters('')}): Promise<unknown> {\n    ${call}\n  }\n`,
  ].join('\n');
}
