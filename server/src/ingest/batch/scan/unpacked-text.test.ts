import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { UnreadableFile, unpackedText } from './unpacked-text.ts';

it.each([
  { what: 'an archive', bytes: Buffer.from('504b0304aaaaaaaa', 'hex') },
  { what: 'a file that is gzipped twice', bytes: gzipSync(gzipSync('text')) },
])('lets go of the file when it refuses $what', async ({ bytes }) => {
  let closed = false;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    try {
      yield bytes;
    } finally {
      closed = true;
    }
  }
  await expect(unpackedText(pieces(), 1000)).rejects.toThrow(UnreadableFile);
  expect(closed).toBe(true);
});
