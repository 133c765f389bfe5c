import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../../test/running-server.ts';
import { Seen } from '../../../../test/seen-objects.ts';
import { type ReceiveLimits, receiveFile } from './receive-file.ts';

let folder: ReturnType<typeof temporaryFolder>;
let path: string;
beforeEach(() => {
  folder = temporaryFolder('receive');
  path = join(folder.path, 'upload');
});
afterEach(() => folder.remove());

const limits: ReceiveLimits = { mostBytes: 1000, longestMs: 60_000, longestSilenceMs: 60_000, sync: false };

describe('a file that comes in', () => {
  it('is written as it is, and its growth told', async () => {
    const told: number[] = [];
    const body = Readable.from([Buffer.from('abc'), Buffer.from('de')]);
    expect(await receiveFile(body, path, { ...limits, sync: true }, (bytes) => told.push(bytes))).toEqual({ outcome: 'whole', bytes: 5 });
    expect(readFileSync(path, 'utf8')).toBe('abcde');
    expect(told).toEqual([3, 5]);
  });
  it('is not kept in memory while it comes in', async () => {
    const seen = new Seen();
    let left = 0;
    async function* large(): AsyncGenerator<Uint8Array> {
      while (seen.count < 200) yield seen.add(Buffer.alloc(100_000));
      left = await seen.left();
    }
    const received = await receiveFile(Readable.from(large()), path, { ...limits, mostBytes: 20_000_000 }, () => {});
    expect(received).toEqual({ outcome: 'whole', bytes: 20_000_000 });
    expect(left).toBeLessThan(20);
  });
  it('is refused when it is longer than it may be, and the rest can still be passed over', async () => {
    const body = Readable.from([Buffer.alloc(600), Buffer.alloc(600), Buffer.alloc(600)]);
    expect(await receiveFile(body, path, limits, () => {})).toEqual({ outcome: 'too-large', bytes: 1200 });
    expect(body.destroyed).toBe(false);
  });
  it('of exactly the most bytes is taken', async () => {
    expect((await receiveFile(Readable.from([Buffer.alloc(1000)]), path, limits, () => {})).outcome).toBe('whole');
  });
  it('ends as cut off when its sender goes', async () => {
    const body = new Readable({ read() {} });
    body.push(Buffer.from('abc'));
    const received = receiveFile(body, path, limits, () => body.destroy(Object.assign(new Error('gone'), { code: 'ECONNRESET' })));
    expect(await received).toEqual({ outcome: 'cut-off' });
  });
  it('ends as too slow when it takes longer than it may', async () => {
    const body = new Readable({ read() {} });
    expect(await receiveFile(body, path, { ...limits, longestMs: 20 }, () => {})).toEqual({ outcome: 'too-slow' });
    body.destroy();
  });
  it('ends as cut off when its sender says nothing for too long, and not before', async () => {
    const body = new Readable({ read() {} });
    const received = receiveFile(body, path, { ...limits, longestSilenceMs: 200 }, () => {});
    for (let piece = 0; piece < 4; piece++) {
      body.push(Buffer.from('abc'));
      await pause(100);
    }
    expect(readFileSync(path, 'utf8')).toBe('abcabcabcabc');
    expect(await received).toEqual({ outcome: 'cut-off' });
    body.destroy();
  });
});
