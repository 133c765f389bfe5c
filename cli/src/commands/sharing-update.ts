import type { Command } from '../command.ts';
import { CommandFailure } from '../command-failure.ts';
import { confirm, yesOption } from '../confirm.ts';
import { exitCodes } from '../exit-codes.ts';
import { loggedInClient } from '../logged-in-client.ts';
import { printDone } from '../print-object.ts';
import { idOf } from '../read-id.ts';
import { serverOption } from '../server-url.ts';
import { exportOf, exposureOf, sharingOptions } from '../sharing-options.ts';

export const sharingUpdate: Command = {
  name: 'sharing update',
  summary: 'change what a sharing record shares',
  operands: ['ID'],
  options: {
    ...sharingOptions,
    append: { type: 'boolean', description: 'add --segments to the list instead of replacing it' },
    yes: yesOption,
    server: serverOption,
  },
  examples: [
    'npx foyer sharing update 55 --segments 14 --append',
    'npx foyer sharing update 55 --segments 12,13 --yes',
    'npx foyer sharing update 55 --segments "" --yes',
  ],
  details: 'Without --append the list is replaced: what it leaves out is revoked at once, and no longer targeted anew.',
  run: async (call) => {
    const id = idOf(call);
    const exposure = exposureOf(call);
    const record = { ...exposure, ...exportOf(call) };
    if (Object.keys(record).length === 0) throw new CommandFailure('--segments, --all or --export is missing', exitCodes.usage);
    const append = call.flag('append');
    const client = await loggedInClient(call);
    if (exposure?.segment_exposure === 'list' && !append) await confirm(call, 'Segments that the list leaves out are revoked. Go on?');
    const work = client.updateSharingRecord(record, { id, append: append || undefined });
    const answer = await call.slowly(`changing sharing record ${id} …`, work);
    return printDone(call, answer, answer.member_data_sharing, `Sharing record ${id} is changed.`);
  },
};
