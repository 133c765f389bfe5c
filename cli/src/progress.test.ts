import { expect, it } from 'vitest';
import { Progress } from './progress.ts';

function sink(isTTY: boolean): { isTTY: boolean; columns: number; text: string; write(text: string): void } {
  return {
    isTTY,
    columns: 80,
    text: '',
    write(text) {
      this.text += text;
    },
  };
}

it('writes a plain line every two seconds where there is no terminal', () => {
  const output = sink(false);
  const progress = new Progress(output, 48_842, 'people', 0);
  for (const [done, nowMs] of [
    [1000, 1999],
    [2000, 2000],
    [3000, 3999],
    [48_842, 4000],
  ] as const) {
    progress.update(done, nowMs);
  }
  progress.finish();
  expect(output.text).toBe('4%  2,000 of 48,842 people, 1,000/s\n100%  48,842 of 48,842 people, 12,211/s\n');
});

it('redraws one bar on a terminal, never wider than it, and takes it away at the end', () => {
  const output = sink(true);
  output.columns = 50;
  const progress = new Progress(output, 200, 'people', 0);
  progress.update(50, 50);
  expect(output.text).toBe('');
  progress.update(100, 1000);
  expect(output.text).toBe('\r\u001b[2K[############------------] 50%  100 of 200 people');
  output.text = '';
  progress.finish();
  progress.finish();
  expect(output.text).toBe('\r\u001b[2K');
});

it('leaves nothing of work that was over at once', () => {
  const output = sink(true);
  new Progress(output, 10, 'people', 0).finish();
  expect(output.text).toBe('');
});
