import type { Command } from '../command.ts';
import { bodyOption, fieldsOf } from '../field-options.ts';
import { loggedInClient } from '../logged-in-client.ts';
import { printDone } from '../print-object.ts';
import { optionId } from '../read-id.ts';
import { segmentFields } from '../segment-fields.ts';
import { serverOption } from '../server-url.ts';

export const segmentCreate: Command = {
  name: 'segment create',
  summary: 'make a segment',
  operands: [],
  options: {
    ...segmentFields,
    member: { type: 'string', placeholder: 'ID', description: 'for administrators: whose it is (default: your member)' },
    body: bodyOption,
    server: serverOption,
  },
  examples: [
    'npx foyer segment create --name "Cars > Buyers" --code car-buyers --expire-minutes 43200',
    `npx foyer segment create --code lp --body '{"piggyback_pixels":[{"url":"https://a.example/p","pixel_type":"img"}]}'`,
  ],
  run: async (call) => {
    const fields = await fieldsOf(call, segmentFields);
    const member = optionId(call, 'member');
    const client = await loggedInClient(call);
    const answer = await call.slowly('making the segment …', client.createSegment(fields, { member_id: member }));
    return printDone(call, answer, answer.segment, `Segment ${answer.id} is made.`);
  },
};
