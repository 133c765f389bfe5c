import fc from 'fast-check';
import { Counter, Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { RequestMetrics } from './request-metrics.ts';

/** The slow twin: the library's own metrics, told of every call. */
function ownMetrics(registry: Registry) {
  const requests = new Counter({
    name: 'foyer_http_requests_total',
    help: 'Requests answered, by route template, method and status.',
    labelNames: ['route', 'method', 'status'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'foyer_http_request_seconds',
    help: 'Time from the request to the end of its answer, by route template.',
    labelNames: ['route'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  const refusals = new Counter({
    name: 'foyer_refusals_total',
    help: 'Refused requests, by the kind in docs/errors.md.',
    labelNames: ['kind'],
    registers: [registry],
  });
  return {
    answered(route: string, method: string, status: number, took: number): void {
      requests.inc({ route, method, status: String(status) });
      seconds.observe({ route }, took);
    },
    refused: (kind: string): void => refusals.inc({ kind }),
  };
}

const sorted = (text: string): string[] => text.split('\n').sort();
const calls = fc.array(
  fc.record({
    route: fc.constantFrom('/rt-segment', '/user-segments', '/segment/:first', 'un"known\\'),
    method: fc.constantFrom('GET', 'POST', 'PUT'),
    status: fc.constantFrom(200, 400, 503),
    took: fc.oneof(fc.constantFrom(0, 0.0005, 0.001, 10, 10.000_001), fc.double({ min: 0, max: 20, noNaN: true })),
  }),
);

test('what is read is what the library would have counted itself, line for line, at every reading', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(calls, { minLength: 1, maxLength: 3 }), async (readings) => {
      const [ours, theirs] = [new Registry(), new Registry()];
      const metrics = new RequestMetrics(ours);
      const own = ownMetrics(theirs);
      for (const reading of readings) {
        for (const { route, method, status, took } of reading) {
          metrics.answered(route, method, status, took);
          own.answered(route, method, status, took);
          if (status !== 200) for (const counted of [metrics, own]) counted.refused(`kind-${status}`);
        }
        expect(sorted(await ours.metrics())).toEqual(sorted(await theirs.metrics()));
      }
    }),
    { numRuns: 200 },
  );
});
