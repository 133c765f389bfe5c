import { exchangeOperation, type ExchangeCall, type Reply } from '../../calls/exchange-operation.ts';
import { pageParameters, pageReply, readPage } from '../../calls/paged.ts';
import { invalidFields } from '../../calls/read-exchange-body.ts';
import { formatRfc3339OrNull } from '../../calls/wire-time.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { frequencyOf } from '../../schedules/frequency.ts';
import { shareOf } from '../../shares/share.ts';
import type { ShareJob } from '../../store/share-job-store.ts';
import { openStatuses } from '../end-job.ts';
import { shareJobOnWire } from '../share-job-wire.ts';

/** How long a job that has ended is a recent one (exchange.md section 4). */
const recentMs = 72 * 3600_000;
const views = ['recent', 'historical', 'scheduled'];

/** `GET /v1/share-jobs?view=`: jobs for people, newest first; or what is scheduled (exchange-sharing.md section 6). */
export const listShareJobs = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'listShareJobs',
    method: 'GET',
    path: '/v1/share-jobs',
    summary: 'List jobs: recent, historical, or scheduled shares',
    access: { who: 'people', writes: false },
    parameters: [
      { name: 'view', description: 'recent (default): active, or ended in the last 72 hours; historical: older; scheduled: shares' },
      { name: 'shareId', description: 'Of this share alone' },
      ...pageParameters,
    ],
    async handle(call) {
      const view = call.parameters.text('view') ?? 'recent';
      if (!views.includes(view)) throw invalidFields([{ field: 'view', message: `must be one of ${views.join(', ')}` }]);
      const share = call.parameters.id('shareId');
      return view === 'scheduled' ? scheduled(parts, call, share) : jobs(parts, call, view, share);
    },
  });

async function jobs(parts: ExchangeParts, call: ExchangeCall, view: string, share: number | undefined): Promise<Reply> {
  const page = readPage(call, ['number']);
  const edgeMs = parts.clock.nowMs() - recentMs;
  let query = parts.catalog.read
    .selectFrom('share_job')
    .selectAll()
    .where('member_id', '=', call.memberId)
    .where('category', '=', 'SEGMENT_EXPORT')
    .orderBy('id', 'desc')
    .limit(page.limit + 1);
  query =
    view === 'historical'
      ? query.where('completed_on', '<=', edgeMs)
      : query.where((eb) => eb.or([eb('status', 'in', openStatuses), eb('completed_on', '>', edgeMs)]));
  if (share !== undefined) query = query.where('share_id', '=', share);
  if (page.after) query = query.where('id', '<', Number(page.after[0]));
  const rows = (await query.execute()) as ShareJob[];
  const shown = new Map<number, object>();
  for (const job of rows) shown.set(job.id, await shareJobOnWire(parts.catalog.read, job));
  return pageReply(
    call,
    page,
    rows,
    ({ id }) => [id],
    ({ id }) => shown.get(id),
  );
}

async function scheduled(parts: ExchangeParts, call: ExchangeCall, share: number | undefined): Promise<Reply> {
  const page = readPage(call, ['number']);
  let query = parts.catalog.read
    .selectFrom('share')
    .selectAll()
    .where('member_id', '=', call.memberId)
    .where('deleted_on', 'is', null)
    .where('schedule', 'not like', '%"type":"NOW"%')
    .orderBy('id')
    .limit(page.limit + 1);
  if (share !== undefined) query = query.where('id', '=', share);
  if (page.after) query = query.where('id', '>', Number(page.after[0]));
  return pageReply(
    call,
    page,
    (await query.execute()).map(shareOf),
    ({ id }) => [id],
    ({ id, name, enabled, schedule, nextRunOn }) => ({
      shareId: id,
      name,
      status: enabled ? 'Enabled' : 'Disabled',
      frequency: frequencyOf(schedule),
      nextRunAt: enabled ? formatRfc3339OrNull(nextRunOn) : null,
    }),
  );
}
