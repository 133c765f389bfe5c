import type { Command } from '../command.ts';
import { bodyOption, fieldsOf, integerField, textField } from '../field-options.ts';
import { loggedInClient } from '../logged-in-client.ts';
import { printDone } from '../print-object.ts';
import { optionId, requiredId } from '../read-id.ts';
import { serverOption } from '../server-url.ts';

const fields = {
  message: textField('message', 'what the owner should know, up to 500 characters'),
  users: integerField('unique_user_ids_per_post', 'how many users a call will hold'),
  posts: integerField('posts_per_day', 'how many calls a day'),
  segments: integerField('unique_segments_per_post', 'how many segments a call will hold'),
};

export const accessAsk: Command = {
  name: 'access ask',
  summary: 'ask another member for the right to populate its segments',
  operands: [],
  options: {
    owner: { type: 'string', placeholder: 'ID', description: 'the member that owns the segments (required)' },
    member: { type: 'string', placeholder: 'ID', description: 'for administrators: who asks (default: your member)' },
    ...fields,
    body: bodyOption,
    server: serverOption,
  },
  examples: [
    'npx foyer access ask --owner 1661 --message "We measure your campaigns"',
    'npx foyer access ask --owner 1661 --users 1000 --posts 50000',
  ],
  details: 'Once accepted, the right covers all segments of the owner, and gives no sight of who is in them.',
  run: async (call) => {
    const owner = requiredId(call, 'owner');
    const request = { ...(await fieldsOf(call, fields)), segment_owner_member_id: owner };
    const client = await loggedInClient(call);
    const work = client.createSegmentAccessRequest(request, { member_id: optionId(call, 'member') });
    const answer = await call.slowly('asking …', work);
    const asked = answer.segment_access_request;
    return printDone(call, answer, asked, `Request ${asked.id} is made; member ${owner} decides.`);
  },
};
