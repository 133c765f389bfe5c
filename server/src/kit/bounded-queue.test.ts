import { describe, expect, it } from 'vitest';
import { BoundedQueue } from './bounded-queue.ts';

/** Work that is held until the test lets it go. */
function held(): { readonly work: () => Promise<string>; readonly finish: (text: string) => void; readonly fail: (error: Error) => void } {
  let finish = (_text: string): void => {};
  let fail = (_error: Error): void => {};
  const result = new Promise<string>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  return { work: () => result, finish, fail };
}

describe('a bounded queue', () => {
  it('runs one piece at a time, in order', async () => {
    const queue = new BoundedQueue(3);
    const begun: number[] = [];
    const first = held();
    const one = queue.run(() => {
      begun.push(1);
      return first.work();
    });
    const two = queue.run(async () => {
      begun.push(2);
      return 'two';
    });
    await Promise.resolve();
    expect(begun).toEqual([1]);
    first.finish('one');
    expect(await Promise.all([one, two])).toEqual(['one', 'two']);
    expect(begun).toEqual([1, 2]);
  });

  it('turns away what is too much at once, and takes more when there is room', async () => {
    const queue = new BoundedQueue(2);
    const first = held();
    const running = queue.run(first.work);
    const waiting = queue.run(async () => 'waiting');
    expect(queue.run(async () => 'too much')).toBeUndefined();
    expect(queue.length).toBe(2);
    first.finish('done');
    await Promise.all([running, waiting]);
    expect(queue.length).toBe(0);
    await expect(queue.run(async () => 'again')).resolves.toBe('again');
  });

  it('goes on after a piece that fails, whose error reaches its own caller alone', async () => {
    const queue = new BoundedQueue(2);
    const first = held();
    const failing = queue.run(first.work);
    const next = queue.run(async () => 'next');
    first.fail(new Error('broken'));
    await expect(failing).rejects.toThrow('broken');
    await expect(next).resolves.toBe('next');
    expect(queue.length).toBe(0);
  });
});
