import { sightOf } from '../../access/acting-member.ts';
import { addressedIds, addressedList, listedAnswer, oneAnswer } from '../../http/answers.ts';
import { readListRequest, trimmed } from '../../http/list-parameters.ts';
import { metaOperation } from '../../http/meta-operation.ts';
import { type AccountOperation, reading } from '../../http/operation.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import { memberSchema } from '../member-schema.ts';
import { memberOnWire } from '../member-wire.ts';
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
    const ids = addressedIds(call.parameters, call.path.first);
    const sight = sightOf(call, 'member_id');
    const list = addressedList(readListRequest(call.parameters, memberFields), ids);
    const { rows, count } = await listRows(db, sight, list);
    const shown = rows.map((row) => trimmed(memberOnWire(row), list.shown));
    const [own] = rows;
    if (sight === null || ids || list.filtered || !own) return listedAnswer({ one: 'member', many: 'members' }, list, shown, count);
    const short = { id: String(own.id), name: own.name, active: own.state === 'active' ? '1' : '0', bidder_id: null };
    return oneAnswer('member', trimmed(memberOnWire(own), list.shown), { members: [short] });
  },
});

/** `GET /member/meta`. */
export const describeMembers = (): AccountOperation => metaOperation('describeMembers', ['/member'], 'members', memberFields);
