/** What the in-process measurement is asked, and what it answers (engine-program.ts). */
export type EngineQuestion =
  | { readonly ask: 'open'; readonly directory: string; readonly users: number; readonly durability: 'fsync' | 'os' }
  | { readonly ask: 'update'; readonly seconds: number; readonly inFlight: number }
  | { readonly ask: 'get'; readonly seconds: number }
  | { readonly ask: 'close' };

export interface OpenedEngine {
  readonly loadSeconds: number;
  readonly memberships: number;
  readonly bytesPerMembership: number;
  readonly logBytesPerMembership: number;
}

export interface EngineRun {
  /** Batches or gets. */
  readonly count: number;
  readonly seconds: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly largestUs: number;
  /** Processor time of the process, in seconds. */
  readonly cpu: number;
  /** Bytes that the log grew by. */
  readonly logBytes: number;
}

export type EngineAnswer =
  | { readonly is: 'opened'; readonly opened: OpenedEngine }
  | { readonly is: 'ran'; readonly run: EngineRun }
  | { readonly is: 'closed' }
  | { readonly is: 'failed'; readonly reason: string };
