/** A database that Foyer is compared with, running and empty or loaded. */
export interface PeerServer {
  readonly port: number;
  /** Product, version, durability and what else was set, for the result. */
  readonly settings: string;
  stop(): Promise<void>;
}

/** Why a peer is not in the table, and how to get it there. */
export class PeerMissing extends Error {
  override readonly name = 'PeerMissing';
}
