import { defineRefusals } from '../../kit/refusal.ts';

export const reachErrors = defineRefusals('reach', {
  quotaUsed: {
    errorId: 'SYSTEM',
    status: 429,
    errorCode: 'RATE_EXCEEDED',
    text: "The member has asked {limit} new questions about other members' users today (reach_per_day); questions about own segments and those asked before are still answered",
  },
});
