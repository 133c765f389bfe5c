import type { Command } from '../command.ts';
import { loggedInClient } from '../logged-in-client.ts';
import { onlyObject } from '../only-object.ts';
import { printObject } from '../print-object.ts';
import { idOf } from '../read-id.ts';
import { serverOption } from '../server-url.ts';

export const sharingShow: Command = {
  name: 'sharing show',
  summary: 'show one sharing record with its segments',
  operands: ['ID'],
  options: { server: serverOption },
  examples: ['npx foyer sharing show 55', 'npx foyer sharing show 55 --json'],
  run: async (call) => {
    const id = idOf(call);
    const client = await loggedInClient(call);
    const answer = await call.slowly('reading sharing record …', client.listSharingRecords({ id }));
    return printObject(call, onlyObject(answer.member_data_sharings, 'sharing record', id));
  },
};
