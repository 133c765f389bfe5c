import type { Command } from '../command.ts';
import { Credentials } from '../credentials.ts';
import { exitCodes } from '../exit-codes.ts';
import { serverOption, serverUrlOf } from '../server-url.ts';

export const logout: Command = {
  name: 'logout',
  summary: 'forget the token of a server',
  operands: [],
  options: { server: serverOption },
  examples: ['npx foyer logout', 'npx foyer logout --server https://exchange.example.com'],
  details: 'The token is deleted here. The server ends it by itself 2 hours after its last call.',
  run: async (call) => {
    const server = await serverUrlOf(call);
    const forgotten = await new Credentials(call.surroundings.env).forget(server);
    if (call.json) call.printJson({ server, forgotten });
    else call.print(forgotten ? `The token of ${server} is forgotten.` : `No token of ${server} was kept.`);
    return exitCodes.ok;
  },
};
