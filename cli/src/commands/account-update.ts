import { accountFields } from '../account-fields.ts';
import { updateCommand } from '../update-command.ts';

export const accountUpdate = updateCommand({
  object: { called: 'account', key: 'user' },
  summary: 'change fields of an account',
  fields: accountFields,
  examples: ['npx foyer account update 12 --email anna@example.com', 'npx foyer account update 12 --state inactive'],
  details:
    'You change names, address and telephone of your own account, an administrator everything of any. "foyer account password" sets\nthe password.',
  change: (client, fields, address) => client.updateAccount(fields, address),
});
