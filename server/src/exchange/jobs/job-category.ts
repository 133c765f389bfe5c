import { refusal } from '../../kit/refusal.ts';
import { exchangeErrors } from '../exchange-errors.ts';

/** exchange.md section 2.6. No job loads identities: that category is always empty. */
const jobCategories = ['SEGMENT_EXPORT', 'IDENTITY_IMPORT', 'SEGMENT_POPULATE_DB'] as const;

/** @throws Refusal exchange.notFound */
export function requireCategory(text: string | undefined): string {
  const category = jobCategories.find((name) => name === text);
  if (category === undefined) throw refusal(exchangeErrors.notFound, { object: 'category of jobs', id: (text ?? '').slice(0, 40) });
  return category;
}
