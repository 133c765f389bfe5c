import type { Command } from '../command.ts';
import { ExchangeClient, exchangeOptions } from '../exchange/exchange-client.ts';
import { shareOf, shareOptions } from '../exchange/share-fields.ts';
import { reportShareJob, waitForShareJob } from '../exchange/share-job.ts';
import { exitCodes } from '../exit-codes.ts';

interface Share {
  readonly shareId: number;
  readonly lastJobId: number | null;
  readonly nextRunAt: string | null;
}

export const shareCreate: Command = {
  name: 'share create',
  summary: 'send an audience to a destination, now or on a schedule',
  operands: [],
  options: {
    ...shareOptions,
    wait: { type: 'boolean', short: 'w', description: 'wait until the first job has ended, and end with its outcome' },
    ...exchangeOptions,
  },
  examples: [
    'npx foyer share create --source 4101/gold --destination 4202 --new-segment "Gold Q3" --map homeemail,workemail=email --wait',
    'npx foyer share create --source 4101/gold --destination 4202/s-55 --suggest --action REPLACE --daily 2027-01-31T08:00 --timezone Europe/Berlin',
    'npx foyer share create --file share.json',
  ],
  details:
    'npx foyer curl /v1/audiences lists what can be shared. With --wait the exit code is the outcome: 0 all rows were taken, 10 some were\n' +
    'rejected, 11 the job failed or was canceled. A job with a source or destination that asks for work itself waits for it.',
  run: async (call) => {
    const exchange = await ExchangeClient.of(call);
    const body = await shareOf(call, exchange);
    const share = await call.slowly('making the share …', exchange.json<Share>('POST', '/v1/shares', { body }));
    if (call.json) call.printJson(share);
    else call.print(`Share ${share.shareId} is made${share.nextRunAt === null ? '' : `; it runs ${share.nextRunAt}`}.`);
    if (share.lastJobId === null) return exitCodes.ok;
    if (call.flag('wait')) return reportShareJob(call, await waitForShareJob(call, exchange, share.lastJobId));
    if (!call.json) call.print(`Job ${share.lastJobId} has begun. Follow it: npx foyer share history --share ${share.shareId}`);
    return exitCodes.ok;
  },
};
