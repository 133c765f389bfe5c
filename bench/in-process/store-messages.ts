import type { Membership } from '../../server/src/profiles/profile-store.ts';

/** What the program around a store is asked (serve-store.ts); one question at a time, each gets one answer. */
export type StoreQuestion =
  | { readonly ask: 'open'; readonly options: StoreOptions }
  | { readonly ask: 'load' }
  | { readonly ask: 'merge'; readonly batches: number; readonly sample: number }
  | { readonly ask: 'update'; readonly seconds: number; readonly underWay: number; readonly variant: string }
  | { readonly ask: 'get'; readonly seconds: number }
  | { readonly ask: 'close' };

export interface StoreOptions {
  /** For stores that live in files of their own. */
  readonly directory: string;
  /** The repository whose engine is measured. */
  readonly checkout: string;
  /** Where a server listens; 0 for stores in the process. */
  readonly port: number;
  readonly users: number;
  readonly durability: 'fsync' | 'os';
  /** When all memberships are added: the same for all stores, so that they can be compared. Unix seconds. */
  readonly atS: number;
}

export interface Loaded {
  /** Spent in the store; making the data is not counted. */
  readonly seconds: number;
  readonly figures: StoreFigures;
}

/** What a store tells of itself; null where it does not. */
export interface StoreFigures {
  readonly memberships: number | null;
  readonly memoryBytes: number | null;
  /** Of these, what memberships take; the rest is users, their identifiers and the index over these. */
  readonly membershipBytes: number | null;
  /** Bytes of log that a restart would read. */
  readonly logBytes: number | null;
}

export interface StoreRun {
  /** Batches or profiles. */
  readonly count: number;
  readonly seconds: number;
  /** Of a batch; of a profile where they are read one by one, else of a whole pipeline. */
  readonly p50Us: number;
  readonly p99Us: number;
  readonly largestUs: number;
  /** Processor time of this process, in seconds. */
  readonly cpu: number;
  readonly figures: StoreFigures;
}

/** A user and what a store says of it. */
export interface ReadBack {
  readonly userId: bigint;
  readonly memberships: readonly Membership[];
}

export type StoreAnswer =
  | { readonly is: 'opened' }
  | { readonly is: 'loaded'; readonly loaded: Loaded }
  | { readonly is: 'merged'; readonly readBack: readonly ReadBack[] }
  | { readonly is: 'ran'; readonly run: StoreRun }
  | { readonly is: 'closed' }
  | { readonly is: 'failed'; readonly reason: string };
