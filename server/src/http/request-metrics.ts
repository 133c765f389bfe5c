import { Counter, Histogram, type Registry } from 'prom-client';

/** Upper ends of the histogram's buckets, in seconds. */
const bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] as const;

/** What one route answered. */
interface RouteCounts {
  readonly route: string;
  /** Calls by method and then by status. */
  readonly methods: Map<string, Map<number, number>>;
  /** Calls by the first bound that they did not exceed; the last element: beyond all of them. */
  readonly buckets: Float64Array;
  sumS: number;
  count: number;
}

/**
 * Counts and times of requests by route template and status; never a URL, a query or a person's id.
 * A call adds to plain numbers; what Prometheus reads is made of them when it reads.
 */
export class RequestMetrics {
  readonly #routes = new Map<string, RouteCounts>();
  readonly #refusals: Counter<'kind'>;

  constructor(registry: Registry) {
    const routes = this.#routes;
    const requests: RequestCounter = new Counter({
      name: 'foyer_http_requests_total',
      help: 'Requests answered, by route template, method and status.',
      labelNames: ['route', 'method', 'status'],
      registers: [registry],
      collect: () => collectRequests(requests, routes),
    });
    registry.registerMetric(new RouteSeconds(routes));
    this.#refusals = new Counter({
      name: 'foyer_refusals_total',
      help: 'Refused requests, by the kind in docs/errors.md.',
      labelNames: ['kind'],
      registers: [registry],
    });
  }

  answered(route: string, method: string, status: number, seconds: number): void {
    const counts = this.#routes.get(route) ?? this.#newRoute(route);
    let statuses = counts.methods.get(method);
    if (!statuses) counts.methods.set(method, (statuses = new Map()));
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    let bucket = 0;
    while (seconds > (bounds[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1;
    counts.buckets[bucket] = (counts.buckets[bucket] ?? 0) + 1;
    counts.sumS += seconds;
    counts.count += 1;
  }

  refused(kind: string): void {
    this.#refusals.inc({ kind });
  }

  #newRoute(route: string): RouteCounts {
    const counts = { route, methods: new Map(), buckets: new Float64Array(bounds.length + 1), sumS: 0, count: 0 };
    this.#routes.set(route, counts);
    return counts;
  }
}

type RequestCounter = Counter<'route' | 'method' | 'status'>;

function collectRequests(requests: RequestCounter, routes: ReadonlyMap<string, RouteCounts>): void {
  requests.reset();
  for (const { route, methods } of routes.values())
    for (const [method, statuses] of methods)
      for (const [status, count] of statuses) requests.inc({ route, method, status: String(status) }, count);
}

const secondsName = 'foyer_http_request_seconds';
type ReadHistogram = ReturnType<Histogram<'route' | 'le'>['get']>;

/** A histogram that is not told of calls but reads what was counted. */
class RouteSeconds extends Histogram<'route' | 'le'> {
  readonly #routes: ReadonlyMap<string, RouteCounts>;
  /** The library's own, with nothing in it: name, help and type as it tells them. */
  readonly #empty: Histogram<'route' | 'le'>;

  constructor(routes: ReadonlyMap<string, RouteCounts>) {
    const described = {
      name: secondsName,
      help: 'Time from the request to the end of its answer, by route template.',
      labelNames: ['route'] as const,
      buckets: [...bounds],
      registers: [],
    };
    super(described);
    this.#routes = routes;
    this.#empty = new Histogram(described);
  }

  override async get(): ReadHistogram {
    return { ...(await this.#empty.get()), values: [...this.#routes.values()].flatMap(valuesOf) };
  }

  /** What the registry asks instead where a metric has it. */
  getForPromString(): ReadHistogram {
    return this.get();
  }
}

function valuesOf({ route, buckets, sumS, count }: RouteCounts): Awaited<ReadHistogram>['values'] {
  let below = 0;
  const ends = bounds.map((le, at) => ({ metricName: `${secondsName}_bucket`, labels: { le, route }, value: (below += buckets[at] ?? 0) }));
  return [
    ...ends,
    { metricName: `${secondsName}_bucket`, labels: { le: '+Inf', route }, value: count },
    { metricName: `${secondsName}_sum`, labels: { route }, value: sumS },
    { metricName: `${secondsName}_count`, labels: { route }, value: count },
  ];
}
