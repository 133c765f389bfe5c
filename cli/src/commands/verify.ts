import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { printHeldData, type HeldData } from '../held-data.ts';
import { runOffline } from '../offline-server.ts';
import { dataDirectoryOf, dataOption } from '../run-file.ts';

export const verify: Command = {
  name: 'verify',
  summary: 'check the files of a data directory or a backup, and print what they hold',
  operands: [],
  options: { data: dataOption },
  examples: ['npx foyer verify --data /var/lib/foyer', 'npx foyer verify --data /backups/monday --json'],
  details:
    'Reads everything as a start would, and changes nothing. No server may hold the directory: exit 4. Damage is named with file and\n' +
    'offset: exit 6. Takes the memory that the server would take for the same data.',
  run: async (call) => {
    const data = dataDirectoryOf(call);
    const held = await runOffline<HeldData>(call, ['verify', '--data', data]);
    if (call.json) {
      call.printJson({ ok: true, ...held });
      return exitCodes.ok;
    }
    call.print(`${data} is whole.`);
    printHeldData(call, held);
    return exitCodes.ok;
  },
};
