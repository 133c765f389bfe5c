import { defineRefusals } from '../kit/refusal.ts';

export const taskErrors = defineRefusals('task', {
  cannotMove: { errorId: 'INTEGRITY', text: 'A task that is {before} cannot become {after}' },
});
