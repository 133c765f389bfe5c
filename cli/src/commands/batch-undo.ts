import { followLine, outcomeOf, reportLines } from '../batch/job-report.ts';
import { waitForEnd } from '../batch/wait-for-job.ts';
import type { Command } from '../command.ts';
import { confirm, yesOption } from '../confirm.ts';
import { loggedInClient } from '../logged-in-client.ts';
import { printDone } from '../print-object.ts';
import { serverOption } from '../server-url.ts';

export const batchUndo: Command = {
  name: 'batch undo',
  summary: 'take back what a batch job changed',
  operands: ['JOB'],
  options: {
    wait: { type: 'boolean', short: 'w', description: 'wait until it is done, and end with the outcome' },
    yes: yesOption,
    server: serverOption,
  },
  examples: ['npx foyer batch undo 0f7c5a1be23d4468a9d7fd1f0b6c2e91 --wait'],
  details:
    'Memberships are as they were before the job; what something newer has changed since stays and is counted in num_newer. The undoing is\n' +
    'a job of its own, which cannot be undone; upload the file again instead.',
  run: async (call) => {
    const jobId = call.operands[0] ?? '';
    const client = await loggedInClient(call);
    await confirm(call, `Take back all that job ${jobId} changed? Only uploading its file again brings it back.`);
    const answer = await call.slowly('asking for it …', client.undoBatchJob({ job_id: jobId }));
    const undo = answer.batch_segment_upload_job;
    if (!call.flag('wait')) {
      return printDone(call, answer, undo, `Job ${undo.job_id} takes back job ${jobId}. Follow it: ${followLine(undo.job_id)}`);
    }
    const ended = await waitForEnd(call, client, undo.job_id);
    if (call.json) call.printJson(ended);
    else for (const line of reportLines(ended)) call.print(line);
    return outcomeOf(ended);
  },
};
