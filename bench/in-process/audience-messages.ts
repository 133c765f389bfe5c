/** What the measurement of the audience index is asked, and what it answers (audience-program.ts). */
export type AudienceQuestion =
  | { readonly ask: 'open'; readonly users: number }
  /** Forgets all sets and builds those of so many segments, largest first, in one scan. */
  | { readonly ask: 'build'; readonly segments: number }
  | { readonly ask: 'evaluate'; readonly expression: AudienceExpression; readonly seconds: number }
  /** Pages through the largest segment until the time is over. */
  | { readonly ask: 'scan'; readonly by: ScanWay; readonly seconds: number }
  | { readonly ask: 'ingest'; readonly watching: Watching; readonly seconds: number };

/** Two segments that hold half of the users each; ten segments in a nested expression; one of the two with bounds on its value. */
export type AudienceExpression = 'pair' | 'ten' | 'bounded';

/** Nothing is watched; every segment is, and the log is read by somebody who does nothing; every segment's set is kept up too. */
export type Watching = 'nothing' | 'log' | 'sets';

/** By the segment's set, keys alone or with memberships; by walking all profiles. */
export type ScanWay = 'keys' | 'set' | 'walk';

export interface OpenedAudience {
  readonly memberships: number;
  readonly bytesPerMembership: number;
}

export interface AudienceRun {
  /** Builds, answers, users or memberships. */
  readonly count: number;
  readonly seconds: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly largestUs: number;
  /** Processor time of the process, in seconds. */
  readonly cpu: number;
  /** Of a build: what the sets take for each membership in them. */
  readonly setBytesPerMembership: number;
}

export type AudienceAnswer =
  | { readonly is: 'opened'; readonly opened: OpenedAudience }
  | { readonly is: 'ran'; readonly run: AudienceRun }
  | { readonly is: 'failed'; readonly reason: string };
