import type { FoyerClient } from '@foyer/sdk/client.ts';
import { FoyerError } from '@foyer/sdk/foyer-error.ts';
import type { UserLookup } from '@foyer/sdk/generated/wire.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { loggedInClient } from '../logged-in-client.ts';
import { membershipTable } from '../membership-table.ts';
import { serverOption } from '../server-url.ts';

const namesPerCall = 100;

export const userShow: Command = {
  name: 'user show',
  summary: 'show the profile of one user of the audience',
  operands: ['ID'],
  options: {
    domain: { type: 'string', placeholder: 'DOMAIN', description: 'what ID is: idfa, aaid, …, external, eid, ifa (default: a user id)' },
    member: { type: 'string', placeholder: 'ID', description: 'with --domain external: the member whose id it is' },
    source: { type: 'string', placeholder: 'SOURCE', description: 'with --domain eid: its source, like netid.de' },
    type: { type: 'string', placeholder: 'TYPE', description: 'with --domain ifa: its type' },
    server: serverOption,
  },
  examples: [
    'npx foyer user show 9100000000000000001',
    'npx foyer user show 1ba98a6c-d1a5-49ef-ad1c-2d9230ebcd13 --domain idfa',
    'npx foyer user show 9100000000000000001 --json',
  ],
  details: 'Shows the memberships that the account you logged in with may see: its own segments and those shared with it.',
  run: async (call) => {
    const client = await loggedInClient(call);
    const uid = call.operands[0] ?? '';
    const query = {
      uid,
      domain: call.text('domain'),
      member: call.text('member'),
      source: call.text('source'),
      type: call.text('type'),
    };
    const { user, memberships } = await call.slowly('looking up …', client.lookUpUser(query));
    const lookup = { user, memberships };
    if (call.json) {
      call.printJson(lookup);
      return exitCodes.ok;
    }
    for (const line of userLines(uid, lookup)) call.print(line);
    const ids = lookup.memberships.map((membership) => membership.segment_id);
    if (lookup.user.known) for (const line of membershipTable(lookup.memberships, await readNames(client, ids))) call.print(line);
    return exitCodes.ok;
  },
};

function userLines(uid: string, { user }: UserLookup): string[] {
  if (user.opted_out) return [`User ${uid} has opted out.`];
  if (!user.known) return [`User ${uid} is not known.`];
  const also = user.user_id === null || user.user_id === uid ? '' : `, user ${user.user_id}`;
  const mapped = user.mapped_until === null ? '' : `, mapped until ${user.mapped_until}`;
  return [`User ${uid}${user.domain === null ? '' : ` (${user.domain})`}${also}${mapped}`, ''];
}

/** Names make the table readable, but are not what was asked for: a refusal leaves them out. */
async function readNames(client: FoyerClient, ids: readonly number[]): Promise<Map<number, string>> {
  const names = new Map<number, string>();
  try {
    for (let start = 0; start < ids.length; start += namesPerCall) {
      const page = ids.slice(start, start + namesPerCall);
      const { segments } = await client.listSegments({ id: page, fields: 'id,short_name', num_elements: namesPerCall });
      for (const segment of segments) if (segment.short_name !== null) names.set(segment.id, segment.short_name);
    }
  } catch (error) {
    if (!(error instanceof FoyerError)) throw error;
  }
  return names;
}
