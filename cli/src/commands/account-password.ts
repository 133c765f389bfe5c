import type { FoyerClient } from '@foyer/sdk/client.ts';
import type { Account } from '@foyer/sdk/generated/wire.ts';
import type { Call, Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { loggedInClient } from '../logged-in-client.ts';
import { loginLines } from '../login-lines.ts';
import { newPasswordOf, passwordOptions } from '../new-password.ts';
import { onlyObject } from '../only-object.ts';
import { optionId } from '../read-id.ts';
import { serverOption } from '../server-url.ts';

export const accountPassword: Command = {
  name: 'account password',
  summary: 'set a new password',
  operands: [],
  options: {
    account: { type: 'string', placeholder: 'ID', description: 'for administrators: whose (default: the account that is logged in)' },
    ...passwordOptions,
    server: serverOption,
  },
  examples: [
    'npx foyer account password',
    'npx foyer account password --account 12 --random-password',
    'npx foyer account password --password-stdin < password.txt',
  ],
  details:
    'All other sessions of the account end. A password has 10 to 64 characters with a capital letter, a small one, a digit and\nanother character.',
  run: async (call) => {
    const client = await loggedInClient(call);
    const { id, username } = await accountOf(call, client);
    const { password, random } = await newPasswordOf(call, username);
    await call.slowly('setting the password …', client.updateAccount({ password }, { id }));
    if (call.json) call.printJson({ id, username, ...(random ? { password } : {}) });
    else call.print(`The password of ${username} is changed.`);
    if (random && !call.json) for (const line of loginLines([{ username, password, who: `account ${id}` }])) call.print(line);
    return exitCodes.ok;
  },
};

async function accountOf(call: Call, client: FoyerClient): Promise<Account> {
  const id = optionId(call, 'account');
  if (id !== undefined) return onlyObject((await client.listAccounts({ id })).users, 'account', id);
  return (await client.request<{ user: Account }>('GET', '/user', { query: { current: true } })).user;
}
