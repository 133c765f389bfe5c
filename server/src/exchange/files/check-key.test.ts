import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkKey } from './check-key.ts';
import { SecretBox } from './secret-box.ts';

const boxOf = (byte: number): SecretBox => new SecretBox(new Uint8Array(32).fill(byte));

describe('checkKey', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'foyer-key-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const file = (): string => join(folder, 'exchange-key.check');

  it('takes any key at the first start, and the same one at every later one', () => {
    checkKey(boxOf(1), file());
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(readFileSync(file(), 'utf8')).not.toContain('foyer');
    checkKey(boxOf(1), file());
  });

  it('refuses another key, and leaves the file as it is', () => {
    checkKey(boxOf(1), file());
    const before = readFileSync(file(), 'utf8');
    expect(() => checkKey(boxOf(2), file())).toThrow(/FOYER_SECRET_KEY is not the key/);
    expect(readFileSync(file(), 'utf8')).toBe(before);
  });

  it('refuses a file that was changed', () => {
    writeFileSync(file(), 'AAAA');
    expect(() => checkKey(boxOf(1), file())).toThrow(/FOYER_SECRET_KEY/);
  });
});
