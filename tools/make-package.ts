/**
 * node tools/make-package.ts sdk|server|cli: what `npm pack` needs, in the package's dist folder: the sources without their types, for
 * Node runs no .ts below node_modules, and of the sdk the types too. Called by each package's prepack.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const packages = ['sdk', 'server', 'cli'];

/** Names of our own modules end in .js there: in imports, and where a worker or a process is started from a file. */
export const renamed = (source: string): string =>
  source.replaceAll(
    /(['"])((?:\.{1,2}|@foyer\/[a-z]+)\/[^'"\n]*)\.ts\1/g,
    (_, quote: string, path: string) => `${quote}${path}.js${quote}`,
  );

const isForTests = (path: string): boolean => /\.(test|fixture|contract)\.ts$|-fixtures?\.ts$/.test(path);

function writeSources(from: string, to: string): number {
  const paths = globSync('**/*.ts', { cwd: from }).filter((path) => !isForTests(path));
  for (const path of paths) {
    const file = join(to, path.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, renamed(stripTypeScriptTypes(readFileSync(join(from, path), 'utf8'))));
  }
  return paths.length;
}

function writeTypes(folder: string): void {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [compiler, '-p', join(folder, 'tsconfig.package.json')], { stdio: 'inherit' });
  for (const path of globSync('dist/**/*.d.ts', { cwd: folder })) {
    const file = join(folder, path);
    writeFileSync(file, renamed(readFileSync(file, 'utf8')));
  }
}

if (process.argv[1] === import.meta.filename) {
  const [name = ''] = process.argv.slice(2);
  if (!packages.includes(name)) {
    console.error(`foyer: usage: node tools/make-package.ts ${packages.join('|')}`);
    process.exit(2);
  }
  const folder = join(root, name);
  const target = join(folder, 'dist');
  rmSync(target, { recursive: true, force: true });
  const count = writeSources(join(folder, 'src'), target);
  if (name === 'sdk') writeTypes(folder);
  copyFileSync(join(root, 'LICENSE'), join(target, 'LICENSE'));
  console.error(`${name}/dist holds ${count} modules.`);
}
