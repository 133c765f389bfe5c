import type { ExchangeParts } from '../exchange-parts.ts';
import { lateJobs } from '../store/share-job-store.ts';
import { clearJob } from './clear-job.ts';
import { endJob } from './end-job.ts';
import { serverChange } from './stage.ts';

/** Ends jobs for whose data, or for whose download, nobody came in time (exchange.md section 2.7). */
export async function endLateJobs(parts: ExchangeParts): Promise<void> {
  for (const job of await lateJobs(parts.catalog.read, parts.clock.nowMs())) {
    const early = job.status === 'WAITING_TO_RECIEVE_DATA' || job.status === 'RECEIVING_DATA';
    const message = early
      ? 'The source did not send its data within 24 hours. Is its software running?'
      : 'The destination did not fetch and confirm the data within 72 hours. Is its software running?';
    const end = { status: 'FAILED', code: 'PEER_TIMEOUT', message, details: null } as const;
    const ended = await serverChange(parts, 'endLateJobs', (change) => endJob(change, job, end, [job.status]));
    if (!ended) continue;
    await clearJob(parts, job);
    parts.running.followers.changed(job.id);
  }
}
