import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { seededRandom } from '../../../../test/random.ts';
import { temporaryFolder } from '../../../../test/running-server.ts';
import { LineHash } from './line-hash.ts';
import { isRepeatIn, RepeatedLines, ScanMemory } from './repeated-lines.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder('repeats');
});
afterEach(() => folder.remove());

const seed = 77;

/** The slow twin: which lines are in a set already? */
function slowRepeats(lines: readonly string[]): number[] {
  const seen = new Set<string>();
  return lines.flatMap((text, at) => (seen.has(text) ? [at + 1] : (seen.add(text), [])));
}

function repeats(lines: readonly string[], memoryBytes: number): { readonly found: number[]; readonly spilled: boolean } {
  const memory = new ScanMemory(memoryBytes);
  const repeated = new RepeatedLines(memory, join(folder.path, 'repeats'));
  const hash = new LineHash();
  for (const [at, text] of lines.entries()) {
    const bytes = Buffer.from(text, 'latin1');
    hash.of(bytes, 0, bytes.length, seed);
    repeated.add(hash.a, hash.b, hash.c, at + 1);
  }
  const spilled = readdirSync(folder.path).length > 0;
  const bits = repeated.finish(lines.length);
  expect(readdirSync(folder.path)).toEqual([]);
  expect(memory.held).toBe(0);
  return { found: bits === null ? [] : lines.flatMap((_, at) => (isRepeatIn(bits, at + 1) ? [at + 1] : [])), spilled };
}

it.each([
  { where: 'in memory', memoryBytes: 1 << 30, spills: false },
  { where: 'in files', memoryBytes: 0, spills: true },
  { where: 'in both', memoryBytes: 5 << 20, spills: true },
])('finds what a set of all lines finds: $where', ({ memoryBytes, spills }) => {
  const random = seededRandom(5);
  const lines = Array.from({ length: 400_000 }, () => `${random.whole(0, 300_000 - 1)};${'x'.repeat(random.whole(0, 40 - 1))}`);
  const { found, spilled } = repeats(lines, memoryBytes);
  expect(found).toEqual(slowRepeats(lines));
  expect(found.length).toBeGreaterThan(100);
  expect(spilled).toBe(spills);
});
it('makes nothing where no line comes twice', () => expect(repeats(['a', 'b', 'ab', 'ba', ''], 1 << 20).found).toEqual([]));
it('tells lines apart that differ in one bit, in their length or in the order of their parts', () => {
  const random = seededRandom(9);
  const lines = new Set<string>();
  for (let length = 0; length <= 40; length++) {
    const base = Array.from({ length }, () => String.fromCharCode(random.whole(0, 256 - 1))).join('');
    lines.add(base);
    for (let bit = 0; bit < length * 8; bit++) {
      const bytes = Buffer.from(base, 'latin1');
      bytes[bit >>> 3] = (bytes[bit >>> 3] ?? 0) ^ (1 << (bit & 7));
      lines.add(bytes.toString('latin1'));
    }
  }
  expect(repeats([...lines], 1 << 20).found).toEqual([]);
});
