import { Type } from 'typebox';
import { refusal } from '../../../kit/refusal.ts';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { exchangeErrors } from '../../exchange-errors.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { startRefresh } from '../../jobs/start-job.ts';
import { requireEndpointRow } from '../../store/endpoint-store.ts';

const body = Type.Object({ endpointId: Type.Integer({ minimum: 1 }) });
const answer = Type.Object({ jobId: Type.Integer(), jobCategory: Type.String(), status: Type.String() });

/** `POST /v1/audiences/refresh`: a pull producer's list is read again; a refresh that is under way is the answer (exchange-sharing.md section 3). */
export const refreshEndpointAudiences = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'refreshEndpointAudiences',
    method: 'POST',
    path: '/v1/audiences/refresh',
    summary: "Read a source's list of audiences again",
    access: { who: 'people', writes: true },
    body,
    answer,
    repeatable: true,
    handle: ({ memberId, body: { endpointId }, change }) =>
      change(async (made) => {
        const row = await requireEndpointRow(made, memberId, endpointId);
        if (row.status !== 'ACTIVE' || row.source_type !== 'pull')
          throw refusal(exchangeErrors.badState, {
            fault: `Endpoint ${endpointId} is no Active pull producer: the lists of others are always up to date`,
          });
        const { jobId, status } = await startRefresh(made, memberId, endpointId);
        return { status: 202, json: { jobId, jobCategory: 'SEGMENT_POPULATE_DB', status } };
      }),
  });
