import { setTimeout as sleep } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { addEventLoopDelay } from './event-loop-delay.ts';

async function readDelayS(registry: Registry): Promise<number> {
  const value = /^foyer_event_loop_delay_max_seconds (\S+)$/m.exec(await registry.metrics())?.[1];
  return Number(value);
}

/** Holds the event loop as a long piece of work does. */
function hold(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test('a stall is told once, with its length, by the next reading', async () => {
  const registry = new Registry();
  addEventLoopDelay(registry);
  await sleep(20);
  await readDelayS(registry);
  await sleep(20);
  hold(300);
  await sleep(20);
  expect(await readDelayS(registry)).toBeGreaterThanOrEqual(0.29);
  await sleep(20);
  expect(await readDelayS(registry)).toBeLessThan(0.29);
});

test('nothing recorded reads as 0', async () => {
  const registry = new Registry();
  addEventLoopDelay(registry);
  await registry.metrics();
  expect(await readDelayS(registry)).toBe(0);
});
