import { memberFields } from '../member-fields.ts';
import { updateCommand } from '../update-command.ts';

export const memberUpdate = updateCommand({
  object: { called: 'member', key: 'member' },
  summary: 'change settings and limits of a member',
  fields: memberFields,
  examples: [
    'npx foyer member update 1432 --contact-email data@example.com',
    'npx foyer member update 1432 --reads-per-minute 5000',
    `npx foyer member update 1432 --body '{"segment_limit":1000}'`,
  ],
  details: 'A member changes its contact, time zone and currency; names, state and limits are for administrators.',
  change: (client, fields, address) => client.updateMember(fields, address),
});
