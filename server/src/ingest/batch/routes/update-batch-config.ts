import { actingMember, changeContext } from '../../../access/acting-member.ts';
import { oneAnswer } from '../../../http/answers.ts';
import { type AccountOperation, type Call, writing } from '../../../http/operation.ts';
import { readOne } from '../../../http/read-body.ts';
import { readObject } from '../../../http/read-object.ts';
import { refusal } from '../../../kit/refusal.ts';
import { memberErrors } from '../../../members/member-errors.ts';
import { readIngestSettings, readWritableOwners, writeIngestSettings } from '../../../members/ingest-settings-store.ts';
import { readMember, requireMember } from '../../../members/read-member.ts';
import { revokeTakenAccess } from '../../../segment-access/revoke-taken-access.ts';
import type { Catalog } from '../../../storage/sql/catalog.ts';
import { batchConfigOnWire, changedSettings } from '../batch-config.ts';
import { batchConfigSchema } from '../batch-config-schema.ts';

const body = 'batch_segment_upload_config';

async function handle(catalog: Catalog, call: Call) {
  const member = actingMember(call, 'member_id', 'refuse');
  const append = call.parameters.flag('append') ?? false;
  const { member_id: _addressed, ...sent } = readObject(batchConfigSchema, readOne(call.body, body, call.warnings), body, call.warnings);
  await catalog.change(changeContext(call, 'updateBatchConfig'), async (change) => {
    await requireMember(change.db, member);
    const before = await readIngestSettings(change.db, member);
    const ownersBefore = await readWritableOwners(change.db, member);
    const named = sent.member_segment_access?.map((access) => access.segment_owner_member_id);
    const owners = named === undefined ? ownersBefore : [...new Set(append ? [...ownersBefore, ...named] : named)];
    for (const owner of owners) if (!(await readMember(change.db, owner))) throw refusal(memberErrors.unknownOwner, { id: owner });
    await writeIngestSettings(change, member, { set: changedSettings(before?.set ?? {}, sent, append), owners });
    const kept = new Set(owners);
    const taken = ownersBefore.filter((owner) => !kept.has(owner));
    await revokeTakenAccess(change, member, taken, call.caller.memberId);
  });
  const after = await readIngestSettings(catalog.read, member);
  return oneAnswer(body, batchConfigOnWire(member, after, await readWritableOwners(catalog.read, member)), { id: after?.id });
}

/** `PUT` and `POST /batch-segment-config?member_id=`: the administrator creates or changes it; it acts at once (ingest.md section 4.8). */
export const updateBatchConfig = (catalog: Catalog): readonly AccountOperation[] =>
  (['PUT', 'POST'] as const).map((method) => ({
    id: method === 'PUT' ? 'updateBatchConfig' : 'createBatchConfig',
    method,
    paths: ['/batch-segment-config'],
    summary: 'Set how a member’s data comes in (administrators)',
    access: { ...writing, tokenInQuery: true, adminOnly: true },
    body: batchConfigSchema,
    answer: batchConfigSchema,
    parameters: [
      { name: 'member_id', description: 'The member' },
      { name: 'append', description: 'true: arrays are added to instead of replaced' },
    ],
    handle: (call) => handle(catalog, call),
  }));
