import fc from 'fast-check';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/running-server.ts';
import { masterKey } from './master-key.ts';
import { SealedTextDamaged, SecretBox } from './secret-box.ts';

const key = (seed: number): Uint8Array => new Uint8Array(32).fill(seed);
const box = new SecretBox(key(1));

describe('a sealed text', () => {
  it('opens to what was sealed, and never looks the same twice', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, purpose) => {
        const sealed = box.sealText(purpose, text);
        expect(box.openText(purpose, sealed)).toBe(text.toWellFormed());
        expect(box.sealText(purpose, text)).not.toBe(sealed);
      }),
    ));
  it('opens for its purpose and under its key alone', () => {
    const sealed = box.sealText('connection:1', 'secret');
    expect(() => box.openText('connection:2', sealed)).toThrow(SealedTextDamaged);
    expect(() => new SecretBox(key(2)).openText('connection:1', sealed)).toThrow(SealedTextDamaged);
  });
  it('does not open when any byte of it was changed, or when it was cut', () => {
    const bytes = Buffer.from(box.sealText('p', 'secret'), 'base64');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => box.openText('p', changed.toString('base64'))).toThrow(SealedTextDamaged);
      expect(() => box.openText('p', bytes.subarray(0, at).toString('base64'))).toThrow(SealedTextDamaged);
    }
    expect(() => box.openText('p', 'no base64!')).toThrow(SealedTextDamaged);
  });
});

describe('the keys', () => {
  it('differ by master key', () => expect(new SecretBox(key(2)).fileKey).not.toEqual(box.fileKey));
  it('are refused where the master key has another length', () => expect(() => new SecretBox(new Uint8Array(31))).toThrow(RangeError));
});

describe('the master key', () => {
  it('is read from the setting, in hex or base64, or made once in its file', () => {
    const folder = temporaryFolder('master-key');
    const bytes = Buffer.from(Array.from({ length: 32 }, (_, at) => at * 7));
    const file = join(folder.path, 'exchange.key');
    try {
      expect(Buffer.from(masterKey(bytes.toString('hex').toUpperCase(), file))).toEqual(bytes);
      expect(Buffer.from(masterKey(bytes.toString('base64'), file))).toEqual(bytes);
      expect(Buffer.from(masterKey(bytes.toString('base64').replace('=', ''), file))).toEqual(bytes);
      expect(() => masterKey('short', file)).toThrow('FOYER_SECRET_KEY must be 64 hex digits or base64 of 32 bytes');
      const made = masterKey('', file);
      expect([made.length, masterKey('', file)]).toEqual([32, made]);
    } finally {
      folder.remove();
    }
  });
});
