import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The file that starts the server: in the repository beside this package, else of the package that this one depends on. */
export function serverEntry(): string {
  const beside = fileURLToPath(new URL('../../server/src/main.ts', import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(import.meta.resolve('@foyer/server/main.ts'));
}
