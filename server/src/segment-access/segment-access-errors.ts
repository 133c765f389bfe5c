import { defineRefusals } from '../kit/refusal.ts';

export const segmentAccessErrors = defineRefusals('segment-access', {
  ownSegments: { errorId: 'INTEGRITY', text: 'Member {member} may write its own segments already' },
  noSuchOwner: { errorId: 'INTEGRITY', text: 'There is no member {owner}' },
  requestExists: { errorId: 'INTEGRITY', text: 'Request {id} of member {member} to member {owner} is {state}; there can be one at a time' },
  noSuchStep: { errorId: 'INTEGRITY', text: 'A request that is {from} cannot become {to}' },
  otherSide: { errorId: 'UNAUTH', text: 'Only the {side} of a request can make it {to}' },
});
