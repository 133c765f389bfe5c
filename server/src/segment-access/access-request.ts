import { refusal } from '../kit/refusal.ts';
import { segmentAccessErrors } from './segment-access-errors.ts';

export type AccessState = 'REQUESTED' | 'ACCEPTED' | 'REFUSED' | 'WITHDRAWN' | 'REVOKED';

/** Who takes a step: the member that asked, the owner of the segments, or an administrator for either. */
export type Side = 'asker' | 'owner' | 'admin';

interface Step {
  readonly from: readonly AccessState[];
  readonly by: 'asker' | 'owner';
}

/** All steps there are, by the state that they lead to (additions.md section 5). */
const steps: Readonly<Record<AccessState, Step>> = {
  REQUESTED: { from: [], by: 'asker' },
  ACCEPTED: { from: ['REQUESTED'], by: 'owner' },
  REFUSED: { from: ['REQUESTED'], by: 'owner' },
  REVOKED: { from: ['ACCEPTED'], by: 'owner' },
  WITHDRAWN: { from: ['REQUESTED', 'ACCEPTED'], by: 'asker' },
};

/** @throws Refusal segment-access.noSuchStep for a step that nobody can take, segment-access.otherSide for one of the other side */
export function checkStep(from: AccessState, to: AccessState, side: Side): void {
  const step = steps[to];
  if (!step.from.includes(from)) throw refusal(segmentAccessErrors.noSuchStep, { from, to });
  if (side !== 'admin' && side !== step.by) throw refusal(segmentAccessErrors.otherSide, { to, side: step.by });
}
