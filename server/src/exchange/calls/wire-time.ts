/** Times of the exchange are RFC 3339 in UTC (exchange.md section 2.1), with milliseconds only where there are any. */
export const formatRfc3339 = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

export const formatRfc3339OrNull = (ms: number | null): string | null => (ms === null ? null : formatRfc3339(ms));
