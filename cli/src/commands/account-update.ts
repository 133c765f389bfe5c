import { accountFields } from '../account-fields.ts';
import type { Command } from '../command.ts';
import { bodyOption, changedFieldsOf } from '../field-options.ts';
import { loggedInClient } from '../logged-in-client.ts';
import { printDone } from '../print-object.ts';
import { idOf } from '../read-id.ts';
import { serverOption } from '../server-url.ts';

export const accountUpdate: Command = {
  name: 'account update',
  summary: 'change fields of an account',
  operands: ['ID'],
  options: { ...accountFields, body: bodyOption, server: serverOption },
  examples: ['npx foyer account update 12 --email anna@example.com', 'npx foyer account update 12 --state inactive'],
  details:
    'You change names, address and telephone of your own account, an administrator everything of any. "foyer account password" sets\nthe password.',
  run: async (call) => {
    const id = idOf(call);
    const fields = await changedFieldsOf(call, accountFields);
    const client = await loggedInClient(call);
    const answer = await call.slowly(`changing account ${id} …`, client.updateAccount(fields, { id }));
    return printDone(call, answer, answer.user, `Account ${id} is changed.`);
  },
};
