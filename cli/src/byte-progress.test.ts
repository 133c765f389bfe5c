import { expect, it } from 'vitest';
import { ByteProgress, bytesText, secondsText } from './byte-progress.ts';

function sink(isTTY: boolean): { isTTY: boolean; columns: number; text: string; write(text: string): void } {
  return {
    isTTY,
    columns: 100,
    text: '',
    write(text) {
      this.text += text;
    },
  };
}

it('tells bytes, rate and time left', () => {
  const output = sink(false);
  const progress = new ByteProgress(output, 'sent', 400_000_000, 0);
  progress.update(100_000_000, 1000);
  progress.update(100_000_000, 4000);
  progress.update(400_000_000, 16_000);
  expect(output.text).toBe('sent 25%  100.0 MB of 400.0 MB, 25.0 MB/s, 12 s left\nsent 100%  400.0 MB of 400.0 MB, 25.0 MB/s\n');
});

it('draws a bar where the end is known, and none where it is not', () => {
  const output = sink(true);
  new ByteProgress(output, 'sent', 1000, 0).update(500, 1000);
  expect(output.text).toContain('[############------------] sent 50%');
  output.text = '';
  const unknown = new ByteProgress(output, 'sent', null, 0);
  unknown.update(5000, 1000);
  expect(output.text).toBe('\r\u001b[2Ksent 5 kB, 5 kB/s');
  unknown.finish();
  expect(output.text.endsWith('\r\u001b[2K')).toBe(true);
});

it('does not fail on an empty file', () => {
  const output = sink(false);
  new ByteProgress(output, 'sent', 0, 0).update(0, 2000);
  expect(output.text).toBe('sent 0%  0 bytes of 0 bytes, 0 bytes/s\n');
});

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1000, '1 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [536_870_912, '536.9 MB'],
  [999_950_000, '1.00 GB'],
])('%i bytes are %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));

it.each([
  [0.4, '0 s'],
  [89, '89 s'],
  [90, '2 min'],
  [5370, '1 h 30 min'],
  [7500, '2 h 5 min'],
])('%d seconds are %s', (seconds, text) => expect(secondsText(seconds)).toBe(text));
