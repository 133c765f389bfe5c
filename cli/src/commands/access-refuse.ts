import { accessStep } from '../change-access-request.ts';

export const accessRefuse = accessStep({
  name: 'access refuse',
  summary: 'refuse a request to populate your segments',
  state: 'REFUSED',
  done: 'refused',
  examples: ['npx foyer access refuse 7'],
  details: 'The asker may ask again.',
});
