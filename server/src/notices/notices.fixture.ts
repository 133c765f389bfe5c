import type { ChangeContext } from '../storage/sql/catalog-change.ts';

/** A change that nobody makes. */
export const nobodyContext: ChangeContext = { operation: 'test', requestId: null, accountId: null, username: null, accountMemberId: null };
