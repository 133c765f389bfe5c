import { accessStep } from '../change-access-request.ts';

export const accessAccept = accessStep({
  name: 'access accept',
  summary: 'let another member populate all your segments',
  state: 'ACCEPTED',
  done: 'accepted',
  examples: ['npx foyer access accept 7'],
  details: 'It holds at once. "foyer access revoke" takes it back; memberships that were made stay.',
});
