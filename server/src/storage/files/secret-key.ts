import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeDurably } from './write-durably.ts';

const keyBytes = 32;

/** A secret key in its file, which is made where there is none: 32 bytes, readable by the owner alone, durable when this returns. */
export function secretKey(file: string): Buffer {
  if (!existsSync(file)) writeDurably(file, randomBytes(keyBytes), 0o600);
  const key = readFileSync(file);
  if (key.length !== keyBytes)
    throw new Error(`${file} is no key of ${keyBytes} bytes; restore it from a backup, or remove it to make a new one`);
  return key;
}
