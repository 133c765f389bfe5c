import type { LoopResult } from './closed-loop.ts';
import type { LoginPlan } from './login-stream.ts';
import type { Preparation } from './requests.ts';

/** What the load generator's process is asked. One question at a time; each gets one answer. */
export type GeneratorQuestion =
  | { readonly ask: 'prepare'; readonly preparation: Preparation }
  | { readonly ask: 'load'; readonly port: number; readonly users: number; readonly segmentsPerUser: number; readonly token: string }
  | { readonly ask: 'run'; readonly run: RunRequest };

export interface RunRequest {
  /** The name under which the requests were prepared. */
  readonly requests: string;
  readonly port: number;
  readonly pid: number;
  readonly connections: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** Logins that arrive meanwhile, on connections of their own; null: none. */
  readonly logins: LoginPlan | null;
}

export type GeneratorAnswer =
  | { readonly is: 'prepared'; readonly requests: number; readonly bytes: number }
  | { readonly is: 'loaded'; readonly calls: number }
  | { readonly is: 'ran'; readonly result: LoopResult }
  | { readonly is: 'failed'; readonly reason: string };
