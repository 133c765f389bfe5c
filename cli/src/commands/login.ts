import { FoyerClient } from '@foyer/sdk/client.ts';
import { FoyerError } from '@foyer/sdk/foyer-error.ts';
import { askHidden, askShown, readPasswordFromStdin } from '../ask-password.ts';
import type { Call, Command } from '../command.ts';
import { CommandFailure } from '../command-failure.ts';
import { Credentials } from '../credentials.ts';
import { exitCodes } from '../exit-codes.ts';
import { serverOption, serverUrlOf } from '../server-url.ts';

export const login: Command = {
  name: 'login',
  summary: 'log in to a server and keep the token',
  operands: [],
  options: {
    server: serverOption,
    username: { type: 'string', short: 'u', placeholder: 'NAME', description: 'the account (default: asked for)' },
    'password-stdin': { type: 'boolean', description: 'read the password from stdin instead of asking for it' },
  },
  examples: [
    'npx foyer login --username admin',
    'npx foyer login --server https://exchange.example.com --username anna',
    'npx foyer login --username admin --password-stdin < password.txt',
  ],
  details:
    'The token is kept in ${XDG_CONFIG_HOME:-~/.config}/foyer/credentials.json, which only you may read (0600), one for each server.\n' +
    'It ends 2 hours after its last call and 24 hours after the login.',
  run: async (call) => {
    const { env } = call.surroundings;
    const server = await serverUrlOf(call);
    const username = await usernameOf(call);
    const password = await passwordOf(call, username, server);
    const token = await call.slowly(`logging in at ${server} …`, logIn(server, username, password));
    const credentials = new Credentials(env);
    await credentials.keep(server, { token, username });
    if (call.json) call.printJson({ server, username });
    else call.print(`Logged in to ${server} as ${username}. The token is kept in ${credentials.path}.`);
    return exitCodes.ok;
  },
};

async function usernameOf(call: Call): Promise<string> {
  const given = call.text('username');
  if (given !== undefined) return given;
  if (call.surroundings.stdin.isTTY !== true || call.flag('password-stdin')) {
    throw new CommandFailure('--username is missing', exitCodes.usage);
  }
  return await askShown('User name: ', call.surroundings);
}

async function passwordOf(call: Call, username: string, server: string): Promise<string> {
  if (call.flag('password-stdin')) return await readPasswordFromStdin(call.surroundings);
  if (call.surroundings.stdin.isTTY !== true) {
    throw new CommandFailure('stdin is no terminal to ask for the password on; give it there with --password-stdin', exitCodes.usage);
  }
  return await askHidden(`Password of ${username} at ${server}: `, call.surroundings);
}

async function logIn(server: string, username: string, password: string): Promise<string> {
  try {
    const { token } = await new FoyerClient({ baseUrl: server }).logIn({ username, password });
    return token;
  } catch (error) {
    if (error instanceof FoyerError && error.status === 401) {
      throw new CommandFailure(`${server} says: ${error.message}`, exitCodes.notAuthorised, { cause: error });
    }
    throw error;
  }
}
