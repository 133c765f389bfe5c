import { describe, expect, it } from 'vitest';
import { AnswerBytes, headRoomBytes } from '../answer-bytes.ts';
import { answerHead, writeAnswerHead } from './answer-text.ts';

const bodyOf = (text: string) => {
  const bytes = new AnswerBytes();
  bytes.begin();
  bytes.putText(text);
  return bytes.end();
};

/** Both are made of the present second; where it has passed between them they are made again. */
function bothHeads(headers: Record<string, string>, cookie: string | undefined, length: number, close: boolean, keepAliveS: number) {
  const body = bodyOf('a'.repeat(length));
  const sent = { status: 200, headers, cookie, body };
  for (;;) {
    const text = answerHead(sent, length, close, keepAliveS);
    const from = writeAnswerHead(sent, body, close, keepAliveS) ?? body.start;
    if (text === answerHead(sent, length, close, keepAliveS)) return { text, written: body.block.toString('latin1', from, body.start) };
  }
}

describe('a head before its body', () => {
  it('is the head as text, to the byte', () => {
    for (const [close, keepAliveS] of [
      [true, 5],
      [false, 5],
      [false, 72],
    ] as const)
      for (const length of [0, 9, 10, 2054, 400_000])
        for (const headers of [{}, { 'content-type': 'text/plain' }, { 'x-limit': '5', 'x-count': '1' }])
          for (const cookie of [undefined, 'a=1', 'a=2; Path=/']) {
            const { text, written } = bothHeads(headers, cookie, length, close, keepAliveS);
            expect(written).toBe(text);
            expect(/^set-cookie: (.*)\r$/m.exec(text)?.[1]).toBe(cookie);
          }
  });

  it('is refused where it cannot be sent, and not written where it is longer than its room', () => {
    const body = bodyOf('a');
    for (const sent of [{ headers: { a: 'b\r\nc' } }, { headers: {}, cookie: 'b\r\nc' }]) {
      expect(() => writeAnswerHead({ status: 200, ...sent, body }, body, false, 5)).toThrow(TypeError);
      expect(() => answerHead({ status: 200, ...sent, body }, 1, false, 5)).toThrow(TypeError);
    }
    expect(writeAnswerHead({ status: 200, headers: { a: 'b'.repeat(headRoomBytes) }, body }, body, false, 5)).toBeUndefined();
  });
});
