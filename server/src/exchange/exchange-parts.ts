import type { Logger } from 'pino';
import type { CatalogView } from '../catalog-view/catalog-view.ts';
import type { Admit } from '../http/caller.ts';
import type { Clock } from '../kit/clock.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import type { Catalog } from '../storage/sql/catalog.ts';
import type { EndpointColumn } from './endpoints/endpoint.ts';
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
  /** The built-in endpoints' audiences. */
  readonly profiles: Pick<ProfileStore, 'count' | 'evaluate' | 'scan' | 'standing' | 'links'>;
  readonly log: Logger;
  /** Who is calling with a login token. */
  readonly admit: Admit;
  readonly secrets: Secrets;
  /** Calls to endpoints. */
  readonly peers: Peers;
  /** By endpoint: the last check of its connection that goes on after its call was answered. It never rejects. */
  readonly checks: Map<number, Promise<void>>;
  /** Calls with an Idempotency-Key that are under way, by member and key. */
  readonly underWay: Map<string, Promise<unknown>>;
  /** Identifiers of the built-in endpoints. */
  readonly builtInColumns: readonly EndpointColumn[];
  /** Members whose built-in endpoint is known to be there. */
  readonly provided: Set<number>;
}
