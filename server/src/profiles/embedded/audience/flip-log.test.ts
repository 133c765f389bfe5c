import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { FlipLog, FlipReader, newFlipLogMemory, type FlipSink } from './flip-log.ts';

type Flip = readonly [user: number, number: number, counted: boolean];

class Collected implements FlipSink {
  readonly flips: Flip[] = [];
  flip(user: number, number: number, counted: boolean): void {
    this.flips.push([user, number, counted]);
  }
}

function drained(reader: FlipReader): Flip[] | 'lost' {
  const sink = new Collected();
  return reader.drain(sink) ? sink.flips : 'lost';
}

describe('the log of flips', () => {
  it('hands out every published flip once, in order, around the ring many times', () => {
    const memory = newFlipLogMemory(8);
    const log = new FlipLog(memory);
    const reader = new FlipReader(memory);
    for (let i = 1, n = 0; i < 200; i++) {
      const expected: Flip[] = [];
      for (let j = 0; j < i % 9; j++, n++) {
        log.add(n, n * 3, n % 2 === 0);
        expected.push([n, n * 3, n % 2 === 0]);
      }
      expect(drained(reader)).toEqual([]);
      log.publish();
      expect(drained(reader)).toEqual(expected);
    }
  });

  it('holds the largest users and numbers', () => {
    const log = new FlipLog(newFlipLogMemory(8));
    log.add(0xffff_fffe, 0x7fff_ffff, true);
    log.publish();
    expect(drained(new FlipReader(log.memory))).toEqual([[0xffff_fffe, 0x7fff_ffff, true]]);
  });

  it('tells that flips were lost instead of handing out what is left, and begins anew with what comes then', () => {
    const log = new FlipLog(newFlipLogMemory(4));
    const reader = new FlipReader(log.memory);
    for (let i = 0; i < 5; i++) log.add(i, 1, true);
    log.publish();
    expect(drained(reader)).toBe('lost');
    log.add(9, 1, false);
    log.publish();
    expect(drained(reader)).toEqual([[9, 1, false]]);
  });

  it('passes over flips before a lost one that were not published when it was lost', () => {
    const log = new FlipLog(newFlipLogMemory(4));
    const reader = new FlipReader(log.memory);
    for (let i = 0; i < 6; i++) log.add(i, 1, true);
    expect(drained(reader)).toBe('lost');
    log.publish();
    expect(drained(reader)).toEqual([]);
  });

  it('loses nothing between two threads without saying so, however far the reader falls behind', async () => {
    const memory = newFlipLogMemory(512);
    const last = 100_000;
    const worker = new Worker(new URL('./flip-writer.fixture.ts', import.meta.url), { workerData: { memory, last } });
    const reader = new FlipReader(memory);
    const gaps: number[] = [];
    let [next, mayJump, inOrder] = [1, false, 0];
    while (next <= last) {
      const found = drained(reader);
      if (found === 'lost') mayJump = true;
      else {
        for (const [user] of found) {
          if (user === next) inOrder += 1;
          else if (next <= last && (!mayJump || user < next)) gaps.push(user);
          mayJump = false;
          next = user + 1;
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    await worker.terminate();
    expect(gaps).toEqual([]);
    expect(inOrder).toBeGreaterThan(1000);
  });
});
