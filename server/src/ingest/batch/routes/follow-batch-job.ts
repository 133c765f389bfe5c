import { Readable } from 'node:stream';
import { type AccountOperation, reading } from '../../../http/operation.ts';
import { hasEnded } from '../batch-job.ts';
import { batchJobOnWire } from '../batch-job-wire.ts';
import type { BatchParts } from '../batch-parts.ts';
import { jobParameters, ownedJob } from '../owned-job.ts';
import { readBatchJob } from '../store/batch-job-store.ts';

/** What has not changed for so long is told again, so that nothing in between takes the connection for dead. */
const aliveIntervalMs = 15_000;
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
    return {
      status: 200,
      headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
      stream: Readable.from(events(parts, id)),
    };
  },
});

async function* events(parts: BatchParts, id: number): AsyncGenerator<string> {
  const { catalog, clock, running } = parts;
  let changed = Promise.withResolvers<void>();
  const stop = running.follow(id, () => changed.resolve());
  let told = '';
  try {
    for (;;) {
      changed = Promise.withResolvers<void>();
      const job = await readBatchJob(catalog.read, id);
      if (!job) return;
      const data = JSON.stringify(batchJobOnWire(job, clock.nowMs(), running.paceOf(job)));
      yield data === told ? ': still there\n\n' : `event: job\ndata: ${data}\n\n`;
      told = data;
      if (hasEnded(job)) return;
      await pause(leastIntervalMs);
      await Promise.race([changed.promise, pause(aliveIntervalMs)]);
    }
  } finally {
    stop();
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms).unref());
