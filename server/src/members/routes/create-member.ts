import { changeContext } from '../../access/acting-member.ts';
import { type AccountOperation, writing } from '../../http/operation.ts';
import { readOne } from '../../http/read-body.ts';
import { readObject } from '../../http/read-object.ts';
import { refusal } from '../../kit/refusal.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import { memberErrors } from '../member-errors.ts';
import { memberSchema } from '../member-schema.ts';
import { memberOnWire } from '../member-wire.ts';
import { readMember } from '../read-member.ts';
import { insertMember } from '../store/member-store.ts';

/** `POST /member`: the administrator adds a member (Member Service for bidders). */
export const createMember = (catalog: Catalog): AccountOperation => ({
  id: 'createMember',
  method: 'POST',
  paths: ['/member'],
  summary: 'Add a member (administrators)',
  access: { ...writing, adminOnly: true },
  body: memberSchema,
  answer: memberSchema,
  async handle(call) {
    const { billing_name: billingName, ...sent } = readObject(
      memberSchema,
      readOne(call.body, 'member', call.warnings),
      'member',
      call.warnings,
    );
    const name = sent.name ?? billingName;
    if (name === undefined) throw refusal(memberErrors.nameMissing);
    const id = await catalog.change(changeContext(call, 'createMember'), (change) =>
      insertMember(change, {
        ...sent,
        name,
        primary_type: sent.primary_type ?? 'buyer',
        externally_integrated_dsp: Number(sent.externally_integrated_dsp ?? false),
      }),
    );
    const member = await readMember(catalog.read, id);
    return { fields: { count: 1, start_element: 0, num_elements: 100, id, member: member && memberOnWire(member) }, outputTerm: 'member' };
  },
});
