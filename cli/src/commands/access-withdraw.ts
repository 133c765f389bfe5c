import { accessStep } from '../change-access-request.ts';

export const accessWithdraw = accessStep({
  name: 'access withdraw',
  summary: 'take back a request of yours, or give up the right that it gave',
  state: 'WITHDRAWN',
  done: 'withdrawn',
  question: 'Your member can then no longer populate these segments. Go on?',
  examples: ['npx foyer access withdraw 7', 'npx foyer access withdraw 7 --yes'],
  details: 'Memberships that were made stay.',
});
