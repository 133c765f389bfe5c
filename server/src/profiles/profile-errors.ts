import { defineRefusals } from '../kit/refusal.ts';

export const profileErrors = defineRefusals('profiles', {
  unavailable: {
    errorId: 'SYSTEM',
    status: 503,
    text: 'The server cannot store anything at the moment; nothing was acknowledged. Try again later',
  },
});
