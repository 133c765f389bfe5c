import { setTimeout as pause } from 'node:timers/promises';
import { aliveIntervalMs, eventStream, stillThere } from '../../../http/event-stream.ts';
import { type AccountOperation, reading } from '../../../http/operation.ts';
import { hasEnded } from '../batch-job.ts';
import { batchJobOnWire } from '../batch-job-wire.ts';
import type { BatchParts } from '../batch-parts.ts';
import { jobParameters, ownedJob } from '../owned-job.ts';
import { readBatchJob } from '../store/batch-job-store.ts';

/** No two events come closer. */
const leastIntervalMs = 200;

/** `GET /batch-segment-progress?job_id=`: the job as server-sent events, one for each change, until it has ended. */
export const followBatchJob = (parts: BatchParts): AccountOperation => ({
  id: 'followBatchJob',
  method: 'GET',
  paths: ['/batch-segment-progress'],
  summary: 'Follow a batch job: server-sent events named job, until it has ended',
  access: { ...reading, tokenInQuery: true },
  wire: { answer: 'bare' },
  parameters: jobParameters,
  async handle(call) {
    const { id } = await ownedJob(call, parts.catalog.read);
    return eventStream(events(parts, id));
  },
});

async function* events(parts: BatchParts, id: number): AsyncGenerator<string> {
  const { catalog, clock, running } = parts;
  const following = running.followers.follow(id);
  let told = '';
  try {
    for (;;) {
      const job = await readBatchJob(catalog.read, id);
      if (!job) return;
      const data = JSON.stringify(batchJobOnWire(job, clock.nowMs(), running.paceOf(job)));
      yield data === told ? stillThere : `event: job\ndata: ${data}\n\n`;
      told = data;
      if (hasEnded(job)) return;
      await pause(leastIntervalMs, undefined, { ref: false });
      await following.changedWithin(aliveIntervalMs);
    }
  } finally {
    following.stop();
  }
}
