import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../../test/running-server.ts';
import { isRepeatIn, ScanMemory } from './repeated-lines.ts';
import { scanFile } from './scan-file.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder('scan');
});
afterEach(() => folder.remove());

async function* pieces(file: Buffer, length = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += length) yield file.subarray(at, at + length);
}

async function scan(file: Buffer, { textLimitBytes = 1 << 30, separators = [] as number[], length = 1000 } = {}) {
  const memory = new ScanMemory(1 << 20);
  const order = { upload: '', repeats: join(folder.path, 'repeats'), textLimitBytes, separators };
  const { result, repeats } = await scanFile(pieces(file, length), order, memory);
  const bits = repeats();
  return {
    ...result,
    repeated: bits === null ? [] : Array.from({ length: 50 }, (_, line) => line).filter((line) => isRepeatIn(bits, line)),
  };
}

const text = Buffer.from('1;5:0\r\n\r\n2;5:0\n1;5:0\n2;5:0\r\n3;5:0');

describe('a first pass', () => {
  it('counts lines that are not blank, and finds repeats whatever their line ends are', async () => {
    const found = { format: 'text', gzipped: false, lines: 5, textBytes: text.length, fault: null, repeated: [4, 5] };
    for (const length of [1, 3, 1000]) expect(await scan(text, { length })).toEqual(found);
  });
  it('reads gzip, several members too', async () => {
    const file = Buffer.concat([gzipSync(text.subarray(0, 20)), gzipSync(text.subarray(20))]);
    expect(await scan(file, { length: 7 })).toMatchObject({
      gzipped: true,
      lines: 5,
      textBytes: text.length,
      fault: null,
      repeated: [4, 5],
    });
  });
  it('finds an empty file readable', async () => expect(await scan(Buffer.alloc(0))).toMatchObject({ lines: 0, fault: null }));
  it('takes a control character for text where it is a separator', async () => {
    const file = Buffer.from('1\u00015\u00022\n'.repeat(100));
    expect(await scan(file, { separators: [1, 2] })).toMatchObject({ lines: 100, fault: null });
    expect((await scan(file)).fault).toMatch(/control characters/);
  });
  it.each([
    { what: 'a gzip file that is cut short', file: gzipSync(text).subarray(0, -9), fault: /cut short/ },
    { what: 'a gzip file that is damaged', file: damaged(gzipSync(text)), fault: /damaged/ },
    { what: 'gzip in gzip', file: gzipSync(gzipSync(text)), fault: /twice/ },
    { what: 'zip', file: Buffer.concat([Buffer.from('PK\u0003\u0004'), deflateRawSync(text)]), fault: /zip archive/ },
    { what: 'bzip2', file: Buffer.from('BZh91AY&SY and more'), fault: /bzip2/ },
    { what: 'xz', file: Buffer.from('fd377a585a000004', 'hex'), fault: /xz/ },
    { what: 'zstd', file: Buffer.from('28b52ffd0458', 'hex'), fault: /zstd/ },
    { what: 'zero bytes', file: Buffer.from('1;5:0\n\u0000'), fault: /zero bytes/ },
    { what: 'an Avro file of nothing but its begin', file: Buffer.from('Obj\u0001'), fault: /Avro file is cut short/ },
  ])('cannot read $what', async ({ file, fault }) => expect((await scan(file)).fault).toMatch(fault));
  it('cannot read random bytes', async () => {
    let state = 1;
    const file = Buffer.from(Array.from({ length: 5000 }, () => (state = (state * 48_271) % 2_147_483_647) & 0xff));
    expect((await scan(file)).fault).not.toBeNull();
  });
  it('ends where a file unpacks to more than it may', async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000, '1;5:0\n'));
    expect(bomb.length).toBeLessThan(10_000);
    expect((await scan(bomb, { textLimitBytes: 1_000_000 })).fault).toMatch(/more than 1000000 bytes/);
  });
});

function damaged(file: Buffer): Buffer {
  const copy = Buffer.from(file);
  copy.fill(0xff, 12, 20);
  return copy;
}
