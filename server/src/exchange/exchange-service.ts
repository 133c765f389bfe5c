import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../kit/clock.ts';
import { secretKey } from '../storage/files/secret-key.ts';
import { builtInIdentifiers } from './endpoints/built-in-endpoint.ts';
import { resumeConnecting } from './endpoints/connect-endpoint.ts';
import type { ExchangeParts, Peers } from './exchange-parts.ts';
import { PeerHttp } from './peer/peer-http.ts';
import type { WaitParts } from './peer/retrying.ts';
import { ShareClock } from './schedules/share-clock.ts';
import { secretsOf } from './secrets.ts';

export interface ExchangeServiceOptions extends Pick<ExchangeParts, 'catalog' | 'view' | 'clock' | 'log' | 'admit' | 'profiles'> {
  /** The file store's folder. */
  readonly filesPath: string;
  /** `FOYER_EID_SOURCES`. */
  readonly eidSources: ReadonlySet<string>;
  /** `FOYER_ALLOW_PRIVATE_ENDPOINTS`. */
  readonly allowPrivateEndpoints: boolean;
}

/** The exchange: what its routes need, and what goes on beside them. */
export class ExchangeService {
  readonly parts: ExchangeParts;
  readonly #stopping = new AbortController();
  readonly #shares: ShareClock;

  constructor({ filesPath, eidSources, allowPrivateEndpoints, ...options }: ExchangeServiceOptions) {
    this.parts = {
      ...options,
      secrets: secretsOf(secretKey(join(filesPath, 'exchange.key'))),
      peers: peersOf(allowPrivateEndpoints, options.clock, this.#stopping.signal),
      checks: new Map(),
      underWay: new Map(),
      builtInColumns: builtInIdentifiers(eidSources),
      provided: new Set(),
    };
    this.#shares = new ShareClock(this.parts);
  }

  /** Takes up again what the last stop of the server interrupted, and begins to look for shares that are due. */
  async start(): Promise<void> {
    await resumeConnecting(this.parts);
    this.#shares.start();
  }

  /** Gives up calls to endpoints, and waits until nothing of them writes any more. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The server stops'));
    await this.#shares.stop();
    await Promise.all(this.parts.checks.values());
  }
}

function peersOf(allowPrivate: boolean, clock: Clock, stopping: AbortSignal): Peers {
  const rule = { allowPrivate };
  const wait: WaitParts = {
    nowMs: () => clock.nowMs(),
    random: Math.random,
    sleep: async (ms, signal) => {
      await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
    },
  };
  return { http: new PeerHttp(rule), rule, wait, stopping };
}
