import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Call, Command } from '../command.ts';
import { CommandFailure } from '../command-failure.ts';
import { exitCodes } from '../exit-codes.ts';
import { prettyJson } from '../pretty-json.ts';
import { clientOf, serverOption } from '../server-url.ts';

const firstErrorStatus = 400;

export const curl: Command = {
  name: 'curl',
  summary: 'call the API with the kept token, and print what it answers',
  operands: ['PATH'],
  options: {
    server: serverOption,
    request: { type: 'string', short: 'X', placeholder: 'METHOD', description: 'the method (default: GET; POST with -d)' },
    data: { type: 'string', short: 'd', placeholder: 'BODY', description: 'the body; @FILE reads a file' },
  },
  examples: [
    "npx foyer curl '/segment?num_elements=3'",
    `npx foyer curl '/segment' -d '{"segment":{"short_name":"Cars > Buyers"}}'`,
    "npx foyer curl '/segment?id=12' -X DELETE",
  ],
  details: 'The body comes as it is; on a terminal with line breaks, numbers in their own digits. HTTP status 400 or above: exit code 22.',
  run: async (call) => {
    const path = pathOf(call);
    const body = await bodyOf(call);
    const method = call.text('request')?.toUpperCase() ?? (body === undefined ? 'GET' : 'POST');
    if (!/^[A-Z]+$/.test(method)) throw new CommandFailure(`"${method}" is no method`, exitCodes.usage);
    const { client, loggedIn } = await clientOf(call);
    const answer = await call.slowly(`waiting for ${client.baseUrl} …`, client.send(method, path, body === undefined ? {} : { body }));
    await printBody(call, answer);
    if (answer.status < firstErrorStatus) return exitCodes.ok;
    call.say(`foyer: HTTP ${answer.status} from ${client.baseUrl}${answer.status === 401 ? loginHint(loggedIn) : ''}`);
    return exitCodes.httpError;
  },
};

const loginHint = (loggedIn: boolean): string => `; ${loggedIn ? 'the token may have ended: ' : ''}log in with "npx foyer login"`;

/** A path, never an address: the token must not go to another server than the one that gave it. */
function pathOf(call: Call): string {
  const path = call.operands[0] ?? '';
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(path) || path.startsWith('//')) {
    throw new CommandFailure('PATH is a path like /segment; another server is named with --server', exitCodes.usage);
  }
  return path.startsWith('/') ? path : `/${path}`;
}

async function bodyOf(call: Call): Promise<string | Uint8Array | undefined> {
  const data = call.rawText('data');
  if (data === undefined || !data.startsWith('@')) return data;
  const path = resolve(call.surroundings.cwd, data.slice(1));
  try {
    return await readFile(path);
  } catch (error) {
    throw new CommandFailure(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`, exitCodes.usage);
  }
}

async function printBody(call: Call, answer: Response): Promise<void> {
  const { stdout } = call.surroundings;
  const type = answer.headers.get('content-type') ?? '';
  if (stdout.isTTY === true && type.includes('json')) {
    call.print(prettyJson(await answer.text()));
    return;
  }
  const text = await answer.text();
  if (text === '') return;
  stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}
