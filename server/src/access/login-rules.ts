import { type AccountId, asAccountId } from '../kit/ids.ts';
import { refusal } from '../kit/refusal.ts';
import { accessErrors } from './access-errors.ts';
import type { LoginLimits } from './login-limits.ts';

/** An account at the door, however it proves who it is. */
export interface LoginAccount {
  readonly id: number;
  readonly api_login: number;
  readonly state: string;
  readonly member_state: string;
  readonly logins_per_5_minutes: number | null;
}

/** To be asked only after the proof, so that nobody else learns it. @throws Refusal access.disabled */
export function requireActive(account: LoginAccount): void {
  if (account.state !== 'active' || account.member_state !== 'active') throw refusal(accessErrors.disabled);
}

/** Counts a login that is about to succeed (Authentication: ten in 5 minutes). @throws Refusal access.noApiLogin, access.tooManyLogins */
export function takeLogin(limits: LoginLimits, account: LoginAccount): AccountId {
  if (account.api_login === 0) throw refusal(accessErrors.noApiLogin);
  const id = asAccountId(account.id);
  const waitS = limits.takeLoginS(id, account.logins_per_5_minutes);
  if (waitS > 0) throw refusal(accessErrors.tooManyLogins, { limit: account.logins_per_5_minutes ?? 0 }, retryAfter(waitS));
  return id;
}

export const retryAfter = (seconds: number) => ({ headers: { 'retry-after': String(seconds) } });
