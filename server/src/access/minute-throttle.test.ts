import { beforeEach, describe, expect, it } from 'vitest';
import { StandingClock } from '../../test/platform-server.ts';
import { asAccountId, asMemberId } from '../kit/ids.ts';
import { Refusal } from '../kit/refusal.ts';
import type { AccountRights } from './account.ts';
import { MinuteThrottle } from './minute-throttle.ts';

let clock = new StandingClock();
let throttle = new MinuteThrottle(clock);
beforeEach(() => {
  clock = new StandingClock(Date.UTC(2026, 0, 15, 12, 0, 30, 500));
  throttle = new MinuteThrottle(clock);
});

const account = (id: number, reads: number | null, writes: number | null = reads): AccountRights => ({
  id: asAccountId(id),
  username: `a${id}`,
  memberId: asMemberId(5),
  role: 'member',
  readOnly: false,
  active: true,
  readsPerMinute: reads,
  writesPerMinute: writes,
});

function refused(work: () => unknown): Refusal {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error;
  }
  throw new Error('nothing was refused');
}

describe('the throttle', () => {
  it('takes as many calls of a member in a minute as its limit, and tells so in headers', () => {
    throttle.take(account(1, 2, 9), 'read');
    expect(throttle.take(account(2, 2, 9), 'read')).toEqual({
      'x-ratelimit-read': '2',
      'x-ratelimit-write': '9',
      'x-ratelimit-system': '0',
      'x-count-read': 'user:1,member:2',
      'x-count-write': 'user:0,member:0',
      'x-rate-limits': 'cru=1;crm=2;cwu=0;cwm=0;lru=0;lrm=2;lwu=0;lwm=9',
    });
    const { kind, message, headers } = refused(() => throttle.take(account(1, 2, 9), 'read'));
    expect(kind).toMatchObject({
      status: 429,
      errorId: 'SYSTEM',
      errorCode: 'RATE_EXCEEDED',
      errorDescription: 'rate limit has been exceeded',
    });
    expect(message).toMatch(/^You have exceeded your request limit of 2 reads per 60 seconds for this member, /);
    expect(headers).toMatchObject({ 'retry-after': '30', 'x-count-read': 'user:1,member:2' });
  });
  it('counts reads and writes apart', () => {
    throttle.take(account(1, 1), 'read');
    expect(() => throttle.take(account(1, 1), 'write')).not.toThrow();
    expect(refused(() => throttle.take(account(1, 1), 'write')).message).toContain('limit of 1 writes');
  });
  it('counts calendar minutes', () => {
    throttle.take(account(1, 1), 'read');
    clock.forward(29_499);
    expect(refused(() => throttle.take(account(1, 1), 'read')).headers['retry-after']).toBe('1');
    clock.forward(1);
    expect(throttle.take(account(1, 1), 'read')['x-count-read']).toBe('user:1,member:1');
  });
  it.each([0, null])('has no limit with %s, and says 0', (limit) => {
    for (let i = 0; i < 3000; i++) throttle.take(account(1, limit), 'read');
    expect(throttle.take(account(1, limit), 'read')).toMatchObject({ 'x-ratelimit-read': '0', 'x-count-read': 'user:3001,member:3001' });
  });
  it('does not count what it refuses', () => {
    throttle.take(account(1, 1), 'read');
    for (let i = 0; i < 5; i++) refused(() => throttle.take(account(1, 1), 'read'));
    expect(throttle.take(account(1, 2), 'read')['x-count-read']).toBe('user:2,member:2');
  });
});
