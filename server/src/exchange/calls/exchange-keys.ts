import { createHash, randomBytes } from 'node:crypto';
import { asMemberId } from '../../kit/ids.ts';
import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import type { ExchangeCaller } from './exchange-caller.ts';

export type KeyScope = 'endpoint' | 'account' | 'application';

/** A rotated key works for so long beside its successor (exchange.md section 2.2). */
export const keyOverlapMs = 24 * 3600_000;

/** 192 random bits in the characters that keys may hold. */
const newKey = (): string => `fx_${randomBytes(24).toString('base64url')}`;

/** Keys are kept as this alone. */
export const hashOfKey = (key: string): string => createHash('sha256').update(key).digest('hex');

export interface KeySubject {
  readonly scope: KeyScope;
  /** The endpoint, the member, the application. */
  readonly subjectId: number;
  readonly memberId: number;
}

/** Makes a key; the only time that it is seen. Earlier ones of the subject end after the overlap, and those that overlapped already as they did. */
export async function makeKey(change: CatalogChange, subject: KeySubject): Promise<{ key: string; previousEndsOn: number }> {
  const previousEndsOn = change.nowMs + keyOverlapMs;
  const { scope, subjectId, memberId } = subject;
  await change.db
    .updateTable('exchange_key')
    .set({ expires_on: previousEndsOn })
    .where('scope', '=', scope)
    .where('subject_id', '=', subjectId)
    .where('expires_on', 'is', null)
    .execute();
  const key = newKey();
  await change.db
    .insertInto('exchange_key')
    .values({
      key_hash: hashOfKey(key),
      scope,
      subject_id: subjectId,
      member_id: memberId,
      expires_on: null,
      created_on: change.nowMs,
    })
    .execute();
  return { key, previousEndsOn };
}

/** All keys of the subject are unknown from now on. */
export async function dropKeys(change: CatalogChange, scope: KeyScope, subject: number): Promise<void> {
  await change.db.deleteFrom('exchange_key').where('scope', '=', scope).where('subject_id', '=', subject).execute();
}

/** Whose key is it? Undefined: nobody's, or not any more. */
export async function callerOfKey(db: CatalogReader, key: string, nowMs: number): Promise<ExchangeCaller | undefined> {
  const row = await db
    .selectFrom('exchange_key')
    .innerJoin('member', 'member.id', 'exchange_key.member_id')
    .select(['scope', 'subject_id', 'member_id', 'member.state'])
    .where('key_hash', '=', hashOfKey(key))
    .where((eb) => eb.or([eb('expires_on', 'is', null), eb('expires_on', '>', nowMs)]))
    .executeTakeFirst();
  if (!row || row.state !== 'active') return undefined;
  const memberId = asMemberId(row.member_id);
  if (row.scope === 'account') return { kind: 'account-key', memberId };
  if (row.scope === 'application') return { kind: 'application-key', memberId, applicationId: row.subject_id };
  const endpoint = await db.selectFrom('endpoint').select('status').where('id', '=', row.subject_id).executeTakeFirst();
  return endpoint && { kind: 'endpoint-key', memberId, endpointId: row.subject_id, status: endpoint.status };
}
