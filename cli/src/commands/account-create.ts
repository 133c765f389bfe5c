import type { AccountBody } from '@foyer/sdk/generated/wire.ts';
import type { Command } from '../command.ts';
import { accountFields } from '../account-fields.ts';
import { CommandFailure } from '../command-failure.ts';
import { exitCodes } from '../exit-codes.ts';
import { bodyOption, choiceField, fieldsOf } from '../field-options.ts';
import { loggedInClient } from '../logged-in-client.ts';
import { loginLines } from '../login-lines.ts';
import { newPasswordOf, passwordOptions } from '../new-password.ts';
import { printDone } from '../print-object.ts';
import { requiredId } from '../read-id.ts';
import { serverOption } from '../server-url.ts';

const fields = { ...accountFields, type: choiceField('user_type', 'what it is (default: member)', ['admin', 'member', 'bidder']) };

export const accountCreate: Command = {
  name: 'account create',
  summary: 'make an account, a login of a member, as administrator',
  operands: [],
  options: {
    member: { type: 'string', placeholder: 'ID', description: 'whose account it is (required)' },
    username: { type: 'string', short: 'u', placeholder: 'NAME', description: 'the user name (required)' },
    ...fields,
    ...passwordOptions,
    body: bodyOption,
    server: serverOption,
  },
  examples: [
    'npx foyer account create --member 1432 --username anna --email anna@example.com --first-name Anna --last-name Bell',
    'npx foyer account create --member 1432 --username robot --email it@example.com --first-name R --last-name T --random-password',
  ],
  details: 'It may log in to the API at once, unless --api-login false. A password has 10 to 64 characters of all four kinds.',
  run: async (call) => {
    const member = requiredId(call, 'member');
    const username = call.text('username');
    if (username === undefined) throw new CommandFailure('--username is missing', exitCodes.usage);
    const given: AccountBody = { user_type: 'member', api_login: true, ...(await fieldsOf(call, fields)) };
    const client = await loggedInClient(call);
    const { password, random } = await newPasswordOf(call, username);
    const answer = await call.slowly('making the account …', client.createAccount({ ...given, username, password, entity_id: member }));
    const made = { id: answer.id, username, ...(random ? { password } : {}) };
    const code = printDone(call, answer, made, `Account ${answer.id} is made.`);
    if (random && !call.json) for (const line of loginLines([{ username, password, who: `member ${member}` }])) call.print(line);
    return code;
  },
};
