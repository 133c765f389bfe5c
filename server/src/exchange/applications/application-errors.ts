import { defineRefusals } from '../../kit/refusal.ts';

/** Refusals of `/application-review` (additions.md section 6). */
export const applicationErrors = defineRefusals('application', {
  noSuchStep: { errorId: 'INTEGRITY', text: 'An application that is {from} cannot become {to}' },
  otherSide: { errorId: 'UNAUTH', text: 'Only {side} can make an application {to}' },
  oldReview: { errorId: 'INTEGRITY', text: 'Review {id} is over: the newest review of its application decides' },
  reasonNeeded: { errorId: 'SYNTAX', text: 'application_review.reason is required: say why the application is rejected' },
  reasonUnused: { errorId: 'SYNTAX', text: 'application_review.reason goes with REJECTED alone' },
});
