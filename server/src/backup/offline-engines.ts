import type { Dialect } from 'kysely';
import type { SegmentId } from '../kit/ids.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import type { VerifiedProfiles } from '../profiles/verified-profiles.ts';
import type { CatalogContents } from '../storage/sql/verify-catalog.ts';

/** A store that can say which segments it has members of. */
export interface ListedProfileStore extends ProfileStore {
  segmentIds(): Promise<readonly SegmentId[]>;
}

/** The engines, for work on a data directory without a server; joined in compose.ts. */
export interface OfflineEngines {
  /** Reads all, changes nothing. @throws ProfileStoreDamaged */
  verifyProfiles(directory: string, onProgress: (fraction: number) => void): Promise<VerifiedProfiles>;
  openProfiles(directory: string): Promise<ListedProfileStore>;
  catalogDialect(file: string): Dialect;
  /** Where FOYER_DATABASE_URL names one: the database for the catalog. */
  readonly database: OfflineDatabase | undefined;
}

export interface OfflineDatabase {
  /** Fills the empty database with the catalog of a SQLite file, which may be brought up to date. @returns its id for the data directory */
  fill(file: string): Promise<string>;
  /** Reads what it holds. @throws CatalogDamaged */
  verify(catalogId: string): Promise<CatalogContents & { readonly bytes: number }>;
}
