import type { Command } from '../command.ts';
import { bodyOption, changedFieldsOf } from '../field-options.ts';
import { loggedInClient } from '../logged-in-client.ts';
import { printDone } from '../print-object.ts';
import { idOf } from '../read-id.ts';
import { segmentFields } from '../segment-fields.ts';
import { serverOption } from '../server-url.ts';

export const segmentUpdate: Command = {
  name: 'segment update',
  summary: 'change fields of a segment',
  operands: ['ID'],
  options: { ...segmentFields, body: bodyOption, server: serverOption },
  examples: [
    'npx foyer segment update 12 --state inactive',
    'npx foyer segment update 12 --expire-minutes null',
    `npx foyer segment update 12 --body '{"code":null}'`,
  ],
  details: 'Only the fields that are named change.',
  run: async (call) => {
    const id = idOf(call);
    const fields = await changedFieldsOf(call, segmentFields);
    const client = await loggedInClient(call);
    const answer = await call.slowly(`changing segment ${id} …`, client.updateSegment(fields, { id }));
    return printDone(call, answer, answer.segment, `Segment ${id} is changed.`);
  },
};
