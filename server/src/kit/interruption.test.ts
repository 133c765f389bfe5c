import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Seen } from '../../test/seen-objects.ts';
import { Interruption } from './interruption.ts';

const never = new Promise<never>(() => {});

describe('an interruption', () => {
  it('lets waits bring what they are for, and fail', async () => {
    const interruption = new Interruption<'over'>();
    expect(await interruption.during(Promise.resolve(1))).toBe(1);
    await expect(interruption.during(Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    expect(await interruption.during(turn(2))).toBe(2);
  });
  it('ends the wait that is under way, and every later one, by its first word', async () => {
    const interruption = new Interruption<'over' | 'late'>();
    const waiting = interruption.during(never);
    interruption.end('over');
    interruption.end('late');
    expect(await waiting).toBe('over');
    expect(await interruption.during(Promise.resolve(1))).toBe('over');
    expect(await interruption.during(Promise.reject(new Error('nobody hears it')))).toBe('over');
  });
  it('ends the wait that follows it', async () => {
    const interruption = new Interruption<'over'>();
    interruption.end('over');
    expect(await interruption.during(never)).toBe('over');
  });
  it('keeps nothing of what the waits before have brought', async () => {
    const interruption = new Interruption<'over'>();
    const seen = new Seen();
    for (let i = 0; i < 100; i++) await interruption.during(turn(seen.add(new Uint8Array(1000))));
    expect(await seen.left()).toBeLessThan(10);
    expect(await interruption.during(Promise.resolve(1))).toBe(1);
  });
});
