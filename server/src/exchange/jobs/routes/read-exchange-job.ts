import { exchangeOperation } from '../../calls/exchange-operation.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { jobFiles } from '../../store/share-job-store.ts';
import { exchangeJobOnWire } from '../exchange-job-wire.ts';
import { jobOfEndpoint, noSuchJob } from '../owned-job.ts';
import { requireCategory } from '../job-category.ts';

/** `GET /v1/jobs/{jobCategory}/{jobId}`: one job as endpoints see it (exchange.md section 2.6). */
export const readExchangeJob = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'readExchangeJob',
    method: 'GET',
    path: '/v1/jobs/:job/:id',
    summary: 'Read one job of a category',
    access: { who: 'endpoints', writes: false },
    parameters: [{ name: 'extraFields', description: 'true: times and counts too' }],
    async handle(call) {
      const category = requireCategory(call.path.job);
      const { read: db } = parts.catalog;
      const job = await jobOfEndpoint(db, call, call.path.id, 'any');
      if (job.category !== category) throw noSuchJob(call.path.id ?? '');
      const extra = call.parameters.flag('extraFields') === true;
      return { status: 200, json: exchangeJobOnWire(job, await jobFiles(db, job.id, 'out'), extra) };
    },
  });
