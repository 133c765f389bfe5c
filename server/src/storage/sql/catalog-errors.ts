import { defineRefusals } from '../../kit/refusal.ts';

export const catalogErrors = defineRefusals('catalog', {
  unavailable: {
    errorId: 'SYSTEM',
    status: 503,
    text: 'The server cannot read or store anything at the moment; nothing was done. Try again later',
  },
  inDoubt: {
    errorId: 'SYSTEM',
    status: 503,
    text: 'The database was lost while the change was being stored, which may or may not have been done. Look before you send it again',
  },
});
