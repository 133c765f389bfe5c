import { beforeEach, describe, expect, it, test } from 'vitest';
import { StandingClock } from '../../test/platform-server.ts';
import { asAccountId } from '../kit/ids.ts';
import { LoginLimits, network } from './login-limits.ts';

const minuteMs = 60_000;
let clock = new StandingClock();
let limits = new LoginLimits(clock);

beforeEach(() => {
  clock = new StandingClock();
  limits = new LoginLimits(clock);
});

const fail = (times: number, name = 'joe', address = '192.0.2.1'): void => {
  for (let i = 0; i < times; i++) limits.failed(name, address);
};

describe('a name and an address that have failed', () => {
  it('19 times in 5 minutes may try again', () => {
    fail(19);
    expect(limits.pairWaitS('joe', '192.0.2.1')).toBe(0);
  });
  it('20 times wait until fewer than 20 lie within 5 minutes', () => {
    fail(1);
    clock.forward(minuteMs);
    fail(19);
    expect(limits.pairWaitS('joe', '192.0.2.1')).toBe(240);
    clock.forward(4 * minuteMs - 1);
    expect(limits.pairWaitS('joe', '192.0.2.1')).toBe(1);
    clock.forward(1);
    expect(limits.pairWaitS('joe', '192.0.2.1')).toBe(0);
  });
  it('stand in nobody else’s way', () => {
    fail(20);
    expect(limits.pairWaitS('joe', '192.0.2.2')).toBe(0);
    expect(limits.pairWaitS('ann', '192.0.2.1')).toBe(0);
  });
  it('are one caller in the whole of an IPv6 /64', () => {
    for (let i = 0; i < 20; i++) fail(1, 'joe', `2001:db8:1:2::${i.toString(16)}`);
    expect(limits.pairWaitS('joe', '2001:db8:1:2:ffff::1')).toBe(300);
    expect(limits.pairWaitS('joe', '2001:db8:1:3::1')).toBe(0);
  });
  it('are cleared by a success', () => {
    fail(20);
    limits.succeeded('joe', '192.0.2.1');
    expect(limits.pairWaitS('joe', '192.0.2.1')).toBe(0);
  });
});

describe('a name that has failed from all addresses together', () => {
  it.each([
    [19, 0],
    [20, 100],
    [21, 200],
    [22, 400],
    [25, 3200],
    [26, 5000],
    [60, 5000],
  ])('%i times is answered %i ms late', (times, delayMs) => {
    for (let i = 0; i < times; i++) fail(1, 'joe', `192.0.2.${i}`);
    expect(limits.nameDelayMs('joe')).toBe(delayMs);
  });
  it('is answered at once when the failures are 5 minutes old', () => {
    fail(30);
    clock.forward(5 * minuteMs);
    expect(limits.nameDelayMs('joe')).toBe(0);
  });
});

describe('successful logins of an account', () => {
  const take = (limit: number | null): number => limits.takeLoginS(asAccountId(7), limit);
  it('are ten in 5 minutes', () => {
    for (let i = 0; i < 10; i++) {
      expect(take(10)).toBe(0);
      clock.forward(1000);
    }
    expect(take(10)).toBe(290);
    clock.forward(290_000);
    expect(take(10)).toBe(0);
    expect(take(10)).toBeGreaterThan(0);
  });
  it.each([null, 0])('have no limit with %s', (limit) => {
    for (let i = 0; i < 50; i++) expect(take(limit)).toBe(0);
  });
});

describe('an address counts', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['[::ffff:192.0.2.1]:4711', '192.0.2.1'],
    ['2001:db8:1:2::192.0.2.1', '2001:db8:1:2::/64'],
    ['192.0.2.1:4711', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['[2001:db8:1:2::1]:4711', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['unknown', 'unknown'],
    ['', ''],
  ])('%s as %s', (address, counted) => expect(network(address)).toBe(counted));
});

test('names without end take no memory without end', () => {
  fail(20, 'x'.repeat(5000));
  expect(limits.pairWaitS('x'.repeat(200), '192.0.2.1')).toBeGreaterThan(0);
});

test('made-up names stand in nobody’s way, and are forgotten when they are over', () => {
  for (let i = 0; i < 2000; i++) limits.failed(`made-up-${i}`, '192.0.2.1');
  fail(19);
  clock.forward(5 * minuteMs);
  fail(19);
  expect(limits.pairWaitS('joe', '192.0.2.1')).toBe(0);
  fail(1);
  expect(limits.pairWaitS('joe', '192.0.2.1')).toBe(300);
});
