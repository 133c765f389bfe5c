import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';

const keyBytes = 32;

/** A secret key in its file, which is made where there is none: 32 bytes, readable by the owner alone, durable when this returns. */
export function secretKey(file: string): Buffer {
  if (!existsSync(file)) {
    const handle = openSync(`${file}.new`, 'w', 0o600);
    try {
      writeSync(handle, randomBytes(keyBytes));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(`${file}.new`, file);
  }
  const key = readFileSync(file);
  if (key.length !== keyBytes)
    throw new Error(`${file} is no key of ${keyBytes} bytes; restore it from a backup, or remove it to make a new one`);
  return key;
}
