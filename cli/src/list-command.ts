import type { FoyerClient } from '@foyer/sdk/client.ts';
import type { Query } from '@foyer/sdk/call-options.ts';
import type { Call, Command, OptionSpec } from './command.ts';
import { CommandFailure } from './command-failure.ts';
import { exitCodes } from './exit-codes.ts';
import { loggedInClient } from './logged-in-client.ts';
import { cellText } from './print-object.ts';
import { serverOption } from './server-url.ts';
import { textTable } from './text-table.ts';

/** An option that filters: the parameter it sends. */
export interface FilterOption extends OptionSpec {
  type: 'string';
  parameter: string;
}

export const filter = (parameter: string, description: string, placeholder = 'TEXT'): FilterOption => ({
  type: 'string',
  parameter,
  placeholder,
  description,
});

export interface ListSpec {
  readonly name: string;
  readonly summary: string;
  /** What is listed, in the plural. */
  readonly objects: string;
  readonly filters: Readonly<Record<string, FilterOption>>;
  /** Fields of the objects, in the order of the table's columns. */
  readonly columns: readonly string[];
  readonly examples: readonly string[];
  readonly details?: string;
  /** The order where the call names none. Default: by id. */
  readonly sort?: string;
  readonly read: (client: FoyerClient, query: Query) => AsyncIterable<object>;
}

const defaultLimit = 100;
/** More is not answered at once. */
const pageSize = 100;

const listOptions = (sort: string): Readonly<Record<string, OptionSpec>> => ({
  where: {
    type: 'string',
    multiple: true,
    placeholder: 'FIELD=VALUE',
    description: 'any other filter of the API, such as min_id=5 or like_code=car; may be repeated',
  },
  sort: { type: 'string', placeholder: 'FIELDS', description: `order, such as name or last_modified.desc,id (default: ${sort})` },
  limit: { type: 'string', placeholder: 'N', description: `how many at most (default: ${defaultLimit})` },
  all: { type: 'boolean', description: 'all of them, page after page' },
  server: serverOption,
});

/** A command that lists: a table for people, with --json one object a line. */
export const listCommand = (spec: ListSpec): Command => ({
  name: spec.name,
  summary: spec.summary,
  operands: [],
  options: { ...spec.filters, ...listOptions(spec.sort ?? 'id') },
  examples: spec.examples,
  ...(spec.details === undefined ? {} : { details: spec.details }),
  run: async (call) => {
    const limit = limitOf(call);
    const query = { ...queryOf(call, spec), num_elements: Math.min(limit + 1, pageSize) };
    const client = await loggedInClient(call);
    const { shown, more } = await call.slowly(`reading ${spec.objects} …`, readUpTo(spec.read(client, query), limit, call));
    if (!call.json) printTable(call, spec, shown);
    if (more) call.say(`Only the first ${limit} are shown; --all shows the rest, --limit more of them.`);
    return exitCodes.ok;
  },
});

function queryOf(call: Call, spec: Pick<ListSpec, 'filters' | 'sort'>): Query {
  const query: Record<string, string | number> = {};
  for (const condition of call.texts('where')) {
    const [, field, value] = /^([^=\s]+)=(.*)$/s.exec(condition) ?? [];
    if (field === undefined || value === undefined) {
      throw new CommandFailure(`--where is FIELD=VALUE, such as min_id=5, not "${condition}"`, exitCodes.usage);
    }
    query[field] = value;
  }
  for (const [name, { parameter }] of Object.entries(spec.filters)) {
    const value = call.text(name);
    if (value !== undefined) query[parameter] = value;
  }
  const sort = call.text('sort') ?? spec.sort;
  return sort === undefined ? query : { ...query, sort };
}

function limitOf(call: Call): number {
  if (call.flag('all')) return Number.POSITIVE_INFINITY;
  const text = call.text('limit');
  if (text === undefined) return defaultLimit;
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new CommandFailure(`--limit is a number from 1, not "${text}"`, exitCodes.usage);
}

/** With --json objects are printed as they come, so that a long list needs no memory. */
async function readUpTo(objects: AsyncIterable<object>, limit: number, call: Call): Promise<{ shown: object[]; more: boolean }> {
  const shown: object[] = [];
  let count = 0;
  for await (const object of objects) {
    if (count === limit) return { shown, more: true };
    count += 1;
    if (call.json) call.printJson(object);
    else shown.push(object);
  }
  return { shown, more: false };
}

function printTable(call: Call, { objects, columns }: ListSpec, shown: readonly object[]): void {
  if (shown.length === 0) {
    call.print(`no ${objects}`);
    return;
  }
  const numeric = (field: string): boolean => shown.some((object) => typeof valueOf(object, field) === 'number');
  const titles = columns.map((field) => ({ title: field, align: numeric(field) ? ('right' as const) : ('left' as const) }));
  const rows = shown.map((object) => columns.map((field) => cellText(valueOf(object, field))));
  for (const line of textTable(titles, rows)) call.print(line);
}

const valueOf = (object: object, field: string): unknown => (object as Readonly<Record<string, unknown>>)[field];
