import { refusal } from '../../../kit/refusal.ts';
import { exchangeOperation, type ExchangeCall } from '../../calls/exchange-operation.ts';
import { requireReach } from '../../calls/exchange-caller.ts';
import { pageParameters, pageReply, readPage } from '../../calls/paged.ts';
import { invalidFields } from '../../calls/read-exchange-body.ts';
import { exchangeErrors } from '../../exchange-errors.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { requireEndpoint } from '../../store/endpoint-store.ts';
import { jobFiles, type ShareJob } from '../../store/share-job-store.ts';
import { exchangeJobOnWire } from '../exchange-job-wire.ts';
import { requireCategory } from '../job-category.ts';
import { jobStatuses } from '../job-status.ts';

/** `GET /v1/jobs/{jobCategory}`: jobs as endpoints see them, oldest first (exchange.md section 2.6). */
export const listExchangeJobs = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'listExchangeJobs',
    method: 'GET',
    path: '/v1/jobs/:job',
    summary: 'List jobs of a category: what an endpoint polls for work',
    access: { who: 'endpoints', writes: false },
    parameters: [
      { name: 'endpointId', description: 'Jobs in which this endpoint is producer or consumer' },
      { name: 'status', description: jobStatuses.join(', ') },
      { name: 'extraFields', description: 'true: times and counts too' },
      ...pageParameters,
    ],
    async handle(call) {
      limitPolling(parts, call);
      const category = requireCategory(call.path.job);
      const endpoint = await askedEndpoint(parts, call);
      const status = askedStatus(call.parameters.text('status'));
      const extra = call.parameters.flag('extraFields') === true;
      const page = readPage(call, ['number']);
      let query = parts.catalog.read
        .selectFrom('share_job')
        .selectAll()
        .where('member_id', '=', call.memberId)
        .where('category', '=', category)
        .orderBy('id')
        .limit(page.limit + 1);
      if (page.after) query = query.where('id', '>', Number(page.after[0]));
      if (status !== undefined) query = query.where('status', '=', status);
      if (endpoint !== undefined)
        query = query.where((eb) => eb.or([eb('source_endpoint_id', '=', endpoint), eb('destination_endpoint_id', '=', endpoint)]));
      const jobs = (await query.execute()) as ShareJob[];
      const shown = new Map<number, Record<string, unknown>>();
      for (const job of jobs) shown.set(job.id, exchangeJobOnWire(job, await jobFiles(parts.catalog.read, job.id, 'out'), extra));
      return pageReply(
        call,
        page,
        jobs,
        ({ id }) => [id],
        ({ id }) => shown.get(id),
      );
    },
  });

/** With an endpoint's key and without the parameter: its own jobs (exchange.md section 2.2). */
async function askedEndpoint(parts: ExchangeParts, call: ExchangeCall): Promise<number | undefined> {
  const named = call.parameters.id('endpointId');
  if (named === undefined) return call.caller.kind === 'endpoint-key' ? call.caller.endpointId : undefined;
  requireReach(call.caller, named);
  await requireEndpoint(parts.catalog.read, call.memberId, named);
  return named;
}

/** The correct spelling is understood, never written (exchange.md section 2.6). */
function askedStatus(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const spelt = text === 'WAITING_TO_RECEIVE_DATA' ? 'WAITING_TO_RECIEVE_DATA' : text;
  if (!(jobStatuses as readonly string[]).includes(spelt))
    throw invalidFields([{ field: 'status', message: `must be one of ${jobStatuses.join(', ')}` }]);
  return spelt;
}

/** 60 lists at once, then one in 10 s, for each endpoint and account-level key (exchange-sharing.md section 1). */
function limitPolling(parts: ExchangeParts, { caller }: ExchangeCall): void {
  if (caller.kind === 'account') return;
  const waitMs = parts.polls.take(caller.kind === 'endpoint-key' ? `endpoint ${caller.endpointId}` : `member ${caller.memberId}`);
  if (waitMs === 0) return;
  const seconds = Math.ceil(waitMs / 1000);
  const fault = `Jobs are asked for too often: once in 10 s is enough. The next list is there in ${seconds} s`;
  throw refusal(exchangeErrors.rateLimited, { fault }, { headers: { 'retry-after': String(seconds) } });
}
