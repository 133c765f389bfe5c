import { filter, listCommand } from '../list-command.ts';

export const segmentList = listCommand({
  name: 'segment list',
  summary: 'list your segments and those that are shared with you',
  objects: 'segments',
  filters: {
    member: filter('member_id', 'of this owner', 'ID'),
    code: filter('code', 'with this code'),
    name: filter('like_short_name', 'whose name contains this'),
    search: filter('search', 'whose id, name or code contains this'),
    state: { ...filter('state', 'in this state'), choices: ['active', 'inactive'] },
    shared: { ...filter('include_shared', 'with those that are shared with you, or without'), choices: ['true', 'false'] },
  },
  columns: ['id', 'code', 'short_name', 'state', 'member_id', 'expire_minutes', 'last_modified'],
  examples: [
    'npx foyer segment list',
    'npx foyer segment list --state active --name cars --sort last_modified.desc',
    'npx foyer segment list --all --json | wc -l',
    "npx foyer segment list --where min_id=500 --where 'max_last_modified=2026-01-31 00:00:00'",
  ],
  read: (client, query) => client.each('listSegments', query),
});
