import type { Command } from '../command.ts';
import { ExchangeClient, exchangeOptions } from '../exchange/exchange-client.ts';
import { fieldColumn, printItems } from '../exchange/exchange-table.ts';
import { optionId } from '../read-id.ts';

const errorText = (error: unknown): string => {
  const { code, message } = (error ?? {}) as { code?: string; message?: string };
  return code === undefined ? '' : `${code}: ${message ?? ''}`;
};

export const shareHistory: Command = {
  name: 'share history',
  summary: 'list the jobs of shares, the newest first',
  operands: [],
  options: {
    share: { type: 'string', placeholder: 'ID', description: 'of this share' },
    view: {
      type: 'string',
      choices: ['recent', 'historical'],
      description: 'recent: under way, or ended in the last 72 hours (default); historical: older',
    },
    ...exchangeOptions,
  },
  examples: ['npx foyer share history', 'npx foyer share history --share 12 --view historical --json'],
  run: async (call) => {
    const query = { shareId: optionId(call, 'share'), view: call.text('view') };
    const exchange = await ExchangeClient.of(call);
    return await printItems(call, 'jobs', exchange.each('/v1/share-jobs', query), [
      fieldColumn('jobId'),
      fieldColumn('shareId'),
      fieldColumn('shareName'),
      fieldColumn('shareAction'),
      fieldColumn('state'),
      fieldColumn('rowsReceived'),
      fieldColumn('rowsSent'),
      fieldColumn('rowsRejected'),
      fieldColumn('startedAt'),
      fieldColumn('completedAt'),
      { title: 'error', of: ({ error }) => errorText(error) },
    ]);
  },
};
