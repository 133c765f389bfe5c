import type { CatalogChange } from '../storage/sql/catalog-change.ts';
import { readStandingRequest, takeStep } from './store/access-request-store.ts';

/**
 * The administrator took these owners off the member's `member_segment_access`: accepted requests to them become REVOKED, in the
 * same transaction (additions.md section 5).
 */
export async function revokeTakenAccess(change: CatalogChange, member: number, owners: readonly number[], by: number): Promise<void> {
  for (const owner of owners) {
    const request = await readStandingRequest(change.db, member, owner);
    if (request?.state === 'ACCEPTED') await takeStep(change, request, 'REVOKED', by);
  }
}
