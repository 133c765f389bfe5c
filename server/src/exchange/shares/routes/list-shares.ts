import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { pageParameters, pageReply, readPage } from '../../calls/paged.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { listShares as readShares } from '../../store/share-store.ts';
import { shareAnswer } from '../share-schema.ts';
import { shareOnWire } from '../share-wire.ts';

/** `GET /v1/shares`: the member's shares, by id. */
export const listShares = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'listShares',
    method: 'GET',
    path: '/v1/shares',
    summary: 'List shares',
    access: { who: 'people', writes: false },
    parameters: pageParameters,
    answer: shareAnswer,
    async handle(call) {
      const page = readPage(call, ['number']);
      const shares = await readShares(parts.catalog.read, call.memberId, Number(page.after?.[0] ?? 0), page.limit + 1);
      return pageReply(call, page, shares, ({ id }) => [id], shareOnWire);
    },
  });
