import { aliveIntervalMs, eventStream, stillThere } from '../../../http/event-stream.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { jobEvents } from '../../store/share-job-store.ts';
import { hasEnded, type JobStatus } from '../job-status.ts';
import { ownedJob } from '../owned-job.ts';
import { eventOnWire } from '../share-job-wire.ts';

/** `GET /v1/share-jobs/{jobId}/events`: server-sent events from the beginning, or after `Last-Event-ID`, to the final state. */
export const followShareJob = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'followShareJob',
    method: 'GET',
    path: '/v1/share-jobs/:job/events',
    summary: 'Follow a job: server-sent events named job, until it has ended',
    access: { who: 'people', writes: false },
    async handle(call) {
      const { id } = await ownedJob(parts.catalog.read, call, call.path.job);
      const last = call.facts.headers['last-event-id'];
      const after = typeof last === 'string' && /^\d{1,15}$/.test(last) ? Number(last) : 0;
      return { answer: eventStream(events(parts, id, after)) };
    },
  });

async function* events({ catalog, running }: ExchangeParts, id: number, after: number): AsyncGenerator<string> {
  const following = running.followers.follow(id);
  let last = after;
  try {
    for (;;) {
      const news = await jobEvents(catalog.read, id, last);
      for (const event of news) {
        last = event.sequence;
        yield `event: job\nid: ${event.sequence}\ndata: ${JSON.stringify(eventOnWire(event))}\n\n`;
      }
      const status = news.at(-1)?.status ?? (await statusOf(catalog.read, id));
      if (status === undefined || hasEnded(status as JobStatus)) return;
      if (news.length === 0) yield stillThere;
      await following.changedWithin(aliveIntervalMs);
    }
  } finally {
    following.stop();
  }
}

async function statusOf(db: ExchangeParts['catalog']['read'], id: number): Promise<string | undefined> {
  return (await db.selectFrom('share_job').select('status').where('id', '=', id).executeTakeFirst())?.status;
}
