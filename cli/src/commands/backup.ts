import { resolve } from 'node:path';
import { FoyerError } from '@foyer/sdk/foyer-error.ts';
import type { Command } from '../command.ts';
import { CommandFailure } from '../command-failure.ts';
import { exitCodes } from '../exit-codes.ts';
import { dataDirectoryOf, dataOption } from '../run-file.ts';
import { sayIfSlow } from '../say-if-slow.ts';
import { withServerAt } from '../server-at-data-directory.ts';
import { groupedNumber } from '../text-table.ts';

const backupTimeoutMs = 6 * 3600 * 1000;

export const backup: Command = {
  name: 'backup',
  summary: 'copy all data into a new directory, while the server runs',
  operands: ['DIR'],
  options: { data: dataOption },
  examples: ['npx foyer backup /backups/monday', 'npx foyer backup /backups/monday --data /var/lib/foyer'],
  details:
    'The server that holds the data directory writes DIR, which must not exist or be empty; it needs the right to do so. Where none runs,\n' +
    'one is started for this. Everything that was acknowledged before is in it. DIR is there whole or not at all. "foyer verify --data DIR"\n' +
    'checks it, "foyer restore DIR" puts it back.',
  run: async (call) => {
    const directory = resolve(call.surroundings.cwd, call.operands[0] ?? '');
    const { backup: made } = await withServerAt(dataDirectoryOf(call), call, async (operator) => {
      const work = operator.createBackup({ directory }, {}, { timeoutMs: backupTimeoutMs });
      return await sayIfSlow(`writing ${directory} …`, (line) => call.say(line), work).catch((error: unknown) => {
        throw error instanceof FoyerError && error.status !== 401
          ? new CommandFailure(error.message, exitCodes.failed, { cause: error })
          : error;
      });
    });
    if (call.json) {
      call.printJson({ backup: made });
      return exitCodes.ok;
    }
    const { users, memberships, catalog_bytes: bytes } = made;
    call.print(`${directory} holds all data of ${made.made_at}:`);
    call.print(`${groupedNumber(users)} users, ${groupedNumber(memberships)} memberships, a catalog of ${groupedNumber(bytes)} bytes.`);
    return exitCodes.ok;
  },
};
