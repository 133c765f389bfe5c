import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/running-server.ts';
import { type ByteRange, readSealed, sealedSize } from './read-sealed.ts';
import { headerBytes, SealedFileDamaged, tagBytes } from './sealed-form.ts';
import { sealedWriter } from './sealed-writer.ts';

const key = new Uint8Array(32).fill(7);
const frameBytes = 64;
const fullFrame = frameBytes + tagBytes;

let folder = { path: '', remove: () => {} };
beforeAll(() => {
  folder = temporaryFolder('sealed');
});
afterAll(() => folder.remove());
const fileNamed = (name: string): string => join(folder.path, name);

async function seal(name: string, chunks: readonly Uint8Array[], size = frameBytes) {
  const writer = await sealedWriter(fileNamed(name), key, { frameBytes: size });
  for (const chunk of chunks) await writer.write(chunk);
  return writer.finish({ sync: false });
}

async function unseal(name: string, range?: ByteRange, under = key): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of readSealed(fileNamed(name), under, range)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

/** Bytes that differ from frame to frame. */
const text = (bytes: number): Buffer => Buffer.from(Array.from({ length: bytes }, (_, at) => (at * 31 + (at >> 6)) & 0xff));

describe('a sealed file', () => {
  it('gives back any range of what was written in any pieces', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (chunks, a, b) => {
          const plain = Buffer.concat(chunks);
          const { bytes, digest } = await seal('any', chunks);
          expect([bytes, digest]).toEqual([plain.length, createHash('sha256').update(plain).digest('hex')]);
          expect(await sealedSize(fileNamed('any'))).toBe(plain.length);
          expect((await unseal('any')).equals(plain)).toBe(true);
          const [start, end] = [Math.floor(Math.min(a, b) * plain.length), Math.floor(Math.max(a, b) * plain.length)];
          expect((await unseal('any', { start, end })).equals(plain.subarray(start, end))).toBe(true);
        },
      ),
      { numRuns: 60 },
    ));
  it.each([0, 1, 63, 64, 65, 128, 129])('has one last frame, of %i bytes too', async (bytes) => {
    await seal('edge', [text(bytes)]);
    const frames = Math.max(1, Math.ceil(bytes / frameBytes));
    expect(statSync(fileNamed('edge')).size).toBe(headerBytes + bytes + frames * tagBytes);
    expect((await unseal('edge')).equals(text(bytes))).toBe(true);
  });
  it('takes parts of buffers and texts as it takes pieces', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme', maxLength: 80 }), { maxLength: 12 }), async (texts) => {
        const writer = await sealedWriter(fileNamed('mixed'), key, { frameBytes });
        for (const [at, text] of texts.entries()) {
          const bytes = Buffer.from(`--${text}-`);
          if (at % 3 === 0) await writer.writeText(text);
          else if (at % 3 === 1) await writer.writeRange(bytes, 2, bytes.length - 1);
          else await writer.write(Buffer.from(text));
        }
        const plain = Buffer.from(texts.join(''));
        expect(writer.bytes).toBe(plain.length);
        const { digest } = await writer.finish({ sync: false });
        expect(digest).toBe(createHash('sha256').update(plain).digest('hex'));
        expect((await unseal('mixed')).equals(plain)).toBe(true);
      }),
    ));
  it('is for its owner alone, and holds nothing that can be read', async () => {
    await seal('private', [Buffer.from('ana@example.com\n'.repeat(50))]);
    expect(statSync(fileNamed('private')).mode & 0o777).toBe(0o600);
    expect(readFileSync(fileNamed('private')).includes('ana@')).toBe(false);
  });
  it('is not the same when it is written again', async () => {
    await seal('one', [text(10)]);
    await seal('two', [text(10)]);
    expect(readFileSync(fileNamed('one')).subarray(-26)).not.toEqual(readFileSync(fileNamed('two')).subarray(-26));
  });
  it('goes when it is discarded', async () => {
    const writer = await sealedWriter(fileNamed('gone'), key);
    await writer.write(text(100_000));
    await writer.discard();
    await writer.discard();
    expect(existsSync(fileNamed('gone'))).toBe(false);
  });
  it('takes no range beyond its end', async () => {
    await seal('short', [text(5)]);
    await expect(unseal('short', { start: 0, end: 6 })).rejects.toThrow(RangeError);
  });
});

describe('what was done to a sealed file is found', () => {
  const expectDamage = async (change: (file: Buffer) => Buffer, range?: ByteRange): Promise<void> => {
    await seal('hurt', [text(200)]);
    writeFileSync(fileNamed('hurt'), change(readFileSync(fileNamed('hurt'))));
    await expect(unseal('hurt', range)).rejects.toThrow(SealedFileDamaged);
  };
  const frameAt = (number: number): number => headerBytes + number * fullFrame;

  it('a bit flipped anywhere', () =>
    fc.assert(
      fc.asyncProperty(fc.nat({ max: headerBytes + 200 + 4 * tagBytes - 1 }), fc.nat({ max: 7 }), (at, bit) =>
        expectDamage((file) => {
          file[at] = (file[at] ?? 0) ^ (1 << bit);
          return file;
        }),
      ),
      { numRuns: 100 },
    ));
  it('any end cut off, whichever range is read', () =>
    fc.assert(
      fc.asyncProperty(fc.nat({ max: headerBytes + 200 + 4 * tagBytes - 1 }), (size) =>
        expectDamage((file) => file.subarray(0, size), { start: 0, end: 0 }),
      ),
      { numRuns: 100 },
    ));
  it('cut off behind a full frame', () => expectDamage((file) => file.subarray(0, frameAt(2))));
  it('something behind the end', () => expectDamage((file) => Buffer.concat([file, Buffer.alloc(fullFrame)])));
  it('two frames in each other’s place', () =>
    expectDamage((file) =>
      Buffer.concat([
        file.subarray(0, frameAt(0)),
        file.subarray(frameAt(1), frameAt(2)),
        file.subarray(frameAt(0), frameAt(1)),
        file.subarray(frameAt(2)),
      ]),
    ));
  it('a frame left out', () => expectDamage((file) => Buffer.concat([file.subarray(0, frameAt(1)), file.subarray(frameAt(2))])));
  it('a frame of another file', async () => {
    await seal('other', [text(200)]);
    const other = readFileSync(fileNamed('other'));
    await expectDamage((file) =>
      Buffer.concat([file.subarray(0, frameAt(1)), other.subarray(frameAt(1), frameAt(2)), file.subarray(frameAt(2))]),
    );
  });
  it('another key', async () => {
    await seal('keyed', [text(200)]);
    await expect(unseal('keyed', undefined, new Uint8Array(32))).rejects.toThrow(SealedFileDamaged);
  });
});
