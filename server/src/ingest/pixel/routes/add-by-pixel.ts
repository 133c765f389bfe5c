import { visitOperation, type VisitOperation } from '../../../identity/visit.ts';
import { answerPixel } from '../answer-pixel.ts';
import type { PixelParts } from '../pixel-parts.ts';

const names = { add: 'add', addCodes: 'add_code', remove: 'remove', removeCodes: 'remove_code', value: 'value' } as const;

/** `GET /seg`: the segment pixel (Segment Pixels - Advanced; Client Side Segment Calls; ingest.md section 2). */
export const addByPixel = (parts: PixelParts): VisitOperation =>
  visitOperation({
    id: 'addByPixel',
    path: '/seg',
    summary: 'Segment pixel: add the visitor to segments and remove it from others',
    parameters: [
      { name: 'add', description: 'Segment ids, by comma; each may have a value: 12:5' },
      { name: 'remove', description: 'Segment ids, by comma' },
      { name: 'add_code', description: 'Codes of the member, by comma; each may have a value' },
      { name: 'remove_code', description: 'Codes of the member, by comma' },
      { name: 'member', description: 'Whose codes they are' },
      { name: 'value', description: 'The value of added segments without one of their own' },
      { name: 'redir', description: 'Where to send the browser afterwards' },
      { name: 't', description: '1: a script with the segments’ piggyback pixels; 2 or none: an image' },
    ],
    visit: (visit) => answerPixel(parts, visit, names),
  });
