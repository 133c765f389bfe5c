import { outcomeOf, reportLines } from '../batch/job-report.ts';
import { readJob, waitForEnd } from '../batch/wait-for-job.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { loggedInClient } from '../logged-in-client.ts';
import { serverOption } from '../server-url.ts';

export const batchStatus: Command = {
  name: 'batch status',
  summary: 'show how a batch job gets on, or what became of it',
  operands: ['JOB'],
  options: {
    follow: { type: 'boolean', short: 'f', description: 'wait until it has ended, and end with the outcome, as batch upload --wait' },
    server: serverOption,
  },
  examples: [
    'npx foyer batch status 0f7c5a1be23d4468a9d7fd1f0b6c2e91',
    'npx foyer batch status 0f7c5a1be23d4468a9d7fd1f0b6c2e91 --follow',
    "npx foyer batch status 0f7c5a1be23d4468a9d7fd1f0b6c2e91 --json | jq -r '.error_log_lines'",
  ],
  details:
    'Counters that are zero are left out; --json shows every field of the job, the logs too. Ctrl-C with --follow leaves the job alone.',
  run: async (call) => {
    const jobId = call.operands[0] ?? '';
    const client = await loggedInClient(call);
    const follow = call.flag('follow');
    const job = await (follow ? waitForEnd(call, client, jobId) : call.slowly('reading …', readJob(client, jobId)));
    if (call.json) call.printJson(job);
    else for (const line of reportLines(job)) call.print(line);
    return follow ? outcomeOf(job) : exitCodes.ok;
  },
};
