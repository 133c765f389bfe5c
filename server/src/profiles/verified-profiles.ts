import type { ProfileStats } from './profile-store.ts';

/** What a profile store on disk holds; all of it was read and is whole. Memberships count until they are swept, expired or not. */
export interface VerifiedProfiles extends ProfileStats {
  /** Bytes at the end of the log that a crash cut off; they were never acknowledged, and the next start takes them away. */
  readonly tornBytes: number;
}
