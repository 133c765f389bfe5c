import { type AccountOperation, writing } from '../../http/operation.ts';
import { readOne } from '../../http/read-body.ts';
import { readObject, requireFields } from '../../http/read-object.ts';
import { refusal } from '../../kit/refusal.ts';
import { parseTimestamp } from '../../kit/timestamp.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import { accessErrors } from '../access-errors.ts';
import { defaultLoginsPer5Minutes, isStrongPassword } from '../account.ts';
import { accountSchema } from '../account-schema.ts';
import { changeContext } from '../acting-member.ts';
import type { PasswordHasher } from '../password-hasher.ts';
import { insertAccount, isUsernameTaken, memberType } from '../store/account-store.ts';

/** `POST /user`: the administrator makes an account (User Service). */
export const createAccount = (catalog: Catalog, hasher: PasswordHasher): AccountOperation => ({
  id: 'createAccount',
  method: 'POST',
  paths: ['/user'],
  summary: 'Make an account (administrators)',
  access: { ...writing, adminOnly: true },
  body: accountSchema,
  async handle(call) {
    const account = readObject(accountSchema, readOne(call.body, 'user', call.warnings), 'user', call.warnings);
    requireFields(account, ['username', 'password', 'email', 'first_name', 'last_name', 'user_type', 'entity_id'], 'user');
    const { username = '', password = '', user_type = 'member', entity_id = 0 } = account;
    if (!isStrongPassword(password)) throw refusal(accessErrors.weakPassword);
    const passwordHash = await hasher.hash(password);
    const id = await catalog.change(changeContext(call, 'createAccount'), async (change) => {
      const entity = await memberType(change.db, entity_id);
      if (!entity) throw refusal(accessErrors.noSuchEntity, { id: entity_id });
      if (user_type === 'admin' && entity.primary_type !== 'platform') throw refusal(accessErrors.adminElsewhere, { id: entity_id });
      if (await isUsernameTaken(change.db, username)) throw refusal(accessErrors.usernameTaken, { username });
      return insertAccount(change, {
        member_id: entity_id,
        username,
        password_hash: passwordHash,
        password_expires_on: account.password_expires_on ? (parseTimestamp(account.password_expires_on) ?? null) : null,
        first_name: account.first_name ?? '',
        last_name: account.last_name ?? '',
        email: account.email ?? '',
        phone: account.phone ?? null,
        user_type,
        read_only: Number(account.read_only ?? false),
        api_login: Number(account.api_login ?? false),
        state: account.state ?? 'active',
        logins_per_5_minutes: defaultLoginsPer5Minutes,
        test_password: 0,
        first_start: 0,
      });
    });
    return { fields: { id }, outputTerm: null };
  },
});
