import type { BareAnswer } from '../http/operation.ts';
import type { RedirectHosts } from './redirect-hosts.ts';
import { redirectTarget } from './redirect-target.ts';
import type { SyncCounts } from './sync-counts.ts';
import { withUserId } from './user-macro.ts';
import { gifAnswer, redirectAnswer, textAnswer, type Visit } from './visit.ts';
import type { Visitor, Visitors } from './visitors.ts';

/** What the user sync routes share. */
export interface SyncParts {
  readonly visitors: Visitors;
  readonly hosts: RedirectHosts;
  readonly counts: SyncCounts;
}

/** Answered where privacy signals deny a call (Synchronize Your User IDs). */
export const privacyText = 'Request failed due to privacy signals';
const badTargetText =
  'The target must be an absolute http or https URL without user info and control characters, on a host that is allowed (FOYER_REDIRECT_HOSTS, /sync-host)';
const plainText = 'text/plain; charset=utf-8';

/** 0 stands for somebody who has no id or wants none (User ID Mapping with getUID and mapUID). */
export const uidOf = (visitor: Visitor): string => (visitor.is === 'user' ? String(visitor.id) : '0');

interface SyncRedirect {
  /** The target, from what stands behind the call's first `?`. */
  readonly target: (query: string) => string;
  /** Is 0 passed on, too? */
  readonly sendsZero: boolean;
}

/** The answer of getuid and its kin: sends the browser on with its id (ingest.md section 1.2). */
export async function answerSync(parts: SyncParts, visit: Visit, { target, sendsZero }: SyncRedirect): Promise<BareAnswer> {
  const { visitors, hosts, counts } = parts;
  const visitor = await visitors.meet(visit, false);
  if (visitor.is === 'denied') {
    counts.called(visit.path, 'denied');
    return textAnswer(403, plainText, privacyText);
  }
  const location = redirectTarget(withUserId(target(visit.query), uidOf(visitor)), hosts);
  if (location === undefined) {
    counts.called(visit.path, 'bad-redirect');
    return textAnswer(400, plainText, badTargetText);
  }
  visitors.note(visitor);
  counts.called(visit.path, visitor.is);
  if (visitor.is === 'bounce') return redirectAnswer(visitor.location, { 'set-cookie': visitor.cookie });
  if (visitor.is === 'user') return redirectAnswer(location, { 'set-cookie': visitor.cookie });
  return sendsZero ? redirectAnswer(location) : gifAnswer();
}
