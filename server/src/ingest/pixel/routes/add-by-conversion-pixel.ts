import { visitOperation, type VisitOperation } from '../../../identity/visit.ts';
import { answerPixel } from '../answer-pixel.ts';
import type { PixelParts } from '../pixel-parts.ts';

/** Its `value` is revenue and never a segment's value (Conversion Pixels Advanced). */
const names = { add: 'seg', addCodes: 'seg_code', remove: 'remove' } as const;

/** `GET /px`: a conversion pixel's segments; the conversion itself is recorded elsewhere (ingest.md section 2). */
export const addByConversionPixel = (parts: PixelParts): VisitOperation =>
  visitOperation({
    id: 'addByConversionPixel',
    path: '/px',
    summary: 'Conversion pixel: its segments only, conversions are recorded elsewhere',
    parameters: [
      { name: 'seg', description: 'Segment ids, by comma; each may have a value: 12:5' },
      { name: 'seg_code', description: 'Codes of the member, by comma; each may have a value' },
      { name: 'remove', description: 'Segment ids, by comma' },
      { name: 'member', description: 'Whose codes they are' },
      { name: 'redir', description: 'Where to send the browser afterwards' },
      { name: 't', description: '1: a script with the segments’ piggyback pixels; 2 or none: an image' },
    ],
    visit: (visit) => answerPixel(parts, visit, names),
  });
