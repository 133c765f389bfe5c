import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { type Refusal, refusal } from '../kit/refusal.ts';
import { accessErrors } from './access-errors.ts';
import { readPublicKey } from './public-key.ts';

/** Who a signed token says it is from, and by which key. Nothing of it is proved. */
export interface ClaimedLogin {
  readonly username: string;
  readonly keyName: string;
}

/** Without `exp`, `iat` must lie within so much of now; with or without, it must not lie further ahead. */
const iatRangeS = 5 * 60;

const isName = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= 255 && value.isWellFormed() && !value.includes('\0');

/** Reads what is to be looked up: `kid` is the key's name, `sub` the account's (Token-Based API Authentication). @throws Refusal access.jwtRefused */
export function readClaimedLogin(jwt: string): ClaimedLogin {
  const { keyName, username } = claimed(jwt);
  if (!isName(keyName) || !isName(username)) throw refusal(accessErrors.jwtRefused);
  return { username, keyName };
}

/** The library's errors carry the token's claims, and bodies do not belong into logs: only the error's code goes on. */
const refused = (error: unknown): Refusal =>
  refusal(accessErrors.jwtRefused, {}, { cause: new Error((error as { code?: string }).code ?? 'the token cannot be used') });

function claimed(jwt: string): { readonly keyName: unknown; readonly username: unknown } {
  try {
    return { keyName: decodeProtectedHeader(jwt).kid, username: decodeJwt(jwt).sub };
  } catch (error) {
    throw refused(error);
  }
}

/**
 * Checks signature and times: RS256 alone, `exp` and `nbf` where they are there, `iat` as above (platform.md section 2).
 * @throws Refusal access.jwtRefused, the same for every fault
 */
export async function checkJwt(jwt: string, pem: string, nowMs: number): Promise<void> {
  try {
    const { payload } = await jwtVerify(jwt, readPublicKey(pem), { algorithms: ['RS256'], currentDate: new Date(nowMs) });
    const ageS = payload.iat === undefined ? undefined : Math.floor(nowMs / 1000) - payload.iat;
    if (!isTimely(ageS, payload.exp !== undefined)) throw new Error('iat is missing, old, or lies ahead');
  } catch (error) {
    throw refused(error);
  }
}

function isTimely(ageS: number | undefined, hasExpiry: boolean): boolean {
  if (ageS === undefined) return hasExpiry;
  return ageS >= -iatRangeS && (hasExpiry || ageS <= iatRangeS);
}
