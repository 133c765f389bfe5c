import type { Command } from '../command.ts';
import { CommandFailure } from '../command-failure.ts';
import { exitCodes } from '../exit-codes.ts';
import { loggedInClient } from '../logged-in-client.ts';
import { printDone } from '../print-object.ts';
import { optionId, requiredId } from '../read-id.ts';
import { serverOption } from '../server-url.ts';
import { exportOf, exposureOf, sharingOptions } from '../sharing-options.ts';

export const sharingCreate: Command = {
  name: 'sharing create',
  summary: 'share segments with a buyer',
  operands: [],
  options: {
    buyer: { type: 'string', placeholder: 'ID', description: 'the buyer (required)' },
    ...sharingOptions,
    member: { type: 'string', placeholder: 'ID', description: 'for administrators: whose segments (default: your own)' },
    server: serverOption,
  },
  examples: ['npx foyer sharing create --buyer 958 --segments 12,13', 'npx foyer sharing create --buyer 958 --all'],
  details:
    'The buyer must have enabled your member. --all shares every segment of the member, those made later too, none of an advertiser.',
  run: async (call) => {
    const buyer = requiredId(call, 'buyer');
    const exposure = exposureOf(call);
    if (exposure === undefined) throw new CommandFailure('--segments or --all is missing', exitCodes.usage);
    const record = { buyer_member_id: buyer, ...exposure, ...exportOf(call) };
    const query = { data_member_id: optionId(call, 'member') };
    const client = await loggedInClient(call);
    const answer = await call.slowly('sharing …', client.createSharingRecord(record, query));
    return printDone(call, answer, answer.member_data_sharing, `Sharing record ${answer.id} is made.`);
  },
};
