import type { Logger } from 'pino';
import type { CatalogView } from '../catalog-view/catalog-view.ts';
import type { Admit } from '../http/caller.ts';
import type { Clock } from '../kit/clock.ts';
import type { Turns } from '../kit/turns.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import type { ProfileWriter } from '../profiles/profile-writer.ts';
import type { Catalog } from '../storage/sql/catalog.ts';
import type { CsvEngine } from './csv/csv-engine.ts';
import type { EndpointColumn } from './endpoints/endpoint.ts';
import type { SecretBox } from './files/secret-box.ts';
import type { ShareJobFolders } from './jobs/job-folder.ts';
import type { PollBucket } from './jobs/poll-bucket.ts';
import type { RunningShareJobs } from './jobs/running-share-jobs.ts';
import type { AddressRule } from './peer/address-rule.ts';
import type { PeerHttp } from './peer/peer-http.ts';
import type { WaitParts } from './peer/retrying.ts';

/** Seals small texts that the catalog keeps: credentials, answers with keys. A text opens only for the purpose that it was sealed for. */
export interface Secrets {
  seal(purpose: string, text: string): string;
  /** @throws Error where it was sealed with another key or for another purpose */
  open(purpose: string, sealed: string): string;
}

/** What calls to endpoints are made with. */
export interface Peers {
  readonly http: PeerHttp;
  readonly rule: AddressRule;
  readonly wait: WaitParts;
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal;
}

/** What the routes of the exchange work with. */
export interface ExchangeParts {
  readonly catalog: Catalog;
  readonly view: CatalogView;
  readonly clock: Clock;
  readonly profiles: ProfileStore;
  readonly writer: ProfileWriter;
  readonly log: Logger;
  /** Who is calling with a login token. */
  readonly admit: Admit;
  readonly secrets: Secrets;
  /** Calls to endpoints. */
  readonly peers: Peers;
  /** By endpoint: the last check of its connection that goes on after its call was answered. It never rejects. */
  readonly checks: Map<number, Promise<void>>;
  /** Calls with an Idempotency-Key, by member and key. */
  readonly repeatedCalls: Turns<string>;
  /** Checks and transforms files, in a thread. */
  readonly csv: CsvEngine;
  /** Seals files. */
  readonly box: SecretBox;
  readonly folders: ShareJobFolders;
  readonly running: RunningShareJobs;
  readonly polls: PollBucket;
  /** Sources of extended ids, in lower case. */
  readonly eidSources: ReadonlySet<string>;
  /** A task of the exchange was canceled: whoever does it is to stop. */
  readonly tellCanceled: (task: number) => void;
  /** Identifiers of the built-in endpoints. */
  readonly builtInColumns: readonly EndpointColumn[];
  /** Members whose built-in endpoint is known to be there. */
  readonly provided: Set<number>;
}
