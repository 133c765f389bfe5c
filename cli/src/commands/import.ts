import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FoyerError } from '@foyer/sdk/foyer-error.ts';
import type { ImportResult } from '@foyer/sdk/wire.ts';
import type { Call, Command } from '../command.ts';
import { CommandFailure } from '../command-failure.ts';
import { exitCodes } from '../exit-codes.ts';
import { dataDirectoryOf, dataOption } from '../run-file.ts';
import { sayIfSlow } from '../say-if-slow.ts';
import { withServerAt } from '../server-at-data-directory.ts';
import { groupedNumber, textTable } from '../text-table.ts';

/** The server's own limit. */
const maxFileBytes = 256 * 1024 * 1024;
const importTimeoutMs = 30 * 60 * 1000;

export const importFile: Command = {
  name: 'import',
  summary: 'bring in members, accounts, segments, … from a file, with their ids',
  operands: ['FILE'],
  options: { data: dataOption },
  examples: ['npx foyer import company.json', 'npx foyer import company.json --data /var/lib/foyer'],
  details:
    'The format is that of server/test/conformance/fixture.json. Ids are kept. Objects that are there already are changed where they\n' +
    'differ, so a second import of the same file changes nothing. A conflict refuses the whole file. Works with and without a running\n' +
    'server: where one holds the data directory, it does the import.',
  run: async (call) => {
    const path = resolve(call.surroundings.cwd, call.operands[0] ?? '');
    const file = await readImportFile(path);
    const { import: result } = await withServerAt(dataDirectoryOf(call), call, async (operator) => {
      const work = operator.importCatalog(file, {}, { timeoutMs: importTimeoutMs });
      return await sayIfSlow(`importing ${path} (${groupedNumber(file.length)} bytes) …`, (line) => call.say(line), work).catch(
        (error: unknown) => {
          throw refusalOf(error, path);
        },
      );
    });
    printResult(call, result, path);
    return exitCodes.ok;
  },
};

async function readImportFile(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > maxFileBytes) throw new CommandFailure(`${path} has ${groupedNumber(size)} bytes; 256 MB is the most that can be imported`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`, exitCodes.failed, {
      cause: error,
    });
  }
}

function refusalOf(error: unknown, path: string): unknown {
  const refused = error instanceof FoyerError && (error.status === 400 || error.status === 409 || error.status === 413);
  return refused ? new CommandFailure(`${path} is refused: ${error.message}`, exitCodes.failed, { cause: error }) : error;
}

function printResult(call: Call, result: ImportResult, path: string): void {
  const counts = Object.values(result);
  const changed = counts.some((count) => count.created > 0 || count.changed > 0);
  if (call.json) {
    call.printJson({ import: result, changed });
    return;
  }
  if (!changed) {
    const unchanged = counts.reduce((sum, count) => sum + count.unchanged, 0);
    call.print(`Nothing changed: all ${groupedNumber(unchanged)} objects of ${path} are there already.`);
    return;
  }
  const rows = Object.entries(result).map(([kind, count]) => [
    kind.replaceAll('_', ' '),
    ...[count.created, count.changed, count.unchanged].map(groupedNumber),
  ]);
  const columns = [{ title: 'imported' }, ...['created', 'changed', 'unchanged'].map((title) => ({ title, align: 'right' as const }))];
  for (const line of textTable(columns, rows)) call.print(line);
}
