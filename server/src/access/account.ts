import type { AccountId, MemberId } from '../kit/ids.ts';
import type { Role } from '../http/caller.ts';

/** An API login, as admission needs it. */
export interface AccountRights {
  readonly id: AccountId;
  readonly username: string;
  readonly memberId: MemberId;
  readonly role: Role;
  /** It may only read, whatever its role. */
  readonly readOnly: boolean;
  /** The account and its member are active. */
  readonly active: boolean;
  /** Calls a calendar minute of the member; null: no limit. */
  readonly readsPerMinute: number | null;
  readonly writesPerMinute: number | null;
}

/** What access needs of the catalog view. */
export interface AccessSnapshot {
  accountRights(id: AccountId): AccountRights | undefined;
  /** The member that runs the exchange; undefined while the catalog is empty. */
  platformMember(): MemberId | undefined;
}

/** `read_only` makes a viewer of a member's account. An administrator's keeps its sight and writes nothing. */
export const roleOf = (userType: string, readOnly: boolean): Role => (userType === 'admin' ? 'admin' : readOnly ? 'viewer' : 'member');

/** 10 to 64 characters with A–Z, a–z, 0–9 and a character that is none of these (Authentication Process; platform.md section 2). */
export function isStrongPassword(password: string): boolean {
  const length = [...password].length;
  return (
    length >= 10 &&
    length <= 64 &&
    /[A-Z]/.test(password) &&
    /[a-z]/.test(password) &&
    /[0-9]/.test(password) &&
    /[^A-Za-z0-9]/.test(password)
  );
}

/** Logins in 5 minutes that an account has unless an import says otherwise (Authentication Process). */
export const defaultLoginsPer5Minutes = 10;
