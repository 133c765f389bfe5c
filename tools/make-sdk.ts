/**
 * Writes sdk/src/generated from the operations of the server and their schemas: the types of all objects, and a method for each
 * operation. `node tools/make-sdk.ts` writes; `--check` compares and fails where the files are stale. TypeScript 7 has no stable
 * compiler API, and generators for OpenAPI need one: this writes text.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startPlatform } from '../server/test/platform-server.ts';
import { generateSdk } from './generate-sdk.ts';

const root = join(import.meta.dirname, '..');

/** The files as they must be, by path. */
export async function sdkFiles(): Promise<Readonly<Record<string, string>>> {
  const platform = await startPlatform({ bare: true });
  try {
    return generateSdk(platform.server.operations.filter(({ unlisted, rawQuery }) => !unlisted && !rawQuery));
  } finally {
    await platform.stop();
  }
}

/** Paths of files that are not what the operations say. */
export function staleFiles(files: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(files).flatMap(([path, text]) => (readIfThere(join(root, path)) === text ? [] : [path]));
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

if (process.argv[1] === import.meta.filename) {
  const files = await sdkFiles();
  if (process.argv.includes('--check')) {
    const stale = staleFiles(files);
    for (const path of stale) console.log(`${path} is not what the server's operations say: node tools/make-sdk.ts`);
    process.exitCode = stale.length > 0 ? 1 : 0;
  } else {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
      console.log(`${path} written`);
    }
  }
}
