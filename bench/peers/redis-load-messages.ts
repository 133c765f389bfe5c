import type { PeerLoad } from './postgres-load.ts';

/** What the program is asked that loads files into Redis: one question at a time, each gets one answer. */
export interface RedisLoadQuestion {
  readonly port: number;
  readonly path: string;
  /** Is everything that Redis holds to go before? */
  readonly clear: boolean;
  readonly atS: number;
}

export type RedisLoadAnswer =
  | { readonly is: 'loaded'; readonly load: PeerLoad; readonly users: number }
  | { readonly is: 'failed'; readonly reason: string };
