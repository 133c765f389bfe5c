import { join } from 'node:path';
import { secretKey } from '../storage/files/secret-key.ts';
import { builtInIdentifiers } from './endpoints/built-in-endpoint.ts';
import type { ExchangeParts } from './exchange-parts.ts';
import { secretsOf } from './secrets.ts';

export interface ExchangeServiceOptions extends Pick<ExchangeParts, 'catalog' | 'view' | 'clock' | 'log' | 'admit'> {
  /** The file store's folder. */
  readonly filesPath: string;
  /** `FOYER_EID_SOURCES`. */
  readonly eidSources: ReadonlySet<string>;
}

/** The exchange: what its routes need, and what goes on beside them. */
export class ExchangeService {
  readonly parts: ExchangeParts;

  constructor({ filesPath, eidSources, ...options }: ExchangeServiceOptions) {
    this.parts = {
      ...options,
      secrets: secretsOf(secretKey(join(filesPath, 'exchange.key'))),
      underWay: new Map(),
      builtInColumns: builtInIdentifiers(eidSources),
      provided: new Set(),
    };
  }
}
