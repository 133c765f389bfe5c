import { defineRefusals } from '../../kit/refusal.ts';

export const importErrors = defineRefusals('import', {
  conflict: { errorId: 'INTEGRITY', text: '{object}: {fault}. Nothing was imported' },
  malformed: { errorId: 'SYNTAX', text: '{path}: {fault}. Nothing was imported' },
});
