import { accessErrors } from '../../access/access-errors.ts';
import { changeContext } from '../../access/acting-member.ts';
import { addressedId, notFound, oneAnswer } from '../../http/answers.ts';
import type { Role } from '../../http/caller.ts';
import { type AccountOperation, writing } from '../../http/operation.ts';
import { readOne } from '../../http/read-body.ts';
import { readObject } from '../../http/read-object.ts';
import { refusal } from '../../kit/refusal.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import { memberErrors } from '../member-errors.ts';
import type { MemberHooks } from '../member-hooks.ts';
import { memberSchema } from '../member-schema.ts';
import { memberOnWire } from '../member-wire.ts';
import { readMember } from '../read-member.ts';
import { updateMember as updateRow } from '../store/member-store.ts';

/** What a member sets of itself, and what only an administrator sets (additions.md section 3). */
const ownFields: readonly string[] = ['contact_email', 'timezone', 'default_currency'];
const adminFields: readonly string[] = [
  'name',
  'code',
  'state',
  'platform_exposure',
  'domain',
  'reads_per_minute',
  'writes_per_minute',
  'reach_per_day',
  'segment_limit',
  'membership_limit',
];

/** `PUT /member?id=`: settings and limits, which act from the next call on; lowering a limit takes nothing away (additions.md section 3). */
export const updateMember = (catalog: Catalog, hooks: MemberHooks): AccountOperation => ({
  id: 'updateMember',
  method: 'PUT',
  paths: ['/member', '/member/:first'],
  summary: 'Change a member: its contact and defaults; for administrators also its name, state, exposure and limits',
  access: writing,
  body: memberSchema,
  answer: memberSchema,
  async handle(call) {
    const { role, memberId } = call.caller;
    const id = addressedId(call.parameters, call.path.first);
    if (role !== 'admin' && id !== memberId) throw notFound('member', 'id', id);
    const sent = readObject(memberSchema, readOne(call.body, 'member', call.warnings), 'member', call.warnings);
    checkSettable(Object.keys(sent), role);
    const { primary_type: _kind, externally_integrated_dsp: _external, billing_name: _name, ...fields } = sent;
    const row = await catalog.change(changeContext(call, 'updateMember'), async (change) => {
      const before = await readMember(change.db, id);
      if (!before) throw notFound('member', 'id', id);
      if (before.primary_type === 'platform' && sent.state === 'inactive') throw refusal(memberErrors.platformStaysActive);
      const goes = before.state === 'active' && sent.state === 'inactive';
      const after = goes ? await hooks.beforeDeactivation(change, id) : undefined;
      const changed = await updateRow(change, before, fields);
      await after?.();
      return changed;
    });
    return oneAnswer('member', memberOnWire(row), { id });
  },
});

/** @throws Refusal access.fieldNotYours, members.fieldFixed */
function checkSettable(fields: readonly string[], role: Role): void {
  for (const field of fields) {
    if (ownFields.includes(field)) continue;
    if (role !== 'admin') throw refusal(accessErrors.fieldNotYours, { path: `member.${field}` });
    if (!adminFields.includes(field)) throw refusal(memberErrors.fieldFixed, { field });
  }
}
