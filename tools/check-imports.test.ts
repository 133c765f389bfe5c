import { describe, expect, test } from 'vitest';
import { checkImports } from './check-imports.ts';
import { findImports } from './find-imports.ts';

/** A source that imports these, each on its own line. */
const importing = (...specifiers: readonly string[]): string =>
  specifiers.map((specifier) => `import { a } from '${specifier}';`).join('\n');
/** Split, so that this file's own text is not taken for what it tests. */
const byUrl = (name: string, path: string): string => `const ${name} = new URL(${[`'${path}'`, 'import.meta.url'].join(', ')});`;
const byCall = (path: string): string => ['import', `'${path}')`].join('(');
const nothing = 'export const a = 1;';

/** Checks a repository of these files: `checked` holds the sources, `others` are files that just exist. */
function rulesBroken(checked: Readonly<Record<string, string>>, others: readonly string[] = []): readonly string[] {
  const sources = new Map([...others.map((file) => [file, nothing] as const), ...Object.entries(checked)]);
  return checkImports(sources).map(({ file, line, rule }) => `${file}:${line} ${rule}`);
}

describe('order of the domains', () => {
  test('a later domain may import an earlier one', () => {
    const found = rulesBroken({ 'server/src/segments/segment.ts': importing('../members/member.ts') }, ['server/src/members/member.ts']);
    expect(found).toEqual([]);
  });

  test.each([
    ['kit/clock.ts', 'config/config.ts', 'config'],
    ['kit/clock.ts', 'storage/sql/catalog.ts', 'order'],
    ['access/login.ts', 'members/member.ts', 'order'],
    ['members/member.ts', 'profiles/profile-store.ts', 'order'],
    ['profiles/profile-store.ts', 'segments/segment.ts', 'order'],
    ['segments/segment.ts', 'sharing/sharing-record.ts', 'order'],
    ['segments/segment.ts', 'catalog-view/catalog-view.ts', 'order'],
    ['sharing/sharing-record.ts', 'catalog-view/catalog-view.ts', 'order'],
    ['catalog-view/catalog-view.ts', 'identity/resolve-user.ts', 'order'],
    ['identity/resolve-user.ts', 'usage/meter.ts', 'order'],
    ['usage/meter.ts', 'ingest/report.ts', 'order'],
    ['ingest/report.ts', 'exchange/share.ts', 'order'],
    ['exchange/share.ts', 'activation/match.ts', 'order'],
    ['activation/match.ts', 'ingest/report.ts', 'order'],
    ['activation/match.ts', 'compose.ts', 'order'],
    ['storage/sql/catalog.ts', 'http/server.ts', 'order'],
    ['http/server.ts', 'background/claim.ts', 'order'],
    ['background/claim.ts', 'storage/sql/catalog.ts', 'order'],
    ['http/server.ts', 'access/login.ts', 'order'],
  ])('%s may not import %s', (from, to, rule) => {
    const specifier = `${'../'.repeat(from.split('/').length - 1)}${to}`;
    const found = rulesBroken({ [`server/src/${from}`]: importing(specifier) }, [`server/src/${to}`]);
    expect(found).toEqual([`server/src/${from}:1 ${rule}`]);
  });

  test('a folder that the table does not know is refused from both sides', () => {
    const found = rulesBroken({ 'server/src/extras/extra.ts': importing('../kit/clock.ts') }, ['server/src/kit/clock.ts']);
    expect(found).toEqual(['server/src/extras/extra.ts:1 order']);
  });

  test('sharing and marketplace may import each other in one direction, not in both', () => {
    const one = { 'server/src/sharing/record.ts': importing('../marketplace/enabled.ts') };
    expect(rulesBroken(one, ['server/src/marketplace/enabled.ts'])).toEqual([]);
    const both = { ...one, 'server/src/marketplace/public.ts': importing('../sharing/rule.ts') };
    const found = rulesBroken(both, ['server/src/marketplace/enabled.ts', 'server/src/sharing/rule.ts']);
    expect(found).toEqual(['marketplace:1 cycle']);
  });
});

describe('what of a domain is open', () => {
  test("another domain's folder is closed, its root is open", () => {
    const file = 'server/src/sharing/record.ts';
    expect(rulesBroken({ [file]: importing('../segments/segment.ts') }, ['server/src/segments/segment.ts'])).toEqual([]);
    const found = rulesBroken({ [file]: importing('../segments/store/segment-store.ts') }, ['server/src/segments/store/segment-store.ts']);
    expect(found).toEqual([`${file}:1 depth`]);
  });

  test('storage, http and background are open below their root too', () => {
    const found = rulesBroken({ 'server/src/segments/store/segment-store.ts': importing('../../storage/sql/catalog.ts') }, [
      'server/src/storage/sql/catalog.ts',
    ]);
    expect(found).toEqual([]);
  });

  test.each([
    ['server/src/identity/resolve-user.ts', '../profiles/embedded/log.ts', 'server/src/profiles/embedded/log.ts'],
    ['server/src/profiles/profile-writer.ts', './model/model-store.ts', 'server/src/profiles/model/model-store.ts'],
    ['server/src/members/store/member-store.ts', '../../storage/sql/sqlite-dialect.ts', 'server/src/storage/sql/sqlite-dialect.ts'],
    ['server/src/storage/sql/catalog.ts', './sqlite-dialect.ts', 'server/src/storage/sql/sqlite-dialect.ts'],
  ])('%s may not import an engine', (file, specifier, target) => {
    expect(rulesBroken({ [file]: importing(specifier) }, [target])).toEqual([`${file}:1 engine`]);
  });

  test('compose.ts imports engines, and the files of one engine each other', () => {
    const engine = 'server/src/profiles/embedded/log.ts';
    const found = rulesBroken(
      {
        'server/src/compose.ts': importing('./profiles/embedded/store.ts'),
        'server/src/profiles/embedded/store.ts': importing('./log.ts'),
      },
      [engine],
    );
    expect(found).toEqual([]);
  });

  test('a worker is named by URL and counts as imported', () => {
    const file = 'server/src/storage/sql/catalog.ts';
    const source = byUrl('worker', './sqlite-worker.ts');
    expect(rulesBroken({ [file]: source }, ['server/src/storage/sql/sqlite-worker.ts'])).toEqual([`${file}:1 engine`]);
  });

  test('only routes.ts imports routes', () => {
    const route = 'server/src/segments/routes/create-segment.ts';
    expect(rulesBroken({ 'server/src/routes.ts': importing('./segments/routes/create-segment.ts') }, [route])).toEqual([]);
    for (const [file, specifier] of [
      ['server/src/compose.ts', './segments/routes/create-segment.ts'],
      ['server/src/segments/segment.ts', './routes/create-segment.ts'],
      ['server/src/segments/routes/update-segment.ts', './create-segment.ts'],
    ] as const) {
      expect(rulesBroken({ [file]: importing(specifier) }, [route])).toEqual([`${file}:1 routes`]);
    }
  });
});

describe('configuration', () => {
  const config = ['server/src/config/config.ts'];

  test('only main.ts imports its values, others its types', () => {
    expect(rulesBroken({ 'server/src/main.ts': importing('./config/config.ts') }, config)).toEqual([]);
    const typed = "import type { Config } from './config/config.ts';";
    expect(rulesBroken({ 'server/src/compose.ts': typed }, config)).toEqual([]);
    expect(rulesBroken({ 'server/src/compose.ts': importing('./config/config.ts') }, config)).toEqual(['server/src/compose.ts:1 config']);
  });

  test('only main.ts reads the environment', () => {
    const source = `\n// process.env is read elsewhere\nexport const host = process.env['FOYER_HOST'];`;
    expect(rulesBroken({ 'server/src/main.ts': source })).toEqual([]);
    expect(rulesBroken({ 'server/src/http/server.ts': source })).toEqual(['server/src/http/server.ts:3 config']);
  });
});

describe('parts of the repository', () => {
  test.each([
    ['cli/src/main.ts', '../../server/src/kit/clock.ts'],
    ['cli/src/main.ts', '@foyer/server/main.ts'],
    ['console/src/main.ts', '../../server/src/kit/clock.ts'],
    ['sdk/src/client.ts', '../../server/src/kit/clock.ts'],
    ['sdk/src/client.ts', '@foyer/cli'],
    ['server/src/kit/fold.ts', '../../../sdk/src/client.ts'],
    ['server/src/kit/fold.ts', '@foyer/sdk'],
    ['server/src/kit/fold.ts', '../../test/running-server.ts'],
  ])('%s may not import %s', (file, specifier) => {
    const others = ['server/src/kit/clock.ts', 'sdk/src/client.ts', 'server/test/running-server.ts'];
    const found = rulesBroken(
      { [file]: importing(specifier) },
      others.filter((other) => other !== file),
    );
    expect(found).toEqual([`${file}:1 part`]);
  });

  test('cli and console use the sdk, and cli starts the server as a process', () => {
    const start = byUrl('server', '../../server/src/main.ts');
    const sources = {
      'cli/src/main.ts': `${importing('@foyer/sdk', 'node:fs')}\n${start}`,
      'console/src/main.ts': importing('@foyer/sdk'),
    };
    expect(rulesBroken(sources, ['server/src/main.ts'])).toEqual([]);
  });
});

describe('tests', () => {
  const engine = 'server/src/profiles/embedded/log.ts';

  test("may import routes and their own domain's engines", () => {
    const sources = {
      'server/src/profiles/profile-store.test.ts': importing('./embedded/log.ts'),
      'server/src/segments/routes/create-segment.test.ts': importing('./create-segment.ts', '../../compose.ts'),
    };
    expect(rulesBroken(sources, [engine, 'server/src/segments/routes/create-segment.ts', 'server/src/compose.ts'])).toEqual([]);
  });

  test('may use the model engine and what server/test has for them', () => {
    const sources = { 'server/src/ingest/report.test.ts': importing('../profiles/model/model-store.ts', '../../test/api.ts') };
    expect(rulesBroken(sources, ['server/src/profiles/model/model-store.ts', 'server/test/api.ts'])).toEqual([]);
  });

  test("may not import another domain's engines, and nobody imports a test", () => {
    const test = 'server/src/ingest/report.test.ts';
    expect(rulesBroken({ [test]: importing('../profiles/embedded/log.ts') }, [engine])).toEqual([`${test}:1 engine`]);
    const file = 'server/src/ingest/report.ts';
    expect(rulesBroken({ [file]: importing('./report.test.ts') }, [test])).toEqual([`${file}:1 test`]);
  });
});

describe('cycles, barrels, names', () => {
  test('a cycle is refused, one of types too', () => {
    const found = rulesBroken({
      'server/src/kit/a.ts': importing('./b.ts'),
      'server/src/kit/b.ts': "\nimport type { C } from './c.ts';",
      'server/src/kit/c.ts': importing('./a.ts'),
    });
    expect(found).toEqual(['server/src/kit/c.ts:1 cycle']);
  });

  test('a file that only re-exports is a barrel, one that also does something is not', () => {
    const passing = "export { a } from './fold.ts';\nexport * from './clock.ts';";
    const others = ['server/src/kit/fold.ts', 'server/src/kit/clock.ts'];
    expect(rulesBroken({ 'server/src/kit/all.ts': passing }, others)).toEqual(['server/src/kit/all.ts:1 barrel']);
    expect(rulesBroken({ 'server/src/kit/all.ts': `${passing}\nexport const b = 2;` }, others)).toEqual([]);
  });

  test.each(['utils', 'helpers', 'common', 'misc', 'types', 'index', 'session-manager', 'string-utils', 'createSegment', 'Segment', 'a_b'])(
    '%s.ts is no name',
    (name) => {
      const file = `server/src/segments/${name}.ts`;
      expect(rulesBroken({ [file]: nothing })).toEqual([`${file}:1 name`]);
    },
  );

  test('a folder named utils is refused', () => {
    expect(rulesBroken({ 'server/src/segments/utils/segment.ts': nothing })).toEqual(['server/src/segments/utils/segment.ts:1 name']);
  });

  test('an import of a file that does not exist is named', () => {
    expect(rulesBroken({ 'server/src/kit/a.ts': `\n${importing('./gone.ts')}` })).toEqual(['server/src/kit/a.ts:2 missing']);
  });
});

describe('findImports', () => {
  test('finds every form with its line and leaves strings and comments alone', () => {
    const source = [
      "import './side-effect.ts';",
      "import type { A } from './type-only.ts';",
      'import {',
      '  b,',
      "} from './broken-line.ts';",
      "// import { c } from './comment.ts';",
      "/* import { d } from './block.ts'; */",
      "export type { E } from './passed-type.ts';",
      "export * from './passed.ts';",
      `const f = await ${byCall('./dynamic.ts')};`,
      `type G = typeof ${byCall('./dynamic-type.ts')};`,
      "const text = `import { h } from './text.ts';`;",
      "export const k = 'from';",
      byUrl('worker', './worker.ts'),
    ].join('\n');
    const found = findImports(source).map((entry) => {
      const kinds = [entry.typeOnly && 'type', entry.reexport && 'reexport', entry.url && 'url'].filter(Boolean);
      return [entry.line, entry.specifier, ...kinds].join(' ');
    });
    expect(found).toEqual([
      '1 ./side-effect.ts',
      '2 ./type-only.ts type',
      '3 ./broken-line.ts',
      '8 ./passed-type.ts type reexport',
      '9 ./passed.ts reexport',
      '10 ./dynamic.ts',
      '11 ./dynamic-type.ts type',
      '14 ./worker.ts url',
    ]);
  });
});
