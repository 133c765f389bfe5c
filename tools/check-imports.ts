/**
 * Holds the import rules of architecture.md ("Where things are") as one table and checks every source file against it.
 * Run alone it checks the repository; `checkImports` is a pure function so that a test can prove each rule.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { findImports } from './find-imports.ts';
import type { Import } from './find-imports.ts';

/** THE table. Paths are relative to server/src unless they begin with another part of the repository. */
const table = {
  /** A domain may import from its own level's earlier lines, never from later ones. */
  levels: [
    ['kit'],
    ['config', 'storage', 'http', 'background'],
    ['access'],
    ['audit', 'notices'],
    ['members', 'tasks'],
    ['profiles'],
    ['segments'],
    ['sharing', 'marketplace', 'segment-access'],
    ['catalog-import', 'backup'],
    ['catalog-view'],
    ['identity'],
    ['usage'],
    ['ingest', 'exchange', 'activation'],
    ['routes.ts', 'compose-http.ts', 'compose.ts', 'offline.ts', 'main.ts'],
  ],
  /** Domains of one level that never import each other (config: its types are open to all, see `configTypes`). */
  strangers: [
    ['storage', 'http', 'background', 'config'],
    ['ingest', 'exchange', 'activation'],
  ],
  /** The only ones that may import what all others must leave alone. */
  engineImporter: 'compose.ts',
  routesImporter: 'routes.ts',
  /** Those that may import what lies below other domains' roots. */
  wirers: ['compose.ts', 'compose-http.ts', 'routes.ts'],
  configReader: 'main.ts',
  /** Files that only their own engine, compose.ts and tests of their domain may import: one pattern an engine. */
  engines: [
    /^storage\/sql\/(sqlite|postgres)[^/]*$/,
    /^storage\/redis\//,
    /^storage\/files\/(directory|s3)/,
    /^profiles\/(embedded|model|redis|engines?)\//,
    /^ingest\/batch\/drop\/(directory|s3)-drop\.ts$/,
  ],
  /** The engines that tests of every domain may use: the model of the profile store, and the embedded database. */
  testEngines: [/^profiles\/model\//, /^storage\/sql\/sqlite-dialect/],
  /** Below a domain's root, yet open to other domains: infrastructure without a domain's shape. */
  open: [/^kit\//, /^storage\//, /^http\//, /^background\//],
  /** What each part of the repository may import of the others. */
  parts: {
    'server/src': ['server/src', 'server/assets'],
    'server/assets': [],
    'server/test': ['server/test', 'server/src', 'sdk'],
    sdk: ['sdk'],
    cli: ['cli', 'sdk'],
    console: ['console', 'sdk'],
    bench: ['bench', 'sdk', 'server/src', 'server/test'],
    tools: ['tools', 'sdk', 'cli', 'server/src', 'server/test'],
  } as Readonly<Record<string, readonly string[]>>,
  packages: { '@foyer/server': 'server/src', '@foyer/sdk': 'sdk', '@foyer/cli': 'cli' } as Readonly<Record<string, string>>,
  forbiddenNames: ['utils', 'util', 'helpers', 'helper', 'common', 'misc', 'manager', 'types', 'index'],
  fileName: /^(\d{4}-)?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*\.(ts|tsx|mts|mjs)$/,
  test: /\.(test|contract)\.ts$/,
} as const;

export interface Violation {
  readonly file: string;
  /** 1 for what concerns the whole file. */
  readonly line: number;
  readonly rule: string;
  readonly text: string;
}

const server = 'server/src/';
const isTest = (file: string): boolean => table.test.test(file);
const partOf = (file: string): string | undefined => Object.keys(table.parts).find((part) => file === part || file.startsWith(`${part}/`));
/** The first folder below server/src, or the name of a file at its root. */
const domainOf = (file: string): string => file.slice(server.length).split('/')[0] ?? '';
const levelOf = (domain: string): number => table.levels.findIndex((level) => (level as readonly string[]).includes(domain));
const engineOf = (path: string): RegExp | undefined => table.engines.find((engine) => engine.test(path));

/** Where a specifier leads: a file of the repository, another part by its package's name, or neither (npm, node:). */
function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return posix.normalize(posix.join(posix.dirname(file), specifier));
  const name = Object.keys(table.packages).find((known) => specifier === known || specifier.startsWith(`${known}/`));
  return name && `${table.packages[name]}/`;
}

function checkName(file: string): Violation[] {
  const name = posix.basename(file);
  const stem = name.split('.')[0] ?? '';
  const folders = posix.dirname(file).split('/').slice(1);
  const found: Violation[] = [];
  if (!table.fileName.test(name)) found.push({ file, line: 1, rule: 'name', text: `${name} is not kebab-case` });
  const forbidden = [stem, ...folders, ...stem.split('-').filter((word) => word !== 'types' && word !== 'index')].find((word) =>
    (table.forbiddenNames as readonly string[]).includes(word),
  );
  if (forbidden) found.push({ file, line: 1, rule: 'name', text: `"${forbidden}" says nothing; name the file after its main export` });
  return found;
}

function checkContent(file: string, source: string, imports: readonly Import[]): Violation[] {
  const found: Violation[] = [];
  const lines = source.split('\n').filter((line) => line.trim() !== '' && !/^\s*(\/\/|\/?\*)/.test(line));
  const reexports = imports.filter((entry) => entry.reexport);
  if (
    reexports.length > 0 &&
    lines
      .join('\n')
      .replaceAll(/export\s[^;]*?from\s*['"][^'"]+['"];?/g, '')
      .trim() === ''
  ) {
    found.push({ file, line: reexports[0]?.line ?? 1, rule: 'barrel', text: 'only passes on what other files export' });
  }
  if (file.startsWith(server) && file !== server + table.configReader && !isTest(file)) {
    const at = source.split('\n').findIndex((line) => /\bprocess\s*\.\s*env\b/.test(line.replace(/^\s*(\/\/|\*|\/\*).*$/, '')));
    if (at >= 0) found.push({ file, line: at + 1, rule: 'config', text: `only ${table.configReader} reads the environment` });
  }
  return found;
}

/** Between the parts of the repository: server, sdk, cli, console, bench, tools. */
function checkParts(file: string, entry: Import, target: string): Violation[] {
  const [from, to] = [partOf(file), partOf(target)];
  // cli may start the server as a process: it names the file by URL and imports nothing.
  if (!from || (from === 'cli' && entry.url)) return [];
  if (to && table.parts[from]?.includes(to)) return [];
  if (from === 'server/src' && to === 'server/test' && isTest(file)) return [];
  return [{ file, line: entry.line, rule: 'part', text: `${from} may import ${table.parts[from]?.join(', ')}, not ${target}` }];
}

/** Inside server/src: order of the domains, and what of a domain is open. */
function checkDomains(file: string, entry: Import, target: string): Violation[] {
  const path = target.slice(server.length);
  const [from, to] = [domainOf(file), domainOf(target)];
  const violation = (rule: string, text: string): Violation[] => [{ file, line: entry.line, rule, text }];
  if (isTest(target)) return violation('test', `only a test may import ${path}`);
  const engine = engineOf(path);
  const own = file.slice(server.length);
  if (engine && !engine.test(own) && own !== table.engineImporter) {
    return violation('engine', `only ${table.engineImporter} imports the engine file ${path}`);
  }
  if (/(^|\/)routes\//.test(path) && own !== table.routesImporter) {
    return violation('routes', `only ${table.routesImporter} imports ${path}`);
  }
  if (from === to) return [];
  if (to === 'config') {
    if (own === table.configReader || entry.typeOnly) return [];
    return violation('config', `only ${table.configReader} reads config; others import its types (import type)`);
  }
  if (levelOf(from) < 0 || levelOf(to) < 0) return violation('order', `"${levelOf(from) < 0 ? from : to}" is no domain of the table`);
  if (table.strangers.some((group) => (group as readonly string[]).includes(from) && (group as readonly string[]).includes(to))) {
    return violation('order', `${from} and ${to} never import each other`);
  }
  if (levelOf(to) > levelOf(from)) return violation('order', `${from} comes before ${to}: declare a port and join it in compose.ts`);
  const atRoot = path.split('/').length <= 2;
  if (!atRoot && !(table.wirers as readonly string[]).includes(own) && !table.open.some((pattern) => pattern.test(path))) {
    return violation('depth', `across domains only files at a domain's root: ${path} is ${to}'s own`);
  }
  return [];
}

/** A test may import everything of the server but the engines of another domain, those for tests apart. */
function checkTest(file: string, entry: Import, target: string): Violation[] {
  const path = target.slice(server.length);
  if (!engineOf(path) || table.testEngines.some((engine) => engine.test(path)) || domainOf(file) === domainOf(target)) return [];
  return [{ file, line: entry.line, rule: 'engine', text: `${path} is an engine of another domain: go through compose.ts` }];
}

type Graph = ReadonlyMap<string, readonly { readonly to: string; readonly line: number }[]>;

/** Each cycle once, reported where it closes. */
function findCycles(graph: Graph, rule: string): Violation[] {
  const state = new Map<string, 'open' | 'done'>();
  const found: Violation[] = [];
  const visit = (node: string, path: readonly string[]): void => {
    state.set(node, 'open');
    for (const { to, line } of graph.get(node) ?? []) {
      if (state.get(to) === 'open') {
        const round = [...path.slice(path.indexOf(to)), to];
        found.push({ file: node, line, rule, text: round.join(' -> ') });
      } else if (!state.has(to)) {
        visit(to, [...path, to]);
      }
    }
    state.set(node, 'done');
  };
  for (const node of graph.keys()) if (!state.has(node)) visit(node, [node]);
  return found;
}

/** The graph of domains that the graph of files makes; only siblings of one level can go round there. */
function domainGraph(files: Graph): Graph {
  const graph = new Map<string, { to: string; line: number }[]>();
  for (const [file, edges] of files) {
    if (!file.startsWith(server) || isTest(file)) continue;
    for (const { to, line } of edges) {
      const [from, target] = [domainOf(file), domainOf(to)];
      if (!to.startsWith(server) || from === target || levelOf(from) !== levelOf(target)) continue;
      if (from.endsWith('.ts')) continue;
      graph.set(from, [...(graph.get(from) ?? []), { to: target, line }]);
    }
  }
  return graph;
}

function checkImport(file: string, entry: Import, target: string, known: ReadonlySet<string>): Violation[] {
  const isFile = !target.endsWith('/');
  if (isFile && !known.has(target) && /\.(ts|mts|tsx)$/.test(target)) {
    return [{ file, line: entry.line, rule: 'missing', text: `${target} does not exist` }];
  }
  const parts = checkParts(file, entry, target);
  if (parts.length > 0 || !isFile || !file.startsWith(server) || !target.startsWith(server)) return parts;
  return isTest(file) ? checkTest(file, entry, target) : checkDomains(file, entry, target);
}

/** Checks sources by their path from the root of the repository (`server/src/kit/clock.ts`). Returns what breaks the table. */
export function checkImports(sources: ReadonlyMap<string, string>): readonly Violation[] {
  const known = new Set(sources.keys());
  const graph = new Map<string, { to: string; line: number }[]>();
  const found: Violation[] = [];
  for (const [file, source] of sources) {
    const imports = findImports(source);
    found.push(...checkName(file), ...checkContent(file, source, imports));
    const edges: { to: string; line: number }[] = [];
    graph.set(file, edges);
    for (const entry of imports) {
      const target = targetOf(file, entry.specifier);
      if (target === undefined) continue;
      found.push(...checkImport(file, entry, target, known));
      if (known.has(target) && !entry.url) edges.push({ to: target, line: entry.line });
    }
  }
  return [...found, ...findCycles(graph, 'cycle'), ...findCycles(domainGraph(graph), 'cycle')];
}

function main(): void {
  const root = resolve(import.meta.dirname, '..');
  const found = globSync('{server,sdk,cli,console,bench,tools}/**/*.{ts,tsx,mts,mjs}', {
    cwd: root,
    exclude: (path) => path.includes('node_modules') || path.includes('/dist'),
  });
  const files = found.map((file) => file.replaceAll('\\', '/')).sort();
  const violations = checkImports(new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')])));
  for (const { file, line, rule, text } of violations) console.log(`${file}:${line}: [${rule}] ${text}`);
  console.log(`check-imports: ${files.length} files, ${violations.length} violations`);
  process.exitCode = violations.length > 0 ? 1 : 0;
}

if (process.argv[1] && resolve(process.argv[1]) === join(dirname(import.meta.filename), 'check-imports.ts')) main();
