/** What is read of a JSON schema. */
export interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly description?: string;
  readonly readOnly?: boolean;
  readonly writeOnly?: boolean;
}

/** sent: what a caller writes, without what is read only. answered: what it reads, without what is written only. */
export type Side = 'sent' | 'answered';

export interface TypeOptions {
  readonly side: Side;
  /** No field of the outermost object is required: PUT takes any of them, and the server says which ones POST misses. */
  readonly optional?: boolean;
  /** The type of a field, where it is not what the schema says. */
  readonly fieldType?: (field: string) => string | undefined;
}

const simple: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  null: 'null',
};

/** The TypeScript type of a JSON schema, as text; unknown for what a schema leaves open. */
export function typeText(schema: Schema, options: TypeOptions, indent = ''): string {
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum) return schema.enum.map(literal).join(' | ');
  if (schema.anyOf) return unionText(schema.anyOf.map((choice) => typeText(choice, inner(options), indent)));
  if (schema.type === 'array') return arrayText(schema.items, options, indent);
  if (schema.properties) return objectText(schema, options, indent);
  if (schema.type === 'object') {
    const [values] = Object.values(schema.patternProperties ?? {});
    return `Record<string, ${values ? typeText(values, inner(options), indent) : 'unknown'}>`;
  }
  return simple[schema.type ?? ''] ?? 'unknown';
}

const inner = ({ side }: TypeOptions): TypeOptions => ({ side });
const unionText = (types: readonly string[]): string => [...new Set(types)].join(' | ');

const literal = (value: unknown): string =>
  typeof value === 'string' ? `'${value.replaceAll(/['\\]/g, (character) => `\\${character}`)}'` : String(value);

function arrayText(items: Schema | undefined, options: TypeOptions, indent: string): string {
  const item = items ? typeText(items, inner(options), indent) : 'unknown';
  const type = items?.anyOf || items?.enum ? `(${item})[]` : `${item}[]`;
  return options.side === 'sent' ? `readonly ${type}` : type;
}

function objectText(schema: Schema, options: TypeOptions, indent: string): string {
  const hidden = options.side === 'sent' ? 'readOnly' : 'writeOnly';
  const required = new Set(options.optional ? [] : (schema.required ?? []));
  const lines = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    if (field[hidden]) return [];
    const comment = field.description ? [`${indent}  /** ${field.description.replaceAll('*/', '* /')} */`] : [];
    const type = options.fieldType?.(name) ?? typeText(field, inner(options), `${indent}  `);
    const needed = required.has(name);
    const readonly = options.side === 'sent' ? 'readonly ' : '';
    return [...comment, `${indent}  ${readonly}${keyText(name)}${needed ? '' : '?'}: ${type}${needed ? '' : ' | undefined'};`];
  });
  return lines.length === 0 ? 'Record<string, never>' : `{\n${lines.join('\n')}\n${indent}}`;
}

/** A property's name, in quotes where it needs them. */
export const keyText = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : `'${name}'`);
