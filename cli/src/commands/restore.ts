import { resolve } from 'node:path';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { printHeldData, type HeldData } from '../held-data.ts';
import { runOffline } from '../offline-server.ts';
import { dataDirectoryOf, dataOption } from '../run-file.ts';
import { groupedNumber } from '../text-table.ts';

type Restored = HeldData & { readonly made_at: string; readonly dropped_segments: number };

export const restore: Command = {
  name: 'restore',
  summary: 'make a data directory of a backup',
  operands: ['BACKUP'],
  options: {
    data: { ...dataOption, description: 'the directory to make: it must not exist or hold nothing (default: FOYER_DATA, else ./data)' },
  },
  examples: ['npx foyer restore /backups/monday --data /var/lib/foyer'],
  details:
    'Checks all of the backup first (exit 6 where it is damaged), and never writes over anything. The directory is there whole or not at\n' +
    'all. Then start the server with it.',
  run: async (call) => {
    const data = dataDirectoryOf(call);
    const backup = resolve(call.surroundings.cwd, call.operands[0] ?? '');
    const restored = await runOffline<Restored>(call, ['restore', backup, '--data', data]);
    if (call.json) {
      call.printJson({ restored: true, ...restored });
      return exitCodes.ok;
    }
    call.print(`${data} holds the backup of ${restored.made_at} now.`);
    printHeldData(call, restored);
    if (restored.dropped_segments > 0)
      call.print(`Left out: members of ${groupedNumber(restored.dropped_segments)} segments that were made while the backup was made.`);
    return exitCodes.ok;
  },
};
