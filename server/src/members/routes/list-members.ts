import { addressedIds, listAnswer, narrowedTo, notFound, oneAnswer } from '../../http/answers.ts';
import { describeFields, readListRequest, trimmed } from '../../http/list-parameters.ts';
import { type AccountOperation, reading } from '../../http/operation.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { memberSchema } from '../member-schema.ts';
import { memberOnWire } from '../member-wire.ts';
import { readMember } from '../read-member.ts';
import { listMembers as listRows, memberFields } from '../store/member-store.ts';

/** `GET /member`: the own member, in both forms of the documents; administrators see all (platform.md section 4). */
export const listMembers = (db: CatalogReader): AccountOperation => ({
  id: 'listMembers',
  method: 'GET',
  paths: ['/member', '/member/:first'],
  summary: 'Read members',
  access: reading,
  answer: memberSchema,
  async handle(call) {
    const { caller, parameters } = call;
    const ids = addressedIds(parameters, call.path.first);
    const asked = readListRequest(parameters, memberFields);
    if (ids?.length === 1) {
      const [id = 0] = ids;
      const member = caller.role === 'admin' || id === caller.memberId ? await readMember(db, id) : undefined;
      if (!member) throw notFound('member', 'id', id);
      return oneAnswer('member', trimmed(memberOnWire(member), asked.shown));
    }
    if (caller.role !== 'admin') {
      const member = await readMember(db, caller.memberId);
      if (!member) throw notFound('member', 'id', caller.memberId);
      const short = { id: String(member.id), name: member.name, active: member.state === 'active' ? '1' : '0', bidder_id: null };
      return oneAnswer('member', trimmed(memberOnWire(member), asked.shown), { members: [short] });
    }
    const { rows, count } = await listRows(db, narrowedTo(asked, ids));
    return listAnswer(
      'members',
      rows.map((row) => trimmed(memberOnWire(row), asked.shown)),
      count,
      asked,
    );
  },
});

/** `GET /member/meta`. */
export const describeMembers = (): AccountOperation => ({
  id: 'describeMembers',
  method: 'GET',
  paths: ['/member/meta'],
  summary: 'The fields of members, and which of them sort and filter',
  access: reading,
  handle: () => ({ fields: { fields: describeFields(memberFields) }, outputTerm: 'fields' }),
});
