import { Counter, Histogram, type Registry } from 'prom-client';

/** Counts and times of requests by route template and status; never a URL, a query or a person's id. */
export class RequestMetrics {
  readonly #requests: Counter<'route' | 'method' | 'status'>;
  readonly #seconds: Histogram<'route'>;
  readonly #refusals: Counter<'kind'>;

  constructor(registry: Registry) {
    this.#requests = new Counter({
      name: 'foyer_http_requests_total',
      help: 'Requests answered, by route template, method and status.',
      labelNames: ['route', 'method', 'status'],
      registers: [registry],
    });
    this.#seconds = new Histogram({
      name: 'foyer_http_request_seconds',
      help: 'Time from the request to the end of its answer, by route template.',
      labelNames: ['route'],
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers: [registry],
    });
    this.#refusals = new Counter({
      name: 'foyer_refusals_total',
      help: 'Refused requests, by the kind in docs/errors.md.',
      labelNames: ['kind'],
      registers: [registry],
    });
  }

  answered(route: string, method: string, status: number, seconds: number): void {
    this.#requests.inc({ route, method, status: String(status) });
    this.#seconds.observe({ route }, seconds);
  }

  refused(kind: string): void {
    this.#refusals.inc({ kind });
  }
}
