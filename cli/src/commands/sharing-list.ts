import { filter, listCommand } from '../list-command.ts';

export const sharingList = listCommand({
  name: 'sharing list',
  summary: 'list sharing records: what you share with whom',
  objects: 'sharing records',
  filters: {
    buyer: filter('buyer_member_id', 'for this buyer', 'ID'),
    member: filter('data_member_id', 'of this owner of the segments', 'ID'),
    exposure: { ...filter('segment_exposure', 'of this kind'), choices: ['all', 'list'] },
  },
  columns: ['id', 'data_member_id', 'buyer_member_id', 'segment_exposure', 'export_allowed', 'segments'],
  examples: ['npx foyer sharing list', 'npx foyer sharing list --buyer 958 --json'],
  read: (client, query) => client.each('listSharingRecords', query),
});
