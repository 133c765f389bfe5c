import { expect, it } from 'vitest';
import { Followers } from './followers.ts';

const longMs = 60_000;

it('tells of a change, also of one that came before it was asked for, once', async () => {
  const followers = new Followers();
  const [first, second] = [followers.follow(7), followers.follow(7)];
  followers.changed(7);
  followers.changed(7);
  await first.changedWithin(longMs);
  const waiting = first.changedWithin(longMs);
  followers.changed(8);
  await expect(Promise.race([waiting.then(() => 'told'), Promise.resolve('waits')])).resolves.toBe('waits');
  followers.changed(7);
  await waiting;
  await second.changedWithin(longMs);
});

it('ends a wait after its time, and is told no more after stop', async () => {
  const followers = new Followers();
  const following = followers.follow(7);
  await following.changedWithin(5);
  following.stop();
  followers.changed(7);
  const waiting = following.changedWithin(longMs).then(() => 'told');
  await expect(Promise.race([waiting, new Promise((resolve) => void setTimeout(resolve, 20, 'waits'))])).resolves.toBe('waits');
});
