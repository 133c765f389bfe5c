import type { Command } from '../command.ts';
import { bodyOption, choiceField, fieldsOf } from '../field-options.ts';
import { loggedInClient } from '../logged-in-client.ts';
import { memberFields, memberTypes } from '../member-fields.ts';
import { printDone } from '../print-object.ts';
import { serverOption } from '../server-url.ts';

const fields = { ...memberFields, type: choiceField('primary_type', 'what it is (default: buyer)', memberTypes) };

export const memberCreate: Command = {
  name: 'member create',
  summary: 'make a member, as administrator',
  operands: [],
  options: { ...fields, body: bodyOption, server: serverOption },
  examples: [
    'npx foyer member create --name "Data & Co" --type data_provider',
    'npx foyer member create --name Buyer --code buyer-1 --json',
  ],
  run: async (call) => {
    const member = await fieldsOf(call, fields);
    const client = await loggedInClient(call);
    const answer = await call.slowly('making the member …', client.createMember(member));
    return printDone(
      call,
      answer,
      answer.member,
      `Member ${answer.id} is made. "foyer account create --member ${answer.id}" gives it a login.`,
    );
  },
};
