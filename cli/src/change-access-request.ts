import type { Call, Command } from './command.ts';
import { confirm, yesOption } from './confirm.ts';
import { loggedInClient } from './logged-in-client.ts';
import { printDone } from './print-object.ts';
import { idOf } from './read-id.ts';
import { serverOption } from './server-url.ts';

/** A step of a request to populate segments of another member (additions.md section 5). */
export interface AccessStep {
  readonly name: string;
  readonly summary: string;
  readonly state: 'ACCEPTED' | 'REFUSED' | 'WITHDRAWN' | 'REVOKED';
  /** What has happened, for people. */
  readonly done: string;
  /** Asked before, where the step takes a right away. */
  readonly question?: string;
  readonly examples: readonly string[];
  readonly details: string;
}

/** A command that takes a request one step further. */
export const accessStep = (step: AccessStep): Command => ({
  name: step.name,
  summary: step.summary,
  operands: ['ID'],
  options: { ...(step.question === undefined ? {} : { yes: yesOption }), server: serverOption },
  examples: step.examples,
  details: step.details,
  run: (call) => takeStep(call, step),
});

async function takeStep(call: Call, { state, done, question }: AccessStep): Promise<number> {
  const id = idOf(call);
  const client = await loggedInClient(call);
  if (question !== undefined) await confirm(call, question);
  const answer = await call.slowly(`changing request ${id} …`, client.updateSegmentAccessRequest({ state }, { id }));
  return printDone(call, answer, answer.segment_access_request, `Request ${id} is ${done}.`);
}
