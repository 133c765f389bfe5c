import type { Command } from '../command.ts';
import { ExchangeClient, exchangeOptions } from '../exchange/exchange-client.ts';
import { exitCodes } from '../exit-codes.ts';
import { idOf } from '../read-id.ts';

export const endpointRotateKey: Command = {
  name: 'endpoint rotate-key',
  summary: 'give an endpoint a new key; the old one ends after a day',
  operands: ['ID'],
  options: exchangeOptions,
  examples: ['npx foyer endpoint rotate-key 4101'],
  run: async (call) => {
    const id = idOf(call);
    const exchange = await ExchangeClient.of(call);
    const path = `/v1/endpoints/${id}/rotate-key`;
    const answer = await call.slowly('making a key …', exchange.json<{ key: string; previousKeyExpiresAt: string }>('POST', path));
    if (call.json) call.printJson(answer);
    else {
      call.print(`The new key of endpoint ${id}, shown only now: ${answer.key}`);
      call.print(`The old one ends ${answer.previousKeyExpiresAt}.`);
    }
    return exitCodes.ok;
  },
};
