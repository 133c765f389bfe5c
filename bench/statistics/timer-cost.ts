import { Histogram } from './histogram.ts';

const pairs = 200_000;

/** What is measured where nothing happens between two looks at the clock: it is in every timed read, and nothing is taken off for it. */
export function timerCost(): { readonly p50Ns: number; readonly p99Ns: number } {
  const ns = new Histogram();
  for (let i = 0; i < pairs; i++) {
    const began = performance.now();
    ns.record((performance.now() - began) * 1e6);
  }
  return { p50Ns: ns.percentile(0.5), p99Ns: ns.percentile(0.99) };
}

export function timerNote(): string {
  const { p50Ns, p99Ns } = timerCost();
  return `one read of eight is timed; looking at the clock itself takes ${p50Ns} ns (p99 ${p99Ns} ns), which is in p50 and p99`;
}
