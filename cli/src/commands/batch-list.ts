import { filter, listCommand } from '../list-command.ts';

export const batchList = listCommand({
  name: 'batch list',
  summary: 'list the batch jobs of the last 30 days, the newest first',
  objects: 'jobs',
  filters: {
    member: filter('member_id', 'for administrators: of this member', 'ID'),
    phase: {
      ...filter('phase', 'in this phase'),
      choices: ['starting', 'uploading', 'validating', 'processing', 'completed', 'error'],
    },
    kind: { ...filter('kind', 'uploads, files of a drop folder, or jobs that take another one back'), choices: ['upload', 'drop', 'undo'] },
  },
  sort: 'id.desc',
  columns: [
    'job_id',
    'member_id',
    'kind',
    'phase',
    'error_code',
    'percent_complete',
    'num_lines',
    'num_valid',
    'validate_only',
    'created_on',
  ],
  examples: [
    'npx foyer batch list',
    'npx foyer batch list --phase error --limit 10',
    'npx foyer batch list --member 1432 --json',
    "npx foyer batch list --where 'min_created_on=2026-01-31 00:00:00' --all",
  ],
  read: (client, query) => client.each('listBatchJobs', query),
});
