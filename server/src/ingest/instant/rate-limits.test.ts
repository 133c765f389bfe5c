import { describe, expect, it } from 'vitest';
import { asMemberId } from '../../kit/ids.ts';
import { Refusal } from '../../kit/refusal.ts';
import { defaultIngestSettings, type MemberIngest, type SetIngestSettings } from '../../members/ingest-settings.ts';
import { RateLimits, SlidingSecond } from './rate-limits.ts';

const member = asMemberId(1);
const other = asMemberId(2);
const ingestOf = (set: SetIngestSettings = {}): MemberIngest => ({
  settings: { ...defaultIngestSettings, ...set },
  set,
  writableOwners: new Set(),
});

/** Sends calls; answers how many were accepted. */
function post(limits: RateLimits, ingest: MemberIngest, nowMs: number, calls: number, users = 0, sender = member): number {
  let accepted = 0;
  for (let i = 0; i < calls; i++) {
    try {
      limits.checkPost(sender, ingest, nowMs);
      limits.acceptPost(sender, ingest, users, nowMs);
      accepted += 1;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return accepted;
}

describe('SlidingSecond', () => {
  it('holds what was added less than 1000 ms ago', () => {
    const second = new SlidingSecond();
    second.add(10_000, 3);
    second.add(10_000, 4);
    second.add(10_400, 5);
    expect(second.total(10_999)).toBe(12);
    expect(second.total(11_000)).toBe(5);
    expect(second.total(11_399)).toBe(5);
    expect(second.total(11_400)).toBe(0);
  });

  it('stays right over many seconds', () => {
    const second = new SlidingSecond();
    for (let ms = 0; ms < 10_000; ms += 1) {
      second.total(ms);
      second.add(ms, 2);
    }
    expect(second.total(9_999)).toBe(2000);
  });

  it('forgets what lies ahead after the clock was set back', () => {
    const second = new SlidingSecond();
    second.add(50_000, 9);
    expect(second.total(10_000)).toBe(0);
    second.add(10_000, 1);
    expect(second.total(10_500)).toBe(1);
    expect(second.total(11_000)).toBe(0);
  });
});

describe('RateLimits', () => {
  it('accepts 100 calls in any second by default, and more as they leave the window', () => {
    const limits = new RateLimits(true);
    expect(post(limits, ingestOf(), 0, 60)).toBe(60);
    expect(post(limits, ingestOf(), 600, 60)).toBe(40);
    expect(post(limits, ingestOf(), 999, 10)).toBe(0);
    expect(post(limits, ingestOf(), 1000, 100)).toBe(60);
    expect(post(limits, ingestOf(), 1600, 100)).toBe(40);
  });

  it('counts accepted calls only', () => {
    const limits = new RateLimits(true);
    const ingest = ingestOf({ instant_posts_per_second: 1 });
    expect(post(limits, ingest, 0, 50)).toBe(1);
    expect(post(limits, ingest, 1000, 50)).toBe(1);
  });

  it('counts each member and each route for itself', () => {
    const limits = new RateLimits(true);
    const ingest = ingestOf({ instant_posts_per_second: 1, instant_reads_per_second: 1 });
    expect(post(limits, ingest, 0, 2)).toBe(1);
    expect(post(limits, ingest, 0, 2, 0, other)).toBe(1);
    expect(() => limits.acceptRead(member, ingest, 0)).not.toThrow();
    expect(() => limits.acceptRead(member, ingest, 0)).toThrow(Refusal);
  });

  it('refuses users beyond the limit, but no call for its own size alone', () => {
    const limits = new RateLimits(true);
    const ingest = ingestOf({ instant_users_per_second: 10 });
    expect(post(limits, ingest, 0, 1, 500)).toBe(1);
    expect(post(limits, ingest, 999, 1, 1)).toBe(0);
    expect(post(limits, ingest, 999, 1, 0)).toBe(1);
    expect(post(limits, ingest, 1000, 1, 6)).toBe(1);
    expect(post(limits, ingest, 1500, 1, 5)).toBe(0);
    expect(post(limits, ingest, 1500, 1, 4)).toBe(1);
  });

  it.each([0, null])('%j lifts a limit', (none) => {
    const limits = new RateLimits(true);
    const ingest = ingestOf({ instant_posts_per_second: none, instant_users_per_second: none });
    expect(post(limits, ingest, 0, 500, 100)).toBe(500);
  });

  it('with the defaults lifted, limits that were set for a member hold', () => {
    const limits = new RateLimits(false);
    expect(post(limits, ingestOf(), 0, 300, 50)).toBe(300);
    expect(post(limits, ingestOf({ instant_posts_per_second: 100 }), 5000, 300)).toBe(100);
  });

  it('a limit that is set applies to the next call', () => {
    const limits = new RateLimits(false);
    expect(post(limits, ingestOf(), 0, 5)).toBe(5);
    expect(post(limits, ingestOf({ instant_posts_per_second: 5 }), 100, 1)).toBe(0);
    expect(post(limits, ingestOf({ instant_posts_per_second: 6 }), 100, 2)).toBe(1);
  });

  it('answers 429 with the texts of the documents and Retry-After 1', () => {
    const limits = new RateLimits(true);
    const refused = (set: SetIngestSettings, act: (ingest: MemberIngest) => void): Refusal => {
      act(ingestOf(set));
      try {
        act(ingestOf(set));
      } catch (error) {
        if (error instanceof Refusal) return error;
      }
      throw new Error('nothing was refused');
    };
    const rest = ', please wait and try again or contact the operator for higher limits';
    const writes = refused({ instant_posts_per_second: 1 }, (ingest) => {
      limits.checkPost(member, ingest, 0);
      limits.acceptPost(member, ingest, 0, 0);
    });
    expect(writes.message).toBe(`Rate limit exceeded. You have exceeded your request limit of 1 writes per 1 seconds to rt-segment${rest}`);
    expect(writes.kind).toMatchObject({ status: 429, errorId: 'SYSTEM', errorCode: 'RATE_EXCEEDED' });
    expect(writes.headers).toEqual({ 'retry-after': '1' });
    const users = refused({ instant_users_per_second: 2 }, (ingest) => limits.acceptPost(member, ingest, 2, 0));
    expect(users.message).toBe(`Rate limit exceeded. You have exceeded your request limit of 2 users per 1 seconds to rt-segment${rest}`);
    const reads = refused({ instant_reads_per_second: 1 }, (ingest) => limits.acceptRead(member, ingest, 0));
    expect(reads.message).toBe(
      `Rate limit exceeded. You have exceeded your request limit of 1 reads per 1 seconds to rt-segment-processed${rest}`,
    );
  });
});
