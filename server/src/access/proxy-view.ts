import type { RequestFacts } from '../http/caller.ts';

/** How the server is reached: platform.md section 2, "Behind a proxy". */
export interface ProxySettings {
  /** Proxies in front; 0: forwarded headers change nothing. */
  readonly trustProxy: number;
  readonly publicUrl: string;
}

/** The client's address, the request's host and whether it came over https, as far as they can be believed. */
export class ProxyView {
  readonly #settings: ProxySettings;
  constructor(settings: ProxySettings) {
    this.#settings = settings;
  }

  clientAddress(facts: RequestFacts): string {
    const { trustProxy } = this.#settings;
    if (trustProxy === 0) return facts.peerAddress;
    const entries = entriesOf(facts.headers['x-forwarded-for']);
    return entries.at(-trustProxy) ?? facts.peerAddress;
  }

  host(facts: RequestFacts): string {
    const forwarded = this.#settings.trustProxy > 0 ? entriesOf(facts.headers['x-forwarded-host']).at(-1) : undefined;
    return forwarded ?? single(facts.headers.host) ?? '';
  }

  overHttps(facts: RequestFacts): boolean {
    const forwarded = this.#settings.trustProxy > 0 ? entriesOf(facts.headers['x-forwarded-proto']).at(-1) : undefined;
    if (forwarded !== undefined) return forwarded.toLowerCase() === 'https';
    return facts.encrypted || /^https:/i.test(this.#settings.publicUrl);
  }
}

const single = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header[0] : header);

function entriesOf(header: string | string[] | undefined): string[] {
  if (header === undefined) return [];
  return (Array.isArray(header) ? header.join(',') : header)
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
