import { answerSync, type SyncParts } from '../sync-parts.ts';
import { decodedTarget } from '../user-macro.ts';
import { visitOperation, type VisitOperation } from '../visit.ts';

/** `GET /getuidnb?URL`: as getuid, but whoever has no id is sent nowhere (ingest.md section 1.2). */
export const getUidUnlessZero = (parts: SyncParts): VisitOperation =>
  visitOperation({
    id: 'getUidUnlessZero',
    path: '/getuidnb',
    summary: 'User sync: as /getuid, but 0 is never sent on; an image is answered instead',
    visit: (visit) => answerSync(parts, visit, { target: decodedTarget, sendsZero: false }),
  });
