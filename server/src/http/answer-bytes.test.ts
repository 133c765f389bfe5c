import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AnswerBytes, headRoomBytes, type LentBody } from './answer-bytes.ts';

/** A body of one letter, put in pieces. */
function bodyOf(bytes: AnswerBytes, letter: string, length: number): LentBody {
  bytes.begin();
  for (let left = length; left > 0; left -= 1000) bytes.putText(letter.repeat(Math.min(left, 1000)));
  return bytes.end();
}

test('numbers are written as JavaScript writes them', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.integer({ min: 0, max: 0xffff_ffff }),
        fc.integer({ min: 0, max: 9 }).map((power) => 10 ** power),
      ),
      (number) => {
        const bytes = new AnswerBytes();
        bytes.begin();
        bytes.putDigits(number);
        bytes.putDigits(Math.max(number - 1, 0));
        expect(bytes.end().copied().toString()).toBe(`${number}${Math.max(number - 1, 0)}`);
      },
    ),
  );
});

test('bodies of one turn lie apart, each behind room for its head, however many and long they are', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.integer({ min: 0, max: 300_000 }), { maxLength: 8 }), { maxLength: 4 }), (turns) => {
      const bytes = new AnswerBytes();
      for (const lengths of turns) {
        const bodies = lengths.map((length, index) => bodyOf(bytes, String(index), length));
        for (const [index, body] of bodies.entries()) {
          body.block.fill('h', body.start - headRoomBytes, body.start);
          expect(body.length).toBe(lengths[index]);
        }
        for (const [index, body] of bodies.entries())
          expect(body.copied().equals(Buffer.from(String(index).repeat(body.length)))).toBe(true);
        bytes.reuse();
      }
    }),
    { numRuns: 50 },
  );
});

test('what is kept is not written over, and what was begun without an end leaves nothing', () => {
  const bytes = new AnswerBytes();
  const kept = bodyOf(bytes, 'k', 5000);
  kept.keep();
  bytes.reuse();
  bytes.begin();
  bytes.putText('broken off');
  const after = bodyOf(bytes, 'a', 5000);
  expect(kept.copied().toString()).toBe('k'.repeat(5000));
  expect(after.copied().toString()).toBe('a'.repeat(5000));
});
