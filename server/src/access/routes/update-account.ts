import { type AccountOperation, writing } from '../../http/operation.ts';
import { addressedId, notFound, oneAnswer } from '../../http/answers.ts';
import { httpErrors } from '../../http/http-errors.ts';
import { readOne } from '../../http/read-body.ts';
import { readObject } from '../../http/read-object.ts';
import type { Clock } from '../../kit/clock.ts';
import { asAccountId } from '../../kit/ids.ts';
import { refusal } from '../../kit/refusal.ts';
import { parseTimestamp } from '../../kit/timestamp.ts';
import type { AccountTable } from '../../storage/sql/catalog-schema.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import { accessErrors } from '../access-errors.ts';
import { isStrongPassword } from '../account.ts';
import { accountSchema } from '../account-schema.ts';
import { accountOnWire } from '../account-wire.ts';
import { changeContext } from '../acting-member.ts';
import { sessionTokenOf } from '../admission.ts';
import type { PasswordHasher } from '../password-hasher.ts';
import type { SessionRegistry } from '../session-registry.ts';
import { type AccountRow, readAccount, updateAccount as updateRow } from '../store/account-store.ts';

/** Fields that an account may set of itself; an administrator may set these too (platform.md section 2). */
const ownFields = new Set(['password', 'first_name', 'last_name', 'email', 'phone']);
const adminFields = new Set(['state', 'password_expires_on', 'read_only', 'api_login']);

export interface UpdateAccountParts {
  readonly hasher: PasswordHasher;
  readonly sessions: SessionRegistry;
  readonly clock: Clock;
}

type Sent = Partial<Record<keyof typeof accountSchema.properties, string | number | boolean | null>>;

/**
 * `PUT /user?id=`: an account changes itself, the administrator any (User Service). A new password ends the other sessions, and
 * the expiry of one that had expired.
 */
export const updateAccount = (catalog: Catalog, { hasher, sessions, clock }: UpdateAccountParts): AccountOperation => ({
  id: 'updateAccount',
  method: 'PUT',
  paths: ['/user', '/user/:first'],
  summary: 'Change an account',
  access: writing,
  body: accountSchema,
  async handle(call) {
    const id = addressedId(call.parameters, call.path.first);
    const before = await readAccount(catalog.read, id);
    const isAdmin = call.caller.role === 'admin';
    if (!before || (!isAdmin && before.member_id !== call.caller.memberId)) throw notFound('user', 'id', id);
    if (!isAdmin && id !== call.caller.accountId) throw refusal(accessErrors.accountNotYours);
    const sent: Sent = readObject(accountSchema, readOne(call.body, 'user', call.warnings), 'user', call.warnings);
    const fields = changedFields(sent, before, isAdmin);
    const newPassword = typeof sent.password === 'string' ? sent.password : undefined;
    if (newPassword !== undefined) {
      if (!isStrongPassword(newPassword)) throw refusal(accessErrors.weakPassword);
      Object.assign(fields, { password_hash: await hasher.hash(newPassword), test_password: 0, first_start: 0 });
      const expired = before.password_expires_on !== null && before.password_expires_on <= clock.nowMs();
      if (expired && sent.password_expires_on === undefined) fields.password_expires_on = null;
    }
    await catalog.change(changeContext(call, 'updateAccount'), (change) => updateRow(change, id, fields));
    if (newPassword !== undefined)
      await sessions.endOthers(asAccountId(id), id === call.caller.accountId ? sessionTokenOf(call.facts) : undefined);
    const after = (await readAccount(catalog.read, id)) ?? before;
    return oneAnswer('user', accountOnWire(after), { id });
  },
});

function changedFields(sent: Sent, before: AccountRow, isAdmin: boolean): Partial<AccountTable> {
  const fields: Record<string, string | number | null> = {};
  for (const [name, value] of Object.entries(sent)) {
    if (name === 'password') continue;
    if (name === 'username') {
      if (value !== before.username) throw refusal(accessErrors.usernameFixed);
      continue;
    }
    if (!ownFields.has(name) && !adminFields.has(name)) {
      if (value !== { user_type: before.user_type, entity_id: before.member_id }[name])
        throw refusal(httpErrors.invalidField, { path: `user.${name}`, fault: 'cannot be changed' });
      continue;
    }
    if (!isAdmin && adminFields.has(name)) throw refusal(accessErrors.fieldNotYours, { path: `user.${name}` });
    if (name === 'password_expires_on') fields[name] = typeof value === 'string' ? (parseTimestamp(value) ?? null) : null;
    else fields[name] = typeof value === 'boolean' ? Number(value) : (value ?? null);
  }
  return fields;
}
