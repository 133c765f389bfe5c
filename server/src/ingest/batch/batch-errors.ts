import { defineRefusals } from '../../kit/refusal.ts';

export const batchErrors = defineRefusals('batch', {
  tooManyJobs: {
    errorId: 'LIMIT',
    text: '{count} jobs of this member are uploading, waiting or running, and {limit} may be; wait until some have completed',
  },
  keyUsedOtherwise: {
    errorId: 'INTEGRITY',
    text: 'This Idempotency-Key was used for a job with validate_only={before}; use another key for another request',
  },
  keyUnreadable: { errorId: 'SYNTAX', text: 'Idempotency-Key must be 1 to 255 printable ASCII characters' },
  ended: { errorId: 'INTEGRITY', text: 'The job is {phase}: there is nothing left to cancel' },
  notEnded: { errorId: 'INTEGRITY', text: 'The job is {phase}; it can be undone when it has ended' },
  cannotUndo: { errorId: 'INTEGRITY', text: '{reason}' },
  noRejects: { errorId: 'SYNTAX', status: 404, errorCode: 'NOT_FOUND', text: 'The job has no reject file: {reason}' },
});
