/** One edge from a source file to another module. */
export interface Import {
  readonly specifier: string;
  /** 1-based. */
  readonly line: number;
  /** Gone at run time: `import type` or `export type`. */
  readonly typeOnly: boolean;
  readonly reexport: boolean;
  /** Named by `new URL('./x.ts', import.meta.url)`: a worker or a process, not an import. */
  readonly url: boolean;
}

/** Statements begin a line (the formatter sees to that), so text inside strings is not taken for one. */
const statement = /^(import|export)\b(?![^'"\n]*=>)(\s+type\b)?(?:[^'"`;=()]*?\bfrom\s*|\s*)['"]([^'"\n]+)['"]/gm;
const dynamic = /\bimport\(\s*['"]([^'"\n]+)['"]/g;
const typeDynamic = /\btypeof\s+import\(\s*['"]([^'"\n]+)['"]/g;
const url = /\bnew URL\(\s*['"](\.[^'"\n]+)['"]\s*,\s*import\.meta\.url/g;

/** Blanks out comments, keeping every line where it is. A `//` inside a string may go too; no import path holds one. */
const withoutComments = (source: string): string =>
  source.replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ' ')).replaceAll(/^\s*\/\/.*$/gm, '');

/** All modules that a source names by a literal. */
export function findImports(source: string): readonly Import[] {
  const text = withoutComments(source);
  const lineOf = (index: number): number => text.slice(0, index).split('\n').length;
  const found: Import[] = [];
  for (const match of text.matchAll(statement)) {
    const common = { line: lineOf(match.index), typeOnly: match[2] !== undefined, url: false };
    found.push({ ...common, specifier: match[3] ?? '', reexport: match[1] === 'export' });
  }
  const types = new Set([...text.matchAll(typeDynamic)].map((match) => match.index + match[0].indexOf('import(')));
  for (const match of text.matchAll(dynamic)) {
    const common = { line: lineOf(match.index), typeOnly: types.has(match.index), url: false };
    found.push({ ...common, specifier: match[1] ?? '', reexport: false });
  }
  for (const match of text.matchAll(url)) {
    found.push({ specifier: match[1] ?? '', line: lineOf(match.index), typeOnly: false, reexport: false, url: true });
  }
  return found.sort((a, b) => a.line - b.line);
}
