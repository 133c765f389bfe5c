import type { CatalogChange } from '../storage/sql/catalog-change.ts';

/** What later domains do about members, joined in compose.ts. */
export interface MemberHooks {
  /**
   * Called before a member is made inactive; what it answers is called after, in the same transaction (whoever loses sight of the
   * member's segments is told).
   */
  beforeDeactivation(change: CatalogChange, member: number): Promise<() => Promise<void>>;
}
