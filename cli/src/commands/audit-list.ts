import { filter, listCommand } from '../list-command.ts';

export const auditList = listCommand({
  name: 'audit list',
  summary: 'list the audit trail: who changed what of yours, and when',
  objects: 'events',
  filters: {
    member: filter('member_id', 'about objects of this member', 'ID'),
    account: filter('account_id', 'by this account', 'ID'),
    operation: filter('operation', 'of this operation, such as updateSegment', 'NAME'),
    type: filter('object_type', 'about this type of object, such as segment'),
    object: filter('object_id', 'about the object with this id', 'ID'),
    request: filter('request_id', 'of this call', 'ID'),
    since: filter('min_created_on', 'from this time on (UTC), such as "2026-01-31 08:00:00"', 'TIME'),
    until: filter('max_created_on', 'up to this time', 'TIME'),
  },
  columns: ['id', 'created_on', 'username', 'operation', 'object_type', 'object_id', 'before', 'after'],
  examples: [
    'npx foyer audit list --sort id.desc --limit 20',
    'npx foyer audit list --type segment --object 121175',
    "npx foyer audit list --since '2026-01-31 08:00:00' --json",
  ],
  details: 'before and after hold the fields that changed, before none where the object was made, after none where it was deleted.',
  read: (client, query) => client.each('listAuditEvents', query),
});
