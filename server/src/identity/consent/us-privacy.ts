/** What a us_privacy string says of the sale of data; `malformed` where it says nothing. */
export type SaleChoice = 'opted-out' | 'not-opted-out' | 'malformed';

const form = /^\d[YN-][YN-][YN-]$/i;

/** Reads a us_privacy string: a version and three letters, of which the second (the third character) is the sale opt-out. */
export function readUsPrivacy(text: string): SaleChoice {
  if (!form.test(text)) return 'malformed';
  return text[2] === 'Y' || text[2] === 'y' ? 'opted-out' : 'not-opted-out';
}
