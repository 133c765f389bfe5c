import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { AnswerReader } from './answer-reader.ts';

const answer = (status: number, body: string): string =>
  `HTTP/1.1 ${status} X\r\ncontent-type: a\r\nContent-Length: ${body.length}\r\nDate: d\r\n\r\n${body}`;

function feed(reader: AnswerReader, text: string) {
  const bytes = Buffer.from(text, 'latin1');
  // As a socket's buffer that is used again and again: what stands behind the length belongs to an earlier answer.
  const buffer = Buffer.alloc(bytes.length + 64, '\r\n\r\n');
  bytes.copy(buffer);
  return reader.take(buffer, bytes.length);
}

describe('AnswerReader', () => {
  it('reads answers that come whole, one after the other', () => {
    const reader = new AnswerReader();
    expect(feed(reader, answer(200, 'hello'))).toMatchObject({ status: 200, bodyBytes: 5 });
    expect(feed(reader, answer(503, ''))).toMatchObject({ status: 503, bodyBytes: 0 });
  });

  it('reads an answer that comes in pieces, wherever it is cut', () => {
    const text = answer(200, 'x'.repeat(50));
    for (let first = 1; first < text.length - 1; first++) {
      const second = Math.min(text.length - 1, first + 7);
      const reader = new AnswerReader();
      const parts = [text.slice(0, first), text.slice(first, second), text.slice(second)].filter((part) => part !== '');
      const answered = parts.map((part) => feed(reader, part));
      expect(answered.slice(0, -1).every((entry) => entry === undefined)).toBe(true);
      expect(answered.at(-1)).toMatchObject({ status: 200, bodyBytes: 50 });
    }
  });

  it('refuses an answer without a length and bytes that nobody asked for', () => {
    expect(() => feed(new AnswerReader(), 'HTTP/1.1 200 OK\r\n\r\n')).toThrow('does not tell its length');
    expect(() => feed(new AnswerReader(), `${answer(200, 'a')}b`)).toThrow('more came than one answer');
  });
});
