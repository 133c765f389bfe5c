import { describe, expect, test } from 'vitest';
import { detailsOf, PeerFault } from './peer-faults.ts';
import { backOffMs, pollWaitMs, readRetryAfterMs, retrying } from './retrying.ts';
import { WaitLog } from './wait-log.fixture.ts';

const call = { method: 'GET', path: '/v1/test' };
const fault = (again: boolean, retryAfterMs?: number) =>
  new PeerFault('PEER_ERROR', 'out of order', detailsOf(call), { again, retryAfterMs });
const never = new AbortController().signal;

describe('retrying', () => {
  test('five retries at most, each wait twice as long as the one before', async () => {
    const wait = new WaitLog();
    let attempts = 0;
    const failing = retrying(
      () => {
        attempts += 1;
        return Promise.reject(fault(true));
      },
      wait,
      never,
    );
    await expect(failing).rejects.toThrow('out of order');
    expect([attempts, wait.slept]).toEqual([6, [5000, 10_000, 20_000, 40_000, 80_000]]);
  });

  test('waits are up to a quarter shorter by chance', () => {
    expect([0, 0.5, 0.999_999].map((random) => backOffMs(2, random))).toEqual([10_000, 8750, 7500]);
  });

  test('what the endpoint asks for replaces the wait, also where it is nothing', async () => {
    const wait = new WaitLog();
    const faults = [fault(true, 1000), fault(true), fault(true, 0)];
    await retrying(async () => void (faults.length > 0 && (await Promise.reject(faults.shift()))), wait, never);
    expect(wait.slept).toEqual([1000, 10_000, 0]);
  });

  test.each([fault(false), new Error('a bug')])('%s is thrown at once', async (error) => {
    const wait = new WaitLog();
    const attempt = async (): Promise<never> => {
      throw error;
    };
    await expect(retrying(attempt, wait, never)).rejects.toBe(error);
    expect(wait.slept).toEqual([]);
  });

  test('an aborted signal begins no attempt, and ends a wait', async () => {
    const reason = new Error('canceled');
    await expect(retrying(() => Promise.resolve(1), new WaitLog(), AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    let attempts = 0;
    const wait = new WaitLog(() => controller.abort(reason));
    const failing = retrying(
      () => {
        attempts += 1;
        return Promise.reject(fault(true));
      },
      wait,
      controller.signal,
    );
    await expect(failing).rejects.toBe(reason);
    expect(attempts).toBe(1);
  });
});

describe('Retry-After', () => {
  const nowMs = Date.UTC(2026, 2, 2, 10, 0, 0);
  test.each([
    ['3', 3000],
    [' 120 ', 120_000],
    ['0', 0],
    ['3600', 3_600_000],
    ['3601', 3_600_000],
    ['99999999999999999999', 3_600_000],
    ['Mon, 02 Mar 2026 10:00:30 GMT', 30_000],
    ['Mon, 02 Mar 2026 09:00:00 GMT', 0],
    ['Tue, 03 Mar 2026 10:00:00 GMT', 3_600_000],
    ['', undefined],
    ['soon', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    [undefined, undefined],
  ])('%j is a wait of %j ms', (header, waitMs) => {
    expect(readRetryAfterMs(header, nowMs)).toBe(waitMs);
  });
});

test('polls come after 15, 30, 60 s, then every 5 minutes; what the endpoint asks for goes before, but never below a second', () => {
  expect([1, 2, 3, 4, 5, 100].map((poll) => pollWaitMs(poll, undefined))).toEqual([15_000, 30_000, 60_000, 300_000, 300_000, 300_000]);
  expect([pollWaitMs(1, 1000), pollWaitMs(7, 2000), pollWaitMs(2, 0)]).toEqual([1000, 2000, 1000]);
});
