import type { Command } from '../command.ts';
import { ExchangeClient, exchangeOptions } from '../exchange/exchange-client.ts';
import { shareOf, shareOptions } from '../exchange/share-fields.ts';
import { exitCodes } from '../exit-codes.ts';
import { groupedNumber } from '../text-table.ts';

interface DryRun {
  readonly valid: boolean;
  readonly problems: readonly { readonly code: string; readonly field: string; readonly message: string }[];
  readonly rowsAvailable: number | null;
  readonly wouldSend: number | null;
  readonly wouldReject: number | null;
  readonly replaceRemoves: number | null;
  readonly nextRuns: readonly string[];
}

const numberText = (value: number | null): string => (value === null ? 'not known' : groupedNumber(value));

export const shareDryRun: Command = {
  name: 'share dry-run',
  summary: 'what a share would do, and everything that stands against it',
  operands: [],
  options: { ...shareOptions, ...exchangeOptions },
  examples: ['npx foyer share dry-run --source 4101/gold --destination 4202/s-55 --map email=email --action REPLACE'],
  details: 'Nothing is made or sent. Exit code 1 where the share could not be made.',
  run: async (call) => {
    const exchange = await ExchangeClient.of(call);
    const body = await shareOf(call, exchange);
    const outcome = await call.slowly('looking …', exchange.json<DryRun>('POST', '/v1/shares/dry-run', { body }));
    if (call.json) call.printJson(outcome);
    else {
      call.print(outcome.valid ? 'The share can be made.' : 'The share cannot be made:');
      for (const { code, field, message } of outcome.problems) call.print(`  ${field} ${message} (${code})`);
      call.print(`rows available           ${numberText(outcome.rowsAvailable)}`);
      call.print(`would be sent            ${numberText(outcome.wouldSend)}`);
      call.print(`would be rejected        ${numberText(outcome.wouldReject)}`);
      if (outcome.replaceRemoves !== null) call.print(`would be replaced        ${numberText(outcome.replaceRemoves)}`);
      for (const time of outcome.nextRuns) call.print(`would run                ${time}`);
    }
    return outcome.valid ? exitCodes.ok : exitCodes.failed;
  },
};
