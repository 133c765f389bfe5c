import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Call, Command } from '../command.ts';
import { CommandFailure } from '../command-failure.ts';
import { ExchangeClient, exchangeOptions } from '../exchange/exchange-client.ts';
import { exitCodes } from '../exit-codes.ts';
import { pause } from '../pause.ts';
import { optionId } from '../read-id.ts';

const connectMs = 60_000;
const pollIntervalMs = 500;

interface Registered {
  readonly endpointId: number;
  readonly key: string;
  readonly status: string;
  readonly connectType: string;
  readonly instructions: string | null;
}

interface Connecting {
  readonly status: string;
  readonly lastError: string | null;
}

export const endpointRegister: Command = {
  name: 'endpoint register',
  summary: 'add an endpoint of the exchange, and print its key',
  operands: [],
  options: {
    name: { type: 'string', placeholder: 'TEXT', description: 'its name (default: that of the definition)' },
    definition: { type: 'string', placeholder: 'FILE', description: 'what it is, as JSON; the exchange then calls it at its url' },
    url: { type: 'string', placeholder: 'URL', description: 'where it is called, in place of the one in the definition' },
    'api-key-file': { type: 'string', placeholder: 'FILE', description: 'the key that the exchange shows when it calls; - reads stdin' },
    application: { type: 'string', placeholder: 'ID', description: 'the application that it is an endpoint of' },
    direct: { type: 'boolean', description: 'with --application: the exchange calls it' },
    ...exchangeOptions,
  },
  examples: [
    'npx foyer endpoint register --name "Store CRM"',
    'npx foyer endpoint register --definition examples/pull-producer/endpoint.json --api-key-file key.txt',
  ],
  details:
    'With a definition (the body of PUT /v1/endpoint) the endpoint is one that the exchange calls: a pull source or a push destination. It\n' +
    'is called at once, and is Active when it answers. Without one it stays Pending until its own software registers with the key, as\n' +
    '"foyer toolkit register" does.',
  run: async (call) => {
    const body = await bodyOf(call);
    const exchange = await ExchangeClient.of(call);
    const answer = await call.slowly('registering …', exchange.json<Registered>('POST', '/v1/endpoint-registrations', { body }));
    const direct = answer.connectType === 'DIRECTCONNECT';
    const { status, lastError } = direct ? await connected(call, exchange, answer.endpointId) : { status: answer.status, lastError: null };
    if (call.json) call.printJson({ ...answer, status, lastError });
    else {
      call.print(`Endpoint ${answer.endpointId} is ${status}${lastError === null ? '' : `: ${lastError}`}.`);
      call.print(`Its key, shown only now: ${answer.key}`);
      if (!direct) call.print(answer.instructions ?? 'It becomes ACTIVE when its software registers with this key (PUT /v1/endpoint).');
    }
    return direct && status !== 'ACTIVE' ? exitCodes.failed : exitCodes.ok;
  },
};

async function bodyOf(call: Call): Promise<object> {
  const file = call.text('definition');
  const applicationId = optionId(call, 'application');
  const url = call.text('url');
  const { name: ownName, ...definition } = file === undefined ? {} : await readDefinition(call, file);
  const name = call.text('name') ?? ownName;
  if (name === undefined) throw new CommandFailure('--name is missing', exitCodes.usage);
  const key = await apiKeyOf(call);
  const called = file !== undefined || call.flag('direct');
  return {
    name,
    ...(applicationId === undefined ? {} : { applicationId }),
    ...(called ? { connectType: 'DIRECTCONNECT' } : {}),
    ...(file === undefined ? {} : { definition: { ...definition, ...(url === undefined ? {} : { url }) } }),
    ...(key === undefined
      ? {}
      : {
          connection: {
            attributes: [
              { name: 'authType', value: 'APIKEY' },
              { name: 'apiKey', value: key },
            ],
          },
        }),
  };
}

async function readDefinition(call: Call, file: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(resolve(call.surroundings.cwd, file), 'utf8')) as Record<string, unknown>;
  } catch (error) {
    throw new CommandFailure(`--definition ${file}: ${error instanceof Error ? error.message : String(error)}`, exitCodes.usage, {
      cause: error,
    });
  }
}

/** Keys do not belong on a command line, which others on the machine can read. */
async function apiKeyOf(call: Call): Promise<string | undefined> {
  const file = call.text('api-key-file');
  if (file === undefined) return undefined;
  if (file === '-')
    return Buffer.concat(await Array.fromAsync(call.surroundings.stdin))
      .toString()
      .trim();
  try {
    return (await readFile(resolve(call.surroundings.cwd, file), 'utf8')).trim();
  } catch (error) {
    throw new CommandFailure(`--api-key-file ${file}: ${error instanceof Error ? error.message : String(error)}`, exitCodes.usage, {
      cause: error,
    });
  }
}

/** The exchange calls the endpoint after it has answered: waited for, until it is Active or has a fault. */
async function connected(call: Call, exchange: ExchangeClient, endpointId: number): Promise<Connecting> {
  const { signal } = new AbortController();
  const end = performance.now() + connectMs;
  const wait = async (): Promise<Connecting> => {
    for (;;) {
      const endpoint = await exchange.json<Connecting>('GET', `/v1/endpoints/${endpointId}`);
      if (endpoint.status !== 'PENDING' || endpoint.lastError !== null || performance.now() > end) return endpoint;
      await pause(pollIntervalMs, signal);
    }
  };
  return await call.slowly('the exchange calls it …', wait());
}
