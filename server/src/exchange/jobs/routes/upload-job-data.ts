import { exchangeOperation } from '../../calls/exchange-operation.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { drain } from '../../../http/streamed-body.ts';
import { jobOfEndpoint } from '../owned-job.ts';
import { takeUpload } from '../take-upload.ts';

/** `POST /v1/jobs/{jobId}/data`: a producer's rows (exchange.md section 2.7). */
export const uploadJobData = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'uploadJobData',
    method: 'POST',
    path: '/v1/jobs/:job/data',
    summary: 'Upload the rows of a job as CSV, gzip if you like; final=false on all files but the last',
    access: { who: 'endpoints', writes: true },
    streams: true,
    parameters: [{ name: 'final', description: 'false: more files follow' }],
    async handle(call) {
      const { stream } = call;
      if (stream === undefined) throw new Error('an upload comes as a stream');
      try {
        const job = await jobOfEndpoint(parts.catalog.read, call, call.path.job, 'producer');
        const final = call.parameters.flag('final') ?? true;
        return await takeUpload(parts, job, { call, stream, final });
      } catch (error) {
        drain(stream);
        throw error;
      }
    },
  });
