import { accessStep } from '../change-access-request.ts';

export const accessRevoke = accessStep({
  name: 'access revoke',
  summary: 'end the right of another member to populate your segments',
  state: 'REVOKED',
  done: 'revoked',
  question: 'The other member can then no longer populate your segments. Go on?',
  examples: ['npx foyer access revoke 7', 'npx foyer access revoke 7 --yes'],
  details: 'It ends at once. Memberships that were made stay.',
});
