import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { refusal } from '../kit/refusal.ts';
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

function claimed(jwt: string): { readonly keyName: unknown; readonly username: unknown } {
  try {
    return { keyName: decodeProtectedHeader(jwt).kid, username: decodeJwt(jwt).sub };
  } catch (error) {
    throw refusal(accessErrors.jwtRefused, {}, { cause: error });
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
    if (ageS === undefined ? payload.exp === undefined : ageS < -iatRangeS) throw new Error('iat is missing or lies ahead');
    if (payload.exp === undefined && ageS !== undefined && ageS > iatRangeS) throw new Error('iat is old, and there is no exp');
  } catch (error) {
    throw refusal(accessErrors.jwtRefused, {}, { cause: error });
  }
}
