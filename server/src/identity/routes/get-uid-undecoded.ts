import { answerSync, type SyncParts } from '../sync-parts.ts';
import { plainTarget } from '../user-macro.ts';
import { visitOperation, type VisitOperation } from '../visit.ts';

/** `GET /getuidu?URL`: as getuid, but the URL stays encoded (ingest.md section 1.2). */
export const getUidUndecoded = (parts: SyncParts): VisitOperation =>
  visitOperation({
    id: 'getUidUndecoded',
    path: '/getuidu',
    summary: 'User sync: as /getuid, without decoding the URL',
    visit: (visit) => answerSync(parts, visit, { target: plainTarget, sendsZero: true }),
  });
