import { readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/running-server.ts';
import { secretKey } from './secret-key.ts';

describe('a secret key', () => {
  it('is made once, for the owner alone, and refused where it is damaged', () => {
    const folder = temporaryFolder('secret-key');
    try {
      const file = join(folder.path, 'any.key');
      const made = secretKey(file);
      expect([made.length, statSync(file).mode & 0o777]).toEqual([32, 0o600]);
      expect(secretKey(file).equals(made)).toBe(true);
      expect(readFileSync(file).equals(made)).toBe(true);
      truncateSync(file, 31);
      expect(() => secretKey(file)).toThrow(/is no key of 32 bytes; restore it from a backup/);
    } finally {
      folder.remove();
    }
  });
});
