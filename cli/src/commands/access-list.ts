import { filter, listCommand } from '../list-command.ts';

export const accessList = listCommand({
  name: 'access list',
  summary: 'list requests to populate segments of another member, yours and those that you are asked',
  objects: 'requests',
  filters: {
    asker: filter('member_id', 'of this asking member', 'ID'),
    owner: filter('segment_owner_member_id', 'to this owner of segments', 'ID'),
    state: { ...filter('state', 'in this state'), choices: ['REQUESTED', 'ACCEPTED', 'REFUSED', 'WITHDRAWN', 'REVOKED'] },
  },
  columns: ['id', 'member_id', 'segment_owner_member_id', 'state', 'message', 'decided_on'],
  examples: ['npx foyer access list', 'npx foyer access list --state REQUESTED', 'npx foyer access list --owner 1661 --json'],
  read: (client, query) => client.each('listSegmentAccessRequests', query),
});
