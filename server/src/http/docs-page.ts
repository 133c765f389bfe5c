import type { TSchema } from 'typebox';
import { version } from './envelope.ts';
import { escapeHtml } from './html.ts';
import type { Operation } from './operation.ts';

/** The part of JSON Schema that the page shows. */
interface ShownSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly ShownSchema[];
  readonly items?: ShownSchema;
  readonly properties?: Readonly<Record<string, ShownSchema>>;
  readonly required?: readonly string[];
  readonly readOnly?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

const style = `
:root{color-scheme:light dark;--line:#8884;--soft:#8881}
body{font:15px/1.5 system-ui,sans-serif;margin:0;display:grid;grid-template-columns:16rem 1fr;min-height:100vh}
nav{border-right:1px solid var(--line);padding:1rem;position:sticky;top:0;height:100vh;overflow:auto;box-sizing:border-box}
nav a{display:block;text-decoration:none;color:inherit;padding:.15rem 0}nav a:hover,nav a:focus{text-decoration:underline}
main{padding:1rem 2rem 4rem;max-width:60rem}
article{border:1px solid var(--line);border-radius:6px;margin:1rem 0;padding:.75rem 1rem}
h3{margin:0 0 .25rem;font-size:1rem}h3 code{font-size:1rem}
.method{display:inline-block;min-width:4.2rem;font:600 .8rem ui-monospace,monospace}
table{border-collapse:collapse;width:100%;margin:.5rem 0}td,th{text-align:left;vertical-align:top;padding:.2rem .75rem .2rem 0;border-top:1px solid var(--line)}
pre{background:var(--soft);padding:.6rem;overflow:auto;border-radius:4px}code{font-family:ui-monospace,monospace;font-size:.9em}
.soft{opacity:.75}input{font:inherit;width:100%;box-sizing:border-box;padding:.3rem .5rem}summary{cursor:pointer}
@media(max-width:50rem){body{display:block}nav{position:static;height:auto;border-right:0;border-bottom:1px solid var(--line)}}`;

/** Hides what does not hold the words; the page is whole without it. */
const script = `
const box=document.getElementById('find');
box.addEventListener('input',()=>{const words=box.value.toLowerCase().split(/\\s+/).filter(Boolean);
for(const one of document.querySelectorAll('article')){one.hidden=!words.every(word=>one.textContent.toLowerCase().includes(word))}
for(const part of document.querySelectorAll('main section')){part.hidden=![...part.querySelectorAll('article')].some(one=>!one.hidden)}});`;

/** Every listed operation by service, readable, in one page that loads nothing from anywhere. */
export function docsPage(operations: readonly Operation[]): string {
  const services = Object.groupBy(
    operations.filter(({ unlisted }) => unlisted !== true),
    ({ paths }) => serviceOf(paths[0] ?? '/'),
  );
  const names = Object.keys(services).toSorted();
  const links = names.map((name) => `<a href="#${anchorOf(name)}">${escapeHtml(name)}</a>`).join('');
  const sections = names.map(
    (name) =>
      `<section id="${anchorOf(name)}"><h2>${escapeHtml(name)}</h2>${(services[name] ?? []).map((operation) => articleOf(operation)).join('')}</section>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Foyer API</title><style>${style}</style></head><body><nav><h1>Foyer ${escapeHtml(version)}</h1><p><label for="find">Find</label><input id="find" type="search" placeholder="segment, limit, UNAUTH…"></p>${links}</nav><main>${introduction}${sections.join('')}</main><script>${script}</script></body></html>`;
}

const introduction = `
<h2>How to call</h2>
<p>Log in, then send the token in every call. Answers stand in <code>{"response": {"status": "OK", …}}</code>; a refusal has <code>"status": "error"</code>,
an <code>error_id</code> and a sentence that says what is wrong and where. What was ignored is named in <code>dbg_info.warnings</code>.</p>
<pre>curl -d '{"auth":{"username":"NAME","password":"PASSWORD"}}' http://HOST/auth
curl -H 'Authorization: TOKEN' 'http://HOST/segment?num_elements=5&amp;sort=last_modified.desc'</pre>
<table><tr><th>in a list</th><th></th></tr>
<tr><td><code>FIELD=a,b</code></td><td>one of; <code>not_FIELD</code> none of</td></tr>
<tr><td><code>min_</code>, <code>max_</code>, <code>nmin_</code>, <code>nmax_</code></td><td>bounds, inclusive; with n also null</td></tr>
<tr><td><code>like_FIELD</code>, <code>search</code></td><td>contains, whatever the case</td></tr>
<tr><td><code>sort=FIELD.desc,…</code>, <code>fields=a,b</code></td><td>order; only these fields</td></tr>
<tr><td><code>start_element</code>, <code>num_elements</code></td><td>the page; 100 objects at most. <code>count</code> is the number of all</td></tr></table>
<p>The same for programs: <a href="/openapi.json">/openapi.json</a>.</p>`;

const serviceOf = (path: string): string => `/${path.split('/')[1] ?? ''}`;
const anchorOf = (service: string): string => `service${service.replaceAll('/', '-')}`;

function articleOf(operation: Operation): string {
  const addresses = operation.paths.map((path) => `<code>${escapeHtml(path)}</code>`).join(' ');
  const parameters = (operation.parameters ?? []).map(
    ({ name, description }) => `<tr><td><code>${escapeHtml(name)}</code></td><td>${escapeHtml(description)}</td></tr>`,
  );
  return [
    `<article id="${operation.id}"><h3><span class="method">${operation.method}</span> ${addresses}</h3>`,
    `<p>${escapeHtml(operation.summary)} <span class="soft">· ${accessOf(operation)} · <code>${operation.id}</code></span></p>`,
    parameters.length > 0 ? `<table><tr><th>parameter</th><th></th></tr>${parameters.join('')}</table>` : '',
    operation.body ? `<details><summary>What can be sent</summary>${fieldsOf(operation.body, 'sent')}</details>` : '',
    operation.answer ? `<details><summary>What is answered</summary>${fieldsOf(operation.answer, 'answered')}</details>` : '',
    '</article>',
  ].join('');
}

function accessOf({ access, keys }: Operation): string {
  if (keys) return `keys and accounts${keys.writes ? ', not viewers' : ''}`;
  if (access === 'anyone') return 'anyone';
  if (access.adminOnly === true) return 'administrators';
  return access.writes ? 'accounts, not viewers' : 'accounts';
}

function fieldsOf(schema: TSchema, direction: 'sent' | 'answered'): string {
  const { properties = {}, required = [] } = schema as ShownSchema;
  const rows = Object.entries(properties)
    .filter(([, field]) => direction === 'answered' || field.readOnly !== true)
    .map(
      ([name, field]) =>
        `<tr><td><code>${escapeHtml(name)}</code></td><td>${escapeHtml(typeOf(field))}${required.includes(name) && direction === 'sent' ? ', required' : ''}</td></tr>`,
    );
  return `<table><tr><th>field</th><th></th></tr>${rows.join('')}</table>`;
}

/** A schema in words: `text, up to 255 characters, or null`. */
export function typeOf(schema: ShownSchema): string {
  if (schema.anyOf) {
    const constants = schema.anyOf.filter((choice) => 'const' in choice).map((choice) => JSON.stringify(choice.const));
    const others = schema.anyOf.filter((choice) => !('const' in choice)).map(typeOf);
    return [...(constants.length > 0 ? [constants.join(', ')] : []), ...others].join(' or ');
  }
  if ('const' in schema) return JSON.stringify(schema.const);
  switch (schema.type) {
    case 'string':
      return schema.maxLength === undefined ? 'text' : `text, up to ${schema.maxLength} characters`;
    case 'integer':
      return ['whole number', boundsOf(schema)].filter(Boolean).join(', ');
    case 'array':
      return schema.items ? `list of (${typeOf(schema.items)})` : 'list';
    case 'object':
      return `object {${Object.keys(schema.properties ?? {}).join(', ')}}`;
    default:
      return schema.type ?? 'anything';
  }
}

function boundsOf({ minimum, maximum }: ShownSchema): string {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  if (minimum !== undefined) return `${minimum} or more`;
  return maximum === undefined ? '' : `${maximum} or less`;
}
