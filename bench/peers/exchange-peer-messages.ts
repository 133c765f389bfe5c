/** What the peer of the exchange's bench is asked (exchange-peer-program.ts). */
export type ExchangePeerQuestion =
  /** From now on its audience has so many rows; what was counted is forgotten. */
  { readonly kind: 'begin'; readonly rows: number } | { readonly kind: 'count' };

export interface ExchangePeerAnswer {
  readonly url: string;
  /** Rows that the consumer was sent. */
  readonly delivered: number;
  /** In so many requests. */
  readonly requests: number;
}
