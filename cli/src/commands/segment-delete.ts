import type { Command } from '../command.ts';
import { confirm, yesOption } from '../confirm.ts';
import { exitCodes } from '../exit-codes.ts';
import { loggedInClient } from '../logged-in-client.ts';
import { idsOf } from '../read-id.ts';
import { serverOption } from '../server-url.ts';

export const segmentDelete: Command = {
  name: 'segment delete',
  summary: 'delete segments with all their memberships',
  operands: ['ID...'],
  options: { yes: yesOption, server: serverOption },
  examples: ['npx foyer segment delete 12', 'npx foyer segment delete 12 13 14 --yes'],
  details: 'They are gone at once, also for those with whom they are shared. One id that is not there, and none is deleted.',
  run: async (call) => {
    const ids = idsOf(call);
    const client = await loggedInClient(call);
    const named = ids.length === 1 ? `segment ${ids[0]}` : `${ids.length} segments`;
    await confirm(call, `Delete ${named} with all memberships? This cannot be undone.`);
    const { count } = await call.slowly(`deleting ${named} …`, client.deleteSegment({ id: ids }));
    if (call.json) call.printJson({ deleted: count, ids });
    else call.print(count === 1 ? `Segment ${ids[0]} is deleted.` : `${count} segments are deleted.`);
    return exitCodes.ok;
  },
};
