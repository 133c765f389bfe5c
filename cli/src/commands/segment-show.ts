import type { Command } from '../command.ts';
import { loggedInClient } from '../logged-in-client.ts';
import { onlyObject } from '../only-object.ts';
import { printObject } from '../print-object.ts';
import { idOf } from '../read-id.ts';
import { serverOption } from '../server-url.ts';

export const segmentShow: Command = {
  name: 'segment show',
  summary: 'show one segment with all its fields',
  operands: ['ID'],
  options: { server: serverOption },
  examples: ['npx foyer segment show 12', 'npx foyer segment show 12 --json'],
  run: async (call) => {
    const id = idOf(call);
    const client = await loggedInClient(call);
    const answer = await call.slowly('reading segment …', client.listSegments({ id }));
    return printObject(call, onlyObject(answer.segments, 'segment', id));
  },
};
