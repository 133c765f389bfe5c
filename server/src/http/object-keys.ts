import type { Operation } from './operation.ts';

/** Under which keys objects stand in bodies and answers. */
export interface ObjectKeys {
  readonly one: string;
  readonly many: string;
}

/** The protocol's own keys, where they do not follow the rule. */
const byPath: Readonly<Record<string, ObjectKeys>> = {
  '/batch-segment': { one: 'batch_segment_upload_job', many: 'batch_segment_upload_job' },
  '/batch-segment-cancel': { one: 'batch_segment_upload_job', many: 'batch_segment_upload_job' },
  '/batch-segment-config': { one: 'batch_segment_upload_config', many: 'batch_segment_upload_configs' },
  '/batch-segment-undo': { one: 'batch_segment_upload_job', many: 'batch_segment_upload_job' },
  '/data-provider': { one: 'data-provider', many: 'data-providers' },
  '/public-key': { one: 'public-key', many: 'public-keys' },
  '/rt-segment-processed': { one: 'report', many: 'report' },
  '/segment-billing-category': { one: 'segment-billing-category', many: 'segment_billing_categories' },
  '/segment-stats': { one: 'segment_stats', many: 'segment_stats' },
};

/** The rule: the route's name with `_`, and with an s for several (platform.md section 1). */
export function objectKeys({ paths }: Pick<Operation, 'paths'>): ObjectKeys {
  const [path = ''] = paths;
  const one = path.slice(1).replaceAll('/', '_').replaceAll('-', '_');
  return byPath[path] ?? { one, many: `${one}s` };
}
