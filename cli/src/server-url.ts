import { FoyerClient } from '@foyer/sdk/client.ts';
import type { Call, OptionSpec } from './command.ts';
import { CommandFailure } from './command-failure.ts';
import { Credentials } from './credentials.ts';
import { exitCodes } from './exit-codes.ts';

export const defaultServerUrl = 'http://127.0.0.1:8080';

export const serverOption: OptionSpec = {
  type: 'string',
  placeholder: 'URL',
  description: `the server (default: FOYER_SERVER, else where you logged in last, else ${defaultServerUrl})`,
};

/** The address in the one form under which tokens are kept: no slash at the end, host in lower case. */
export function normalServerUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new CommandFailure(`"${text}" is no address of a server; it looks like ${defaultServerUrl}`, exitCodes.usage);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new CommandFailure(
      `"${text}" does not begin with http:// or https://; an address looks like ${defaultServerUrl}`,
      exitCodes.usage,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new CommandFailure('no user name or password in the address, please; "foyer login" asks for them', exitCodes.usage);
  }
  return (url.origin + url.pathname).replace(/\/+$/, '');
}

export async function serverUrlOf(call: Call): Promise<string> {
  const given = call.text('server') ?? call.surroundings.env['FOYER_SERVER'];
  if (given !== undefined && given !== '') return normalServerUrl(given);
  return (await new Credentials(call.surroundings.env).lastServer()) ?? defaultServerUrl;
}

/** A client with the kept token, or without one where nobody logged in. */
export async function clientOf(call: Call): Promise<{ client: FoyerClient; loggedIn: boolean }> {
  const baseUrl = await serverUrlOf(call);
  const credential = await new Credentials(call.surroundings.env).find(baseUrl);
  return { client: new FoyerClient({ baseUrl, token: credential?.token }), loggedIn: credential !== undefined };
}
