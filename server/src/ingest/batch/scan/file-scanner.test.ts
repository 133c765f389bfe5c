import { Buffer } from 'node:buffer';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { temporaryFolder } from '../../../../test/running-server.ts';
import { FileScanner } from './file-scanner.ts';
import { isRepeatIn } from './repeated-lines.ts';

let folder: ReturnType<typeof temporaryFolder>;
let scanner: FileScanner;
beforeEach(() => {
  folder = temporaryFolder('scanner');
  scanner = new FileScanner();
});
afterEach(async () => {
  await scanner.close();
  folder.remove();
});

/** Scans a file that is there whole. */
async function scanned(name: string, text: Buffer) {
  const order = {
    upload: join(folder.path, name),
    repeats: join(folder.path, `${name}-repeats`),
    separators: [...Buffer.from(';,')],
    textLimitBytes: 2 ** 30,
  };
  writeFileSync(order.upload, text);
  const pass = scanner.begin(order, true);
  const result = await pass.counted;
  await pass.finish();
  return { ...result, repeats: readFileSync(order.repeats) };
}

it('goes on in a new thread when one has read much text and ended', async () => {
  const large = Buffer.alloc(65 * 2 ** 20, `${'x'.repeat(999)}\n`);
  for (const name of ['first', 'second']) {
    const { fault, lines, textBytes, repeats } = await scanned(name, large);
    expect({ fault, lines, textBytes }).toEqual({ fault: null, lines: Math.ceil(large.length / 1000), textBytes: large.length });
    expect([1, 2, 60_000].map((line) => isRepeatIn(repeats, line))).toEqual([false, true, true]);
  }
});
