import type { OpenOperation } from '../../http/operation.ts';
import { refusal } from '../../kit/refusal.ts';
import { accessErrors } from '../access-errors.ts';
import { checkJwt, readClaimedLogin } from '../jwt-login.ts';
import type { LogInParts } from '../login-parts.ts';
import { requireActive, takeLogin } from '../login-rules.ts';
import { readKeyLogin } from '../store/public-key-store.ts';

/**
 * `POST /v2/auth/jwt`: a token signed with a registered key against a session's token (Token-Based API Authentication). The body is the
 * signed token alone. It asks for no password, so an expired one is no hindrance; it sets no cookie.
 */
export const logInWithJwt = ({ db, clock, sessions, limits }: Omit<LogInParts, 'hasher' | 'proxy'>): OpenOperation => ({
  id: 'logInWithJwt',
  method: 'POST',
  paths: ['/v2/auth/jwt'],
  summary: 'Log in: a signed token (JWT, RS256) against a token',
  access: 'anyone',
  bodyLimitBytes: 16_384,
  async handle(call) {
    const jwt = call.body.toString('utf8').trim();
    const { username, keyName } = readClaimedLogin(jwt);
    const account = await readKeyLogin(db, username, keyName);
    if (!account) throw refusal(accessErrors.jwtRefused);
    await checkJwt(jwt, account.encoded_value, clock.nowMs());
    requireActive(account);
    return { fields: { token: await sessions.create(takeLogin(limits, account)) }, outputTerm: null };
  },
});
