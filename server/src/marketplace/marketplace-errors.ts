import { defineRefusals } from '../kit/refusal.ts';

export const marketplaceErrors = defineRefusals('marketplace', {
  buyersEnable: { errorId: 'UNAUTH', text: 'Buyers enable data providers; member {member} is a data provider' },
  noDataProvider: { errorId: 'INTEGRITY', text: 'Member {member} is no data provider' },
});
