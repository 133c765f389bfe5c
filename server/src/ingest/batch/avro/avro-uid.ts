import {
  type Resolved,
  resolveDeviceId,
  resolveEid,
  resolveExternalId,
  resolveIfa,
  resolveUserId,
} from '../../../identity/resolve-user.ts';
import { asMemberId } from '../../../kit/ids.ts';
import type { LineForm } from '../parse/line-form.ts';

type Branch = Readonly<Record<string, unknown>>;

/** Unions come as an object whose one key is the branch's name; a name's last part counts. */
export function unwrapped(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const [[name, held] = ['', undefined], ...more] = Object.entries(value);
  const isBranch = more.length === 0 && (held === null || typeof held !== 'object' || !isField.has(name));
  return isBranch ? held : value;
}

/** Fields that a record with one field alone could have. */
const isField = new Set(['id', 'code', 'uid', 'segments']);

const textOf = (value: unknown): string => {
  const plain = unwrapped(value);
  return typeof plain === 'string' ? plain : '';
};

/**
 * Whom a record's `uid` names (ingest.md section 4.7). An external id of another member than the uploader or its `external_member_uid`
 * names nobody.
 */
export function resolveUid(uid: unknown, form: LineForm, eidSources: ReadonlySet<string>): Resolved {
  const value = unwrapped(uid);
  if (typeof value === 'bigint' || typeof value === 'number') return value > 0 ? resolveUserId(String(value)) : 'malformed-id';
  if (typeof value === 'string') return resolveUserId(value);
  if (typeof value !== 'object' || value === null) return 'malformed-id';
  const branch = value as Branch;
  const id = textOf(branch.id);
  if ('domain' in branch) return resolveDeviceId(textOf(branch.domain), id);
  if ('source' in branch) return resolveEid(textOf(branch.source), id, eidSources);
  if ('type' in branch) return resolveIfa(textOf(branch.type), id);
  if (!('member_id' in branch)) return 'malformed-id';
  const member = Number(unwrapped(branch.member_id));
  const isOwn = member === form.uploader || member === form.externalMember;
  return isOwn ? resolveExternalId(asMemberId(member), id) : 'malformed-id';
}
