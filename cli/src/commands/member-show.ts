import type { Command } from '../command.ts';
import { loggedInClient } from '../logged-in-client.ts';
import { onlyObject } from '../only-object.ts';
import { printObject } from '../print-object.ts';
import { idOf } from '../read-id.ts';
import { serverOption } from '../server-url.ts';

export const memberShow: Command = {
  name: 'member show',
  summary: 'show one member with all its fields',
  operands: ['ID'],
  options: { server: serverOption },
  examples: ['npx foyer member show 1432', 'npx foyer member show 1432 --json'],
  run: async (call) => {
    const id = idOf(call);
    const client = await loggedInClient(call);
    const answer = await call.slowly('reading member …', client.listMembers({ id }));
    return printObject(call, onlyObject(answer.members, 'member', id));
  },
};
