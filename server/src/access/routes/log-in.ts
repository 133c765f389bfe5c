import { setTimeout as sleep } from 'node:timers/promises';
import { refusal } from '../../kit/refusal.ts';
import type { OpenCall, OpenOperation } from '../../http/operation.ts';
import { readOne } from '../../http/read-body.ts';
import { readObject, requireFields } from '../../http/read-object.ts';
import { accessErrors } from '../access-errors.ts';
import { loginSchema } from '../account-schema.ts';
import { sessionCookie } from '../admission.ts';
import type { LoginLimits } from '../login-limits.ts';
import type { LogInParts } from '../login-parts.ts';
import { requireActive, retryAfter, takeLogin } from '../login-rules.ts';
import { readLogin } from '../store/account-store.ts';

/** `POST /auth`: name and password against a token (Authentication; platform.md section 2). */
export const logIn = (parts: LogInParts): OpenOperation => ({
  id: 'logIn',
  method: 'POST',
  paths: ['/auth'],
  summary: 'Log in: a name and a password against a token',
  access: 'anyone',
  body: loginSchema,
  bodyLimitBytes: 16_384,
  async handle(call) {
    const auth = readObject(loginSchema, readOne(call.body, 'auth', call.warnings), 'auth', call.warnings);
    requireFields(auth, ['username', 'password'], 'auth');
    const { username = '', password = '' } = auth;
    const { id, passwordHash } = await checkLogin(parts, call, username, password);
    const token = await parts.sessions.create(id);
    // A password that was changed meanwhile has ended the sessions before this one, and must end this one too.
    if ((await readLogin(parts.db, username))?.password_hash !== passwordHash) {
      await parts.sessions.end(token);
      throw refusal(accessErrors.wrongCredentials);
    }
    const secure = parts.proxy.overHttps(call.facts) ? '; Secure' : '';
    return {
      fields: { token },
      outputTerm: null,
      headers: { 'set-cookie': `${sessionCookie}=${token}; Path=/; HttpOnly; SameSite=Strict${secure}` },
    };
  },
});

async function checkLogin(parts: LogInParts, call: OpenCall, username: string, password: string) {
  const { db, clock, limits, hasher, proxy } = parts;
  const address = proxy.clientAddress(call.facts);
  refuseGuessing(limits, username, address);
  const delayMs = limits.nameDelayMs(username);
  if (delayMs > 0) await sleep(delayMs, undefined, { ref: false });
  const account = await readLogin(db, username);
  const fits = await hasher.verify(account?.password_hash, password);
  // Once more: attempts that were sent side by side have failed meanwhile, and this one must not tell more than they may.
  refuseGuessing(limits, username, address);
  if (!account || !fits) {
    limits.failed(username, address);
    throw refusal(accessErrors.wrongCredentials);
  }
  limits.succeeded(username, address);
  requireActive(account);
  if (account.password_expires_on !== null && account.password_expires_on <= clock.nowMs()) throw refusal(accessErrors.passwordExpired);
  return { id: takeLogin(limits, account), passwordHash: account.password_hash };
}

/** @throws Refusal access.tooManyFailures */
function refuseGuessing(limits: LoginLimits, username: string, address: string): void {
  const waitS = limits.pairWaitS(username, address);
  if (waitS > 0) throw refusal(accessErrors.tooManyFailures, {}, retryAfter(waitS));
}
