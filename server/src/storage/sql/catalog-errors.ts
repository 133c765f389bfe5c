import { defineRefusals } from '../../kit/refusal.ts';

export const catalogErrors = defineRefusals('catalog', {
  unavailable: {
    errorId: 'SYSTEM',
    status: 503,
    text: 'The server cannot store anything at the moment; nothing was done. Try again later',
  },
});
