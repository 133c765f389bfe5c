import { actingMember } from '../../../access/acting-member.ts';
import { oneAnswer } from '../../../http/answers.ts';
import { type AccountOperation, reading } from '../../../http/operation.ts';
import { readIngestSettings, readWritableOwners } from '../../../members/ingest-settings-store.ts';
import { requireMember } from '../../../members/read-member.ts';
import type { CatalogReader } from '../../../storage/sql/catalog-schema.ts';
import { batchConfigOnWire } from '../batch-config.ts';
import { batchConfigSchema } from '../batch-config-schema.ts';

/** `GET /batch-segment-config?member_id=`: a member reads its own (ingest.md section 4.8). */
export const readBatchConfig = (db: CatalogReader): AccountOperation => ({
  id: 'readBatchConfig',
  method: 'GET',
  paths: ['/batch-segment-config'],
  summary: 'How a member’s data comes in: file format, defaults, limits, access',
  access: { ...reading, tokenInQuery: true },
  answer: batchConfigSchema,
  parameters: [{ name: 'member_id', description: 'The member (default: your own; administrators must name it)' }],
  async handle(call) {
    const member = actingMember(call, 'member_id', 'refuse');
    await requireMember(db, member);
    const shown = batchConfigOnWire(member, await readIngestSettings(db, member), await readWritableOwners(db, member));
    return oneAnswer('batch_segment_upload_config', shown);
  },
});
