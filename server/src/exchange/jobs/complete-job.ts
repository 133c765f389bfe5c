import { endJob } from './end-job.ts';
import { JobMoved, serverChange, type Stage } from './stage.ts';

/** All rows were taken. @throws JobMoved where the job was canceled meanwhile */
export async function completeJob({ parts, job }: Stage): Promise<void> {
  const ended = await serverChange(parts, 'runShare', (change) => endJob(change, job, { status: 'COMPLETE' }, ['SENDING_DATA']));
  if (!ended) throw new JobMoved(`job ${job.id} is not being sent any more`);
}
