/**
 * Writes the pages that are made from the sources: docs/errors.md from the error catalogues, docs/configuration.md from the
 * option table, docs/cli.md from the table of commands. `node tools/make-docs.ts` writes them; a test holds them equal.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { commandTable } from '../cli/src/command-table.ts';
import { environmentName, options, type Option } from '../server/src/config/options.ts';
import type { RefusalKind } from '../server/src/kit/refusal.ts';
import { cliPage } from './cli-page.ts';

const root = join(import.meta.dirname, '..');

const isCatalogue = (value: unknown): value is Readonly<Record<string, RefusalKind>> =>
  typeof value === 'object' && value !== null && Object.values(value).every((kind) => typeof (kind as RefusalKind)?.errorId === 'string');

/** Every refusal kind of the server, by name. */
export async function readRefusalKinds(): Promise<readonly RefusalKind[]> {
  const files = globSync('server/src/**/*-errors.ts', { cwd: root }).sort();
  const modules = await Promise.all(files.map((file) => import(pathToFileURL(join(root, file)).href) as Promise<Record<string, unknown>>));
  const kinds = modules.flatMap((module) => Object.values(module).filter(isCatalogue)).flatMap((catalogue) => Object.values(catalogue));
  return kinds.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

export function errorsPage(kinds: readonly RefusalKind[]): string {
  const rows = kinds.map(
    ({ name, status, errorId, errorCode, text }) => `| \`${name}\` | ${status} | ${errorId} | ${errorCode ?? ''} | ${cell(text)} |`,
  );
  return `# Errors

Every refusal is answered in the envelope of the protocol:

\`\`\`json
{"response":{"status":"error","error_id":"SYNTAX","error":"segment.expire_minutes must be an integer, not 'foo'","error_code":null,"error_description":null,"dbg_info":{"warnings":[],"version":"…","output_term":null}}}
\`\`\`

\`error_id\` is for programs, \`error\` for people: it names the field and the fault. The kind in the first column is not sent; it
stands in the log and in the metric \`foyer_refusals_total\`. Words in braces are filled in.

What to do by \`error_id\`:

| error_id | what it means for a client |
|---|---|
| SYNTAX | The call must be changed before it is sent again. With 404: there is no such object, or it is another member's. |
| NOAUTH | Log in (again) with \`POST /auth\`. |
| NOAUTH_DISABLED | The account or its member is inactive; an administrator can change that. |
| NOAUTH_EXPIRED | The password has expired; an administrator resets it. |
| UNAUTH | The caller is known and may not do this. |
| INTEGRITY | The call contradicts what exists, or a rule. |
| LIMIT | Too much in one call, or too many objects. |
| SYSTEM | With 429 and 503: wait as long as \`Retry-After\` says and send the call again. With 500: our fault; the log has the details. |

This page is made from the error catalogues by \`node tools/make-docs.ts\`.

| kind | HTTP | error_id | error_code | text |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

const shownDefault = (value: unknown): string => {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (Array.isArray(value)) return value.join(',');
  return value === '' ? '' : String(value);
};

interface SettingSchema {
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly { readonly const: string }[];
}

function shownValues(schema: SettingSchema): string {
  if (schema.anyOf) return schema.anyOf.map((choice) => choice.const).join(', ');
  if (schema.type === 'integer') {
    const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = schema;
    return maximum === Number.MAX_SAFE_INTEGER ? `a whole number from ${minimum}` : `a whole number from ${minimum} to ${maximum}`;
  }
  if (schema.type === 'boolean') return 'on or off';
  return schema.type === 'array' ? 'words, by comma' : 'text';
}

export function configurationPage(): string {
  const rows = Object.entries<Option>(options).map(([name, option]) => {
    const flag = option.flag ? `, \`${option.flag}\`` : '';
    const value = shownDefault(option.default);
    const secret = option.secret ? ' Secret.' : '';
    return `| \`${environmentName(name)}\`${flag} | ${value === '' ? '' : `\`${value}\``} | ${shownValues(option.schema as SettingSchema)} | ${cell(option.description)}${secret} |`;
  });
  return `# Configuration

Settings are read once, at start, from flags of \`foyer serve\` and from the environment; a flag wins. A value that cannot be used
stops the start with one line that names it (exit code 2). A variable that begins with FOYER_ and is no setting earns a warning.
Settings of a member (its limits, file format, defaults) are not here: they are data, in \`/member\` and \`/batch-segment-config\`.

| setting | default | values | what it does |
|---|---|---|---|
${rows.join('\n')}

The tests read two more: \`FOYER_TEST_FULL=1\` runs the long forms, \`FOYER_TEST_OPERATIONS\` sets how many random operations the
engine's property test plays. \`FOYER_SERVER\` is the server that the \`foyer\` command talks to where \`--server\` does not say.

This page is made from the option table in server/src/config/options.ts by \`node tools/make-docs.ts\`.
`;
}

export const pages = async (): Promise<Readonly<Record<string, string>>> => ({
  'docs/errors.md': errorsPage(await readRefusalKinds()),
  'docs/configuration.md': configurationPage(),
  'docs/cli.md': cliPage(commandTable),
});

export const readPage = (path: string): string => readFileSync(join(root, path), 'utf8');

if (process.argv[1] === import.meta.filename) {
  for (const [path, text] of Object.entries(await pages())) {
    writeFileSync(join(root, path), text);
    process.stdout.write(`${path} written\n`);
  }
}
