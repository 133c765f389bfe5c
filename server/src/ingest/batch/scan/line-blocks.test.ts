import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../test/random.ts';
import { blockBytes, LineBlocks, longestLineBytes } from './line-blocks.ts';

interface Cut {
  readonly text: string;
  readonly oversize: boolean;
}

/** All blocks of a text that comes in pieces of these lengths, the last one for the rest. */
function cut(text: Buffer, lengths: () => number): Cut[] {
  const blocks = new LineBlocks();
  const cuts: Cut[] = [];
  const takeAll = (): void => {
    for (let block = blocks.next(); block !== undefined; block = blocks.next())
      cuts.push({ text: Buffer.from(block.bytes.subarray(block.start, block.end)).toString('latin1'), oversize: block.oversize });
  };
  for (let at = 0; at < text.length;) {
    const end = Math.min(text.length, at + Math.max(1, lengths()));
    blocks.push(text.subarray(at, end));
    takeAll();
    at = end;
  }
  blocks.finish();
  takeAll();
  return cuts;
}

const line = (length: number, letter = 'a'): string => `${letter.repeat(length)}\n`;

describe('blocks of lines', () => {
  it('are cut behind the last line end of so many bytes, and hold all of the text', () => {
    const text = Buffer.from(line(100).repeat(5000) + 'the end');
    const cuts = cut(text, () => 65_536);
    const whole = Math.floor(blockBytes / 101) * 101;
    expect(cuts.slice(0, -1).map(({ text: { length } }) => length)).toEqual(
      Array.from({ length: Math.floor(text.length / whole) }, () => whole),
    );
    expect(cuts.map(({ text: part }) => part).join('')).toBe(text.toString('latin1'));
    expect(cuts.slice(0, -1).every(({ text: part }) => part.endsWith('\n') && part.length <= blockBytes)).toBe(true);
  });
  it('are longer where a line is', () => {
    const text = Buffer.from(line(10) + line(blockBytes * 2) + line(10));
    expect(cut(text, () => 1000).map(({ text: { length } }) => length)).toEqual([11, blockBytes * 2 + 1, 11]);
  });
  it('hold the begin of a line that is too long, and nothing of its rest', () => {
    const text = Buffer.from(line(10) + line(longestLineBytes + 5000, 'x') + line(20, 'b'));
    const cuts = cut(text, () => 30_000);
    expect(cuts.map(({ text: { length }, oversize }) => [length, oversize])).toEqual([
      [11, false],
      [longestLineBytes, true],
      [21, false],
    ]);
    expect(cuts[2]?.text).toBe(line(20, 'b'));
  });
  it('of an empty text there are none', () => expect(cut(Buffer.alloc(0), () => 1)).toEqual([]));
  it('are the same however the text comes in', () => {
    const random = seededRandom(11);
    for (let round = 0; round < 20; round++) {
      const lengths = Array.from({ length: random.whole(0, 40 - 1) + 1 }, () =>
        random.whole(0, 10 - 1) === 0 ? random.whole(0, longestLineBytes * 2 - 1) : random.whole(0, 60_000 - 1),
      );
      const text = Buffer.from(lengths.map((length) => line(length)).join('') + 'z'.repeat(random.whole(0, 3 - 1)));
      const shape = (lengthsOfPieces: () => number): string =>
        cut(text, lengthsOfPieces)
          .map(({ text: part, oversize }) => `${part.length}${oversize ? '!' : ''}`)
          .join();
      const whole = shape(() => text.length);
      expect(
        shape(() => random.whole(1, 100_000)),
        `round ${round}`,
      ).toBe(whole);
      expect(
        shape(() => 4096),
        `round ${round}`,
      ).toBe(whole);
    }
  });
});
