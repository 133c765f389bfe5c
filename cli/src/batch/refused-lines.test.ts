import { expect, it } from 'vitest';
import { refusedLines } from './refused-lines.ts';

const file = Buffer.from(
  'line_number\tcodes\tmessage\tline\n2\tnum_invalid_user\twhy\tx\u00e9;5:0\n3\ta,b\twhy; and why\t1;2\t^3\r\n9\ta\tb\t\n10\ta\tb\tlast\n',
  'latin1',
);

async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}
const linesOf = async (bytes: Uint8Array, length: number): Promise<string> =>
  Buffer.concat(await Array.fromAsync(refusedLines(inPieces(bytes, length)))).toString('latin1');

it.each([1, 2, 5, 13, 1000])('lines are the same bytes in pieces of %i, tabs in them too', async (length) => {
  expect(await linesOf(file, length)).toBe('x\u00e9;5:0\n1;2\t^3\r\n\nlast\n');
});

it('there are none where there is only a head, or nothing', async () => {
  expect(await linesOf(Buffer.from('line_number\tcodes\tmessage\tline\n'), 4)).toBe('');
  expect(await linesOf(Buffer.from(''), 4)).toBe('');
});
