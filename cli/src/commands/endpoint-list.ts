import type { Command } from '../command.ts';
import { ExchangeClient, exchangeOptions } from '../exchange/exchange-client.ts';
import { fieldColumn, printItems } from '../exchange/exchange-table.ts';

const typeOf = (role: unknown): unknown => (typeof role === 'object' && role !== null && 'type' in role ? role.type : null);

export const endpointList: Command = {
  name: 'endpoint list',
  summary: 'list the endpoints of the exchange',
  operands: [],
  options: {
    kind: { type: 'string', choices: ['custom', 'application', 'internal'], description: 'of this kind' },
    status: { type: 'string', choices: ['PENDING', 'ACTIVE', 'DISABLED'], description: 'in this status' },
    ...exchangeOptions,
  },
  examples: ['npx foyer endpoint list', 'npx foyer endpoint list --status PENDING --json'],
  details: 'The endpoint of kind internal is your own segments. What last went wrong in calling an endpoint stands in its lastError.',
  run: async (call) => {
    const exchange = await ExchangeClient.of(call);
    const query = { kind: call.text('kind'), status: call.text('status') };
    return await printItems(call, 'endpoints', exchange.each('/v1/endpoints', query), [
      fieldColumn('endpointId'),
      fieldColumn('name'),
      fieldColumn('status'),
      fieldColumn('kind'),
      { title: 'source', of: ({ source }) => typeOf(source) },
      { title: 'destination', of: ({ destination }) => typeOf(destination) },
      fieldColumn('lastError'),
    ]);
  },
};
