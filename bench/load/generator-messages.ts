import type { LoopResult } from './load-loop.ts';
import type { Preparation } from './requests.ts';

/** What the load generator's process is asked. One question at a time; each gets one answer. */
export type GeneratorQuestion =
  | { readonly ask: 'prepare'; readonly preparation: Preparation }
  | { readonly ask: 'run'; readonly run: RunRequest };

export interface RunRequest {
  /** The name under which the requests were prepared. */
  readonly requests: string;
  readonly port: number;
  readonly pid: number;
  readonly connections: number;
  /** Calls a second; null: as many as are answered. */
  readonly pace: number | null;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export type GeneratorAnswer =
  | { readonly is: 'prepared'; readonly requests: number; readonly bytes: number }
  | { readonly is: 'ran'; readonly result: LoopResult }
  | { readonly is: 'failed'; readonly reason: string };
