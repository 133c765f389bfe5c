import { filter, listCommand } from '../list-command.ts';

export const memberList = listCommand({
  name: 'member list',
  summary: 'list members: the administrator all, everybody else their own',
  objects: 'members',
  filters: {
    name: filter('like_name', 'whose name contains this'),
    type: filter('primary_type', 'of this type: buyer, data_provider, bidder, seller, network'),
    search: filter('search', 'whose id, name or code contains this'),
    state: { ...filter('state', 'in this state'), choices: ['active', 'inactive'] },
  },
  columns: ['id', 'name', 'code', 'primary_type', 'state', 'platform_exposure', 'last_modified'],
  examples: ['npx foyer member list', 'npx foyer member list --type data_provider --sort name', 'npx foyer member list --json'],
  read: (client, query) => client.each('listMembers', query),
});
