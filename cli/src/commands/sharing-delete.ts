import type { Command } from '../command.ts';
import { confirm, yesOption } from '../confirm.ts';
import { exitCodes } from '../exit-codes.ts';
import { loggedInClient } from '../logged-in-client.ts';
import { idsOf } from '../read-id.ts';
import { serverOption } from '../server-url.ts';

export const sharingDelete: Command = {
  name: 'sharing delete',
  summary: 'delete sharing records, and revoke what they share',
  operands: ['ID...'],
  options: { yes: yesOption, server: serverOption },
  examples: ['npx foyer sharing delete 55', 'npx foyer sharing delete 55 56 --yes'],
  details: 'The buyer loses sight of the segments at once. Where it targets them already they stay until it takes them out.',
  run: async (call) => {
    const ids = idsOf(call);
    const client = await loggedInClient(call);
    const named = ids.length === 1 ? `sharing record ${ids[0]}` : `${ids.length} sharing records`;
    await confirm(call, `Delete ${named}? The buyers lose sight of the segments at once.`);
    const { count } = await call.slowly(`deleting ${named} …`, client.deleteSharingRecord({ id: ids }));
    if (call.json) call.printJson({ deleted: count, ids });
    else call.print(count === 1 ? `Sharing record ${ids[0]} is deleted.` : `${count} sharing records are deleted.`);
    return exitCodes.ok;
  },
};
