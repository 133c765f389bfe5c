import { Base64Url } from '@iabtcf/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BitText } from './bit-text.ts';

const base64Url = fc.stringMatching(/^[\w-]{0,40}$/);

test('bits are those that the oracle reads, and zeros behind them', () => {
  const anyRange = fc.record({ text: base64Url, at: fc.nat({ max: 260 }), count: fc.integer({ min: 1, max: 24 }) });
  fc.assert(
    fc.property(anyRange, ({ text, at, count }) => {
      const bits = (text === '' ? '' : Base64Url.decode(text)) + '0'.repeat(300);
      expect(new BitText(text).read(at, count)).toBe(Number.parseInt(bits.slice(at, at + count), 2));
    }),
    { numRuns: 3000 },
  );
});

test('they begin where they are told to, and end before what is not of the alphabet', () => {
  const foreign = fc.constantFrom('.', '~', '=', '+', '/', '%', ' ', 'é', '\u{10000}', '\0');
  fc.assert(
    fc.property(fc.string(), base64Url, foreign, fc.string(), (front, text, stop, rest) => {
      const bits = new BitText(front + text + stop + rest, front.length);
      expect([bits.length, bits.end]).toEqual([text.length * 6, front.length + text.length]);
      const alone = new BitText(text);
      for (let at = 0; at < bits.length + 48; at += 24) expect(bits.read(at, 24)).toBe(alone.read(at, 24));
    }),
    { numRuns: 1000 },
  );
});
