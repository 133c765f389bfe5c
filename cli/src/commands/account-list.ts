import { filter, listCommand } from '../list-command.ts';

export const accountList = listCommand({
  name: 'account list',
  summary: 'list accounts, the logins of members',
  objects: 'accounts',
  filters: {
    member: filter('entity_id', 'of this member', 'ID'),
    username: filter('username', 'with this user name', 'NAME'),
    search: filter('search', 'whose id or names contain this'),
    state: { ...filter('state', 'in this state'), choices: ['active', 'inactive'] },
  },
  columns: ['id', 'username', 'user_type', 'entity_id', 'entity_name', 'state', 'read_only', 'api_login'],
  examples: ['npx foyer account list', 'npx foyer account list --member 1432 --state active'],
  read: (client, query) => client.each('listAccounts', query),
});
