import type { Command } from '../command.ts';
import { loggedInClient } from '../logged-in-client.ts';
import { printDone } from '../print-object.ts';
import { serverOption } from '../server-url.ts';

export const batchCancel: Command = {
  name: 'batch cancel',
  summary: 'end a batch job before its time',
  operands: ['JOB'],
  options: { server: serverOption },
  examples: ['npx foyer batch cancel 0f7c5a1be23d4468a9d7fd1f0b6c2e91'],
  details: 'What it has written stays; "foyer batch undo" takes it back.',
  run: async (call) => {
    const jobId = call.operands[0] ?? '';
    const client = await loggedInClient(call);
    const answer = await call.slowly('canceling …', client.cancelBatchJob({ job_id: jobId }));
    return printDone(call, answer, answer.batch_segment_upload_job, `Job ${jobId} is canceled.`);
  },
};
