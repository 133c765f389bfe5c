import type { Command } from '../command.ts';
import { confirm, yesOption } from '../confirm.ts';
import { ExchangeClient, exchangeOptions } from '../exchange/exchange-client.ts';
import { printDone } from '../print-object.ts';
import { idOf } from '../read-id.ts';

export const endpointDisable: Command = {
  name: 'endpoint disable',
  summary: 'shut an endpoint out until it is enabled again',
  operands: ['ID'],
  options: { yes: yesOption, ...exchangeOptions },
  examples: ['npx foyer endpoint disable 4101'],
  details: 'Its key is refused and new runs of its shares fail. npx foyer curl /v1/endpoints/ID/enable -X POST lets it in again.',
  run: async (call) => {
    const id = idOf(call);
    const exchange = await ExchangeClient.of(call);
    await confirm(call, `Disable endpoint ${id}? Its key is refused, and runs of its shares fail.`);
    const answer = await call.slowly('disabling …', exchange.json('POST', `/v1/endpoints/${id}/disable`));
    return printDone(call, answer, answer, `Endpoint ${id} is disabled.`);
  },
};
