import type { Command } from '../command.ts';
import { ExchangeClient, exchangeOptions } from '../exchange/exchange-client.ts';
import { reportShareJob, waitForShareJob } from '../exchange/share-job.ts';
import { exitCodes } from '../exit-codes.ts';
import { idOf } from '../read-id.ts';

export const shareRun: Command = {
  name: 'share run',
  summary: 'run a share now, beside its schedule',
  operands: ['ID'],
  options: {
    wait: { type: 'boolean', short: 'w', description: 'wait until the job has ended, and end with its outcome, as share create --wait' },
    ...exchangeOptions,
  },
  examples: ['npx foyer share run 12 --wait'],
  run: async (call) => {
    const id = idOf(call);
    const exchange = await ExchangeClient.of(call);
    const started = await call.slowly('starting …', exchange.json<{ jobId: number }>('POST', `/v1/shares/${id}/run`));
    if (call.flag('wait')) return reportShareJob(call, await waitForShareJob(call, exchange, started.jobId));
    if (call.json) call.printJson(started);
    else call.print(`Job ${started.jobId} has begun. Follow it: npx foyer share history --share ${id}`);
    return exitCodes.ok;
  },
};
