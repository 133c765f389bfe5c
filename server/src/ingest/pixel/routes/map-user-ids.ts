import { visitOperation, type VisitOperation } from '../../../identity/visit.ts';
import { answerMapping } from '../answer-mapping.ts';
import type { PixelParts } from '../pixel-parts.ts';

/** `GET /mapuid`: a member's own ids for the visitor (User ID Mapping with getUID and mapUID; ingest.md section 1.3). */
export const mapUserIds = (parts: PixelParts): VisitOperation =>
  visitOperation({
    id: 'mapUserIds',
    path: '/mapuid',
    summary: 'User sync: map your ids to the visitor, and add it to segments',
    parameters: [
      { name: 'member', description: 'Whose ids they are' },
      { name: 'user', description: 'Up to 100 ids, parted by ;' },
      { name: 'device', description: 'Device ids to link: idfa:ID;aaid:ID' },
      { name: 'seg', description: 'Segment ids, by comma; each may have a value: 12:5' },
      { name: 'seg_code', description: 'Codes of the member, by comma; each may have a value' },
    ],
    visit: (visit) => answerMapping(parts, visit),
  });
