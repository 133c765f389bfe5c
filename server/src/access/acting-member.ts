import type { Call } from '../http/operation.ts';
import { asMemberId, type MemberId } from '../kit/ids.ts';
import { refusal } from '../kit/refusal.ts';
import type { ChangeContext } from '../storage/sql/catalog-change.ts';
import { accessErrors } from './access-errors.ts';

/**
 * For which member is a call? Admins act for any member by these parameters; for everybody else they must name the own member.
 * @param whenMissing what an admin's call without the parameter means: the platform's own member, or a refusal.
 * @throws Refusal access.otherMember, access.memberNeeded
 */
export function actingMember(call: Call, parameter: string, whenMissing: 'own' | 'refuse'): MemberId {
  const named = call.parameters.id(parameter);
  if (named === undefined) {
    if (call.caller.role === 'admin' && whenMissing === 'refuse') throw refusal(accessErrors.memberNeeded, { parameter });
    return call.caller.memberId;
  }
  requireOwnMember(call, named, parameter);
  return asMemberId(named);
}

export function requireOwnMember(call: Call, member: number, parameter: string): void {
  if (call.caller.role !== 'admin' && member !== call.caller.memberId) throw refusal(accessErrors.otherMember, { parameter });
}

/**
 * Whose objects does the call see? A member its own; an administrator all (null), or those of the member that the parameter names.
 * @throws Refusal access.otherMember
 */
export function sightOf(call: Call, parameter: string): MemberId | null {
  const named = call.parameters.id(parameter);
  if (named !== undefined) requireOwnMember(call, named, parameter);
  if (call.caller.role !== 'admin') return call.caller.memberId;
  return named === undefined ? null : asMemberId(named);
}

/** Who makes a change, for the audit trail. */
export const changeContext = (call: Call, operation: string): ChangeContext => ({
  operation,
  requestId: call.requestId,
  accountId: call.caller.accountId,
  username: call.caller.username,
  accountMemberId: call.caller.memberId,
});
