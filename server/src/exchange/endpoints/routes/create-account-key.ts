import { Type } from 'typebox';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { makeKey } from '../../calls/exchange-keys.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';

const answer = Type.Object({ key: Type.String({ description: 'Shown once' }) });

/** `POST /v1/account-key`: the key that reaches every endpoint of the member; an earlier one lives 24 hours more (exchange-sharing.md section 1). */
export const createAccountKey = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'createAccountKey',
    method: 'POST',
    path: '/v1/account-key',
    summary: 'Make the account-level key, or rotate it',
    access: { who: 'people', writes: true },
    answer,
    repeatable: true,
    handle: ({ memberId, change }) =>
      change(async (made) => {
        const { key } = await makeKey(made, { scope: 'account', subjectId: memberId, memberId });
        made.record({ objectType: 'account_key', objectId: memberId, memberId, before: null, after: { rotated_on: made.nowMs } });
        return { status: 201, json: { key } };
      }),
  });
