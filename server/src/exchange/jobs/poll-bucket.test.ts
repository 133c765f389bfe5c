import { expect, it } from 'vitest';
import { StandingClock } from '../../../test/platform-server.ts';
import { PollBucket } from './poll-bucket.ts';

const takes = (bucket: PollBucket, caller: string, times: number) => Array.from({ length: times }, () => bucket.take(caller));

it('60 at once, then one in 10 s; what was refused costs nothing', () => {
  const clock = new StandingClock();
  const bucket = new PollBucket(clock);
  expect(takes(bucket, 'a', 60)).toEqual(Array.from({ length: 60 }, () => 0));
  expect(takes(bucket, 'a', 3)).toEqual([10_000, 10_000, 10_000]);
  clock.forward(9999);
  expect(bucket.take('a')).toBe(1);
  clock.forward(1);
  expect(takes(bucket, 'a', 2)).toEqual([0, 10_000]);
  clock.forward(25_000);
  expect(takes(bucket, 'a', 3)).toEqual([0, 0, 5000]);
});

it('each caller has its own, full again after ten minutes, and never fuller', () => {
  const clock = new StandingClock();
  const bucket = new PollBucket(clock);
  takes(bucket, 'a', 61);
  expect(bucket.take('b')).toBe(0);
  clock.forward(600_000_000);
  expect(takes(bucket, 'a', 61)).toEqual([...Array.from({ length: 60 }, () => 0), 10_000]);
});

it('forgets callers whose bucket is full, and no other', () => {
  const clock = new StandingClock();
  const bucket = new PollBucket(clock);
  for (let caller = 0; caller < 10_001; caller++) bucket.take(`old ${caller}`);
  clock.forward(20_000);
  takes(bucket, 'busy', 60);
  bucket.take('new');
  expect(bucket.take('busy')).toBe(10_000);
});
