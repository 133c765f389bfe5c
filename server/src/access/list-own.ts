import { addressedIds, addressedList, listedAnswer } from '../http/answers.ts';
import { type ListRequest, readListRequest, trimmed } from '../http/list-parameters.ts';
import type { Call, EnvelopeAnswer } from '../http/operation.ts';
import type { MemberId } from '../kit/ids.ts';
import type { ListFields } from '../kit/list-query.ts';
import { sightOf } from './acting-member.ts';

/** A list of objects that belong to members. */
export interface OwnList<Row> {
  /** The keys of one object and of several. */
  readonly keys: { readonly one: string; readonly many: string };
  readonly fields: ListFields;
  /** Those that the member sees, or all for null. */
  readonly read: (member: MemberId | null, list: ListRequest) => Promise<{ rows: readonly Row[]; count: number }>;
  /** An object as it is answered. */
  readonly show: (row: Row) => object;
}

/**
 * Answers a list request: members see what is theirs, administrators everything or, with `member_id`, what that member sees.
 * @throws Refusal access.otherMember, http.notFound where one object is asked for, and those of list parameters
 */
export const listOwn =
  <Row>({ keys, fields, read, show }: OwnList<Row>) =>
  async (call: Call): Promise<EnvelopeAnswer> => {
    const ids = addressedIds(call.parameters, call.path.first);
    const member = sightOf(call, 'member_id');
    const list = addressedList(readListRequest(call.parameters, fields), ids);
    const { rows, count } = await read(member, list);
    const shown = rows.map((row) => trimmed(show(row), list.shown));
    return listedAnswer(keys, list, shown, count);
  };
