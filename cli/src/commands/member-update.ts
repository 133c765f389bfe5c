import type { Command } from '../command.ts';
import { bodyOption, changedFieldsOf } from '../field-options.ts';
import { loggedInClient } from '../logged-in-client.ts';
import { memberFields } from '../member-fields.ts';
import { printDone } from '../print-object.ts';
import { idOf } from '../read-id.ts';
import { serverOption } from '../server-url.ts';
import { changeAt } from '../unnamed-operation.ts';

const members = { path: '/member', one: 'member', many: 'members' } as const;

export const memberUpdate: Command = {
  name: 'member update',
  summary: 'change settings and limits of a member',
  operands: ['ID'],
  options: { ...memberFields, body: bodyOption, server: serverOption },
  examples: [
    'npx foyer member update 1432 --contact-email data@example.com',
    'npx foyer member update 1432 --reads-per-minute 5000',
    `npx foyer member update 1432 --body '{"segment_limit":1000}'`,
  ],
  details: 'A member changes its contact, time zone and currency; names, state and limits are for administrators.',
  run: async (call) => {
    const id = idOf(call);
    const fields = await changedFieldsOf(call, memberFields);
    const client = await loggedInClient(call);
    const work = changeAt(client, 'PUT', members, fields, { query: { id } });
    const { answer, object } = await call.slowly(`changing member ${id} …`, work);
    return printDone(call, answer, object, `Member ${id} is changed.`);
  },
};
