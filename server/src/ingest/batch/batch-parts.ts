import type { Logger } from 'pino';
import type { ProxyView } from '../../access/proxy-view.ts';
import type { CatalogView } from '../../catalog-view/catalog-view.ts';
import type { Clock } from '../../kit/clock.ts';
import type { ProfileStore } from '../../profiles/profile-store.ts';
import type { ProfileWriter } from '../../profiles/profile-writer.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import type { JobFolders } from './job-folder.ts';
import type { LoadThreads } from './load/load-threads.ts';
import type { RunningJobs } from './load/running-jobs.ts';
import type { FileScanner, FilePass } from './scan/file-scanner.ts';
import type { UploadUrls } from './upload/upload-urls.ts';

/** What the Batch Segment Service works with. */
export interface BatchParts {
  readonly catalog: Catalog;
  readonly view: CatalogView;
  readonly profiles: ProfileStore;
  readonly writer: ProfileWriter;
  readonly clock: Clock;
  readonly log: Logger;
  readonly proxy: ProxyView;
  readonly urls: UploadUrls;
  readonly folders: JobFolders;
  readonly scanner: FileScanner;
  readonly threads: LoadThreads;
  /** First passes over files that have been taken and whose jobs have not begun. */
  readonly passes: Map<number, FilePass>;
  readonly running: RunningJobs;
  readonly holdsExternals: boolean;
  readonly settings: BatchSettings;
}

export interface BatchSettings {
  /** Are files synced before they are acknowledged? */
  readonly sync: boolean;
  /** `FOYER_BATCH_TEXT_BYTES`. */
  readonly textLimitBytes: number;
  /** `FOYER_IMPBUS_HOSTS`, in lower case. */
  readonly impressionBusHosts: ReadonlySet<string>;
  readonly eidSources: ReadonlySet<string>;
  /** Before-images name users: they go before `FOYER_ERASE_DAYS` are over, whatever `undo_days` says. */
  readonly mostUndoDays: number;
}
