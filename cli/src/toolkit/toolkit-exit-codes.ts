import { exitCodes } from '../exit-codes.ts';

/** What a script of the toolkit ends with (exchange.md section 5). */
export const toolkitExitCodes = {
  ok: exitCodes.ok,
  /** Some of the work failed; the rest is done. */
  partial: exitCodes.failed,
  /** The command line, the configuration, its key or a folder. */
  config: exitCodes.usage,
  network: exitCodes.notReachable,
  stopped: exitCodes.stopped,
} as const;
