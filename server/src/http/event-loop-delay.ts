import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';

/** Between two looks. A look costs some 15 microseconds and runs no JavaScript; a stall is told so much too short at most. */
const resolutionMs = 2;

/**
 * The longest time for which the thread that answers requests was held by one turn of its work, since somebody last read it: each
 * reading begins anew, so with one scraper every stall is seen once. What begins within two milliseconds after a reading is not seen.
 */
export function addEventLoopDelay(registry: Registry): void {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  const gauge: Gauge = new Gauge({
    name: 'foyer_event_loop_delay_max_seconds',
    help: 'Longest delay of the thread that answers requests since this was last read.',
    registers: [registry],
    collect: () => {
      gauge.set(Math.max(0, (delays.max / 1e6 - resolutionMs) / 1000));
      delays.reset();
    },
  });
}
