import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { idInPath } from '../../calls/path-parts.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { requireShare } from '../../store/share-store.ts';
import { shareAnswer } from '../share-schema.ts';
import { shareOnWire } from '../share-wire.ts';

/** `GET /v1/shares/:shareId`. */
export const readShare = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'readShare',
    method: 'GET',
    path: '/v1/shares/:shareId',
    summary: 'Read a share',
    access: { who: 'people', writes: false },
    answer: shareAnswer,
    handle: async (call) => ({
      status: 200,
      json: shareOnWire(await requireShare(parts.catalog.read, call.memberId, idInPath(call, 'shareId', 'share'))),
    }),
  });
