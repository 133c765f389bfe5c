import { refusal } from '../../kit/refusal.ts';
import type { ApplicationState } from './application.ts';
import { applicationErrors } from './application-errors.ts';

/** Who takes a step: the application's owner, or an administrator of the platform. */
export type ReviewSide = 'owner' | 'admin';

interface ReviewStep {
  readonly from: readonly ApplicationState[];
  readonly by: ReviewSide;
}

/** All steps there are, by the state that they lead to (additions.md section 6). */
const steps: Readonly<Record<ApplicationState, ReviewStep>> = {
  DRAFT: { from: ['IN_REVIEW'], by: 'owner' },
  IN_REVIEW: { from: ['DRAFT', 'REJECTED'], by: 'owner' },
  APPROVED: { from: ['IN_REVIEW'], by: 'admin' },
  REJECTED: { from: ['IN_REVIEW', 'APPROVED'], by: 'admin' },
};

/** Administrators act for owners too. @throws Refusal application.otherSide, application.noSuchStep */
export function checkReviewStep(from: ApplicationState, to: ApplicationState, side: ReviewSide): void {
  const step = steps[to];
  if (side === 'owner' && step.by === 'admin') throw refusal(applicationErrors.otherSide, { side: 'an administrator of the platform', to });
  if (!step.from.includes(from)) throw refusal(applicationErrors.noSuchStep, { from, to });
}
