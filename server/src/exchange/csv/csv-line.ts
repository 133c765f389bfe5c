/** What makes quotes needed (exchange.md section 3 rule 3): comma, quote, line breaks, spaces at the edges. */
const special = /[",\r\n]|^ | $/;

/** A cell as it is written: null is empty, an empty text stands in quotes, others only where they must. */
export function csvCell(text: string | null): string {
  if (text === null) return '';
  if (text === '') return '""';
  return special.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A record, its CRLF included. */
export const csvLine = (cells: readonly (string | null)[]): string => `${cells.map(csvCell).join(',')}\r\n`;
