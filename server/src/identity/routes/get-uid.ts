import { answerSync, type SyncParts } from '../sync-parts.ts';
import { decodedTarget } from '../user-macro.ts';
import { visitOperation, type VisitOperation } from '../visit.ts';

/** `GET /getuid?URL`: sends the browser to the URL, decoded once, with its user id in place of `$UID` (ingest.md section 1.2). */
export const getUid = (parts: SyncParts): VisitOperation =>
  visitOperation({
    id: 'getUid',
    path: '/getuid',
    summary: 'User sync: redirect to the URL behind the ? with the user id in place of $UID',
    visit: (visit) => answerSync(parts, visit, { target: decodedTarget, sendsZero: true }),
  });
