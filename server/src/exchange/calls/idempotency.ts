import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import { refusal } from '../../kit/refusal.ts';
import { exchangeErrors } from '../exchange-errors.ts';
import type { ExchangeParts } from '../exchange-parts.ts';

const dayMs = 24 * 3600_000;

/** A call that may be repeated without a second effect (exchange-sharing.md section 1). */
export interface RepeatableCall {
  readonly memberId: number;
  readonly key: string;
  /** Method and address, so that another object's is another route. */
  readonly route: string;
  readonly bodyHash: string;
}

export interface KeptAnswer {
  readonly status: number;
  /** JSON; empty where there is none. */
  readonly body: string;
}

const purposeOf = ({ memberId, key }: RepeatableCall): string => `answer ${memberId} ${key}`;

/** @throws Refusal exchange.invalid */
export function readIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && /^[\x20-\x7e]{1,255}$/.test(header)) return header;
  throw refusal(exchangeErrors.invalid, { fault: 'The header Idempotency-Key must have 1 to 255 printable characters' });
}

/** What the call was answered the first time, within the last 24 hours. @throws Refusal exchange.duplicate for another body or route */
export async function firstAnswer({ catalog, clock, secrets }: ExchangeParts, call: RepeatableCall): Promise<KeptAnswer | undefined> {
  const row = await catalog.read
    .selectFrom('idempotent_call')
    .selectAll()
    .where('member_id', '=', call.memberId)
    .where('idempotency_key', '=', call.key)
    .where('created_on', '>', clock.nowMs() - dayMs)
    .executeTakeFirst();
  if (!row) return undefined;
  if (row.route !== call.route || row.body_hash !== call.bodyHash)
    throw refusal(exchangeErrors.duplicate, { fault: 'This Idempotency-Key was used with another request.' });
  return { status: row.status, body: secrets.open(purposeOf(call), row.answer) };
}

/** Keeps the answer, in the transaction of what it tells. */
export async function keepAnswer(
  { secrets }: ExchangeParts,
  change: CatalogChange,
  call: RepeatableCall,
  answer: KeptAnswer,
): Promise<void> {
  await change.db.deleteFrom('idempotent_call').where('member_id', '=', call.memberId).where('idempotency_key', '=', call.key).execute();
  await change.db
    .insertInto('idempotent_call')
    .values({
      member_id: call.memberId,
      idempotency_key: call.key,
      route: call.route,
      body_hash: call.bodyHash,
      status: answer.status,
      answer: secrets.seal(purposeOf(call), answer.body),
      created_on: change.nowMs,
    })
    .execute();
}
