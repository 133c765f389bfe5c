import type { FoyerClient } from '@foyer/sdk/client.ts';
import type { Command } from './command.ts';
import { bodyOption, changedFieldsOf, type FieldOption, type Fields } from './field-options.ts';
import { loggedInClient } from './logged-in-client.ts';
import { printDone } from './print-object.ts';
import { idOf } from './read-id.ts';
import { serverOption } from './server-url.ts';

export interface UpdateSpec<Key extends string> {
  /** What is changed, and the object's key in the answer. */
  readonly object: { readonly called: string; readonly key: Key };
  readonly summary: string;
  readonly fields: Readonly<Record<string, FieldOption>>;
  readonly examples: readonly string[];
  readonly details: string;
  readonly change: (client: FoyerClient, fields: Fields, address: { id: number }) => Promise<Readonly<Record<Key, object>>>;
}

/** A command that changes the fields of one object that its options or --body name: "segment update ID --state inactive". */
export const updateCommand = <Key extends string>({ object, fields, change, ...texts }: UpdateSpec<Key>): Command => ({
  ...texts,
  name: `${object.called} update`,
  operands: ['ID'],
  options: { ...fields, body: bodyOption, server: serverOption },
  run: async (call) => {
    const id = idOf(call);
    const changed = await changedFieldsOf(call, fields);
    const client = await loggedInClient(call);
    const answer = await call.slowly(`changing ${object.called} ${id} …`, change(client, changed, { id }));
    const title = `${object.called.slice(0, 1).toUpperCase()}${object.called.slice(1)}`;
    return printDone(call, answer, answer[object.key], `${title} ${id} is changed.`);
  },
});
