import type { FoyerClient } from '@foyer/sdk/client.ts';
import type { Call } from './command.ts';
import { CommandFailure } from './command-failure.ts';
import { exitCodes } from './exit-codes.ts';
import { clientOf } from './server-url.ts';

/** A client with the kept token. Throws CommandFailure where nobody logged in. */
export async function loggedInClient(call: Call): Promise<FoyerClient> {
  const { client, loggedIn } = await clientOf(call);
  if (!loggedIn) throw new CommandFailure(`not logged in to ${client.baseUrl}; "npx foyer login" does that`, exitCodes.notAuthorised);
  return client;
}
