import type { Command } from '../command.ts';
import { ExchangeClient, exchangeOptions } from '../exchange/exchange-client.ts';
import { fieldColumn, printItems } from '../exchange/exchange-table.ts';

/** `4101/gold`; a segment that is yet to be made by its name. */
function placeText(place: unknown): string {
  const { endpointId, segmentId, newSegment } = (place ?? {}) as {
    endpointId?: number;
    segmentId?: string | null;
    newSegment?: { name: string };
  };
  return `${endpointId ?? ''}/${segmentId ?? newSegment?.name ?? ''}`;
}

export const shareList: Command = {
  name: 'share list',
  summary: 'list the shares: what goes where, and when next',
  operands: [],
  options: exchangeOptions,
  examples: ['npx foyer share list', "npx foyer share list --json | jq -c 'select(.enabled | not)'"],
  run: async (call) => {
    const exchange = await ExchangeClient.of(call);
    return await printItems(call, 'shares', exchange.each('/v1/shares'), [
      fieldColumn('shareId'),
      fieldColumn('name'),
      { title: 'source', of: ({ source }) => placeText(source) },
      { title: 'destination', of: ({ destination }) => placeText(destination) },
      fieldColumn('shareAction'),
      { title: 'enabled', of: ({ enabled, disabledReason }) => (enabled === true ? 'yes' : `no ${String(disabledReason ?? '')}`.trim()) },
      fieldColumn('nextRunAt'),
      fieldColumn('lastJobId'),
    ]);
  },
};
