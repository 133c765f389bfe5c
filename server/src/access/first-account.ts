import { randomInt } from 'node:crypto';
import { byServer } from '../storage/sql/catalog-change.ts';
import type { Catalog } from '../storage/sql/catalog.ts';
import { insertAccount } from './store/account-store.ts';
import type { PasswordHasher } from './password-hasher.ts';

/** A name and a password that are shown once. */
export interface FirstAccount {
  readonly username: string;
  readonly password: string;
}

/**
 * Makes the administrator's account where none is there, with a random password. `platformMember` makes or finds the platform's
 * member in the same transaction. Answers undefined where an administrator exists.
 */
export async function createFirstAccount(
  catalog: Catalog,
  hasher: PasswordHasher,
  platformMember: (change: Parameters<Parameters<Catalog['change']>[1]>[0]) => Promise<number>,
): Promise<FirstAccount | undefined> {
  const admin = await catalog.read
    .selectFrom('account')
    .select('id')
    .where('user_type', '=', 'admin')
    .where('state', '=', 'active')
    .executeTakeFirst();
  if (admin) return undefined;
  const password = randomPassword();
  const passwordHash = await hasher.hash(password);
  const username = await freeName(catalog);
  await catalog.change(byServer('createFirstAccount'), async (change) => {
    await insertAccount(change, {
      member_id: await platformMember(change),
      username,
      password_hash: passwordHash,
      password_expires_on: null,
      first_name: 'First',
      last_name: 'Administrator',
      email: '',
      phone: null,
      user_type: 'admin',
      read_only: 0,
      api_login: 1,
      state: 'active',
      logins_per_5_minutes: 10,
      test_password: 0,
      first_start: 1,
    });
  });
  return { username, password };
}

/** `admin`, or with a number behind it where that is taken. */
async function freeName(catalog: Catalog): Promise<string> {
  for (let n = 1; ; n++) {
    const username = n === 1 ? 'admin' : `admin${n}`;
    if (!(await catalog.read.selectFrom('account').select('id').where('username', '=', username).executeTakeFirst())) return username;
  }
}

/** 20 characters of all four classes, without those that look alike. About 110 bits. */
export function randomPassword(): string {
  const classes = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnopqrstuvwxyz', '23456789', '-_.+'];
  const all = classes.join('');
  const pick = (from: string): string => from.charAt(randomInt(from.length));
  const characters = [...classes.map(pick), ...Array.from({ length: 16 }, () => pick(all))];
  for (let i = characters.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [characters[i], characters[j]] = [characters[j] ?? '', characters[i] ?? ''];
  }
  return characters.join('');
}
