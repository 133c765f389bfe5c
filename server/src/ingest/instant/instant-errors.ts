import { defineRefusals } from '../../kit/refusal.ts';

/** Texts: Data Providers - Instant Audience Service; ingest.md section 3.3. */
const rateExceeded = (what: string) =>
  ({
    errorId: 'SYSTEM',
    status: 429,
    errorCode: 'RATE_EXCEEDED',
    text: `Rate limit exceeded. You have exceeded your request limit of {limit} ${what}, please wait and try again or contact the operator for higher limits`,
  }) as const;

export const instantErrors = defineRefusals('instant', {
  tooManyWrites: rateExceeded('writes per 1 seconds to rt-segment'),
  tooManyUsers: rateExceeded('users per 1 seconds to rt-segment'),
  tooManyReads: rateExceeded('reads per 1 seconds to rt-segment-processed'),
  tooDeep: { errorId: 'SYNTAX', text: 'The body is nested too deeply' },
  full: {
    errorId: 'SYSTEM',
    status: 503,
    errorCode: 'FULL',
    text: 'The server has no memory left for new users; changes of known users are still taken. Try again later or contact the operator',
  },
});
