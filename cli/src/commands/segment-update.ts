import { segmentFields } from '../segment-fields.ts';
import { updateCommand } from '../update-command.ts';

export const segmentUpdate = updateCommand({
  object: { called: 'segment', key: 'segment' },
  summary: 'change fields of a segment',
  fields: segmentFields,
  examples: [
    'npx foyer segment update 12 --state inactive',
    'npx foyer segment update 12 --expire-minutes null',
    `npx foyer segment update 12 --body '{"code":null}'`,
  ],
  details: 'Only the fields that are named change.',
  change: (client, fields, address) => client.updateSegment(fields, address),
});
