import { refusal } from '../../kit/refusal.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import type { ExchangeCall } from '../calls/exchange-operation.ts';
import { exchangeErrors } from '../exchange-errors.ts';
import { readJob, type ShareJob } from '../store/share-job-store.ts';

type JobCall = Pick<ExchangeCall<unknown>, 'caller' | 'memberId'>;

export const noSuchJob = (id: string) => refusal(exchangeErrors.notFound, { object: 'job', id: id.slice(0, 40) });

/** The member's job of that number, as a path says it. @throws Refusal exchange.notFound */
export async function ownedJob(db: CatalogReader, call: JobCall, text: string | undefined): Promise<ShareJob> {
  const id = /^\d{1,15}$/.test(text ?? '') ? Number(text) : 0;
  const job = await readJob(db, id);
  if (!job || job.member_id !== call.memberId) throw noSuchJob(text ?? '');
  return job;
}

/**
 * A job as an endpoint may see it: with its own key only where it is producer or consumer (exchange.md section 2.2).
 * @param role who may: of a job only the producer uploads, only the consumer downloads and reports
 * @throws Refusal exchange.notFound, exchange.scope
 */
export async function jobOfEndpoint(
  db: CatalogReader,
  call: JobCall,
  text: string | undefined,
  role: 'producer' | 'consumer' | 'any',
): Promise<ShareJob> {
  const job = await ownedJob(db, call, text);
  const { caller } = call;
  if (caller.kind !== 'endpoint-key') return job;
  const isProducer = caller.endpointId === job.source_endpoint_id;
  const isConsumer = caller.endpointId === job.destination_endpoint_id;
  if (!isProducer && !isConsumer) throw noSuchJob(text ?? '');
  if (role === 'producer' && !isProducer) throw refusal(exchangeErrors.scope, { fault: 'Only the producer of a job uploads its data' });
  if (role === 'consumer' && !isConsumer)
    throw refusal(exchangeErrors.scope, { fault: 'Only the consumer of a job downloads its data and reports' });
  return job;
}
