import { secretKey } from '../../storage/files/secret-key.ts';

const hexForm = /^[0-9a-f]{64}$/i;
const keyBytes = 32;

/**
 * The key from which all others of the exchange are derived.
 * @param setting FOYER_SECRET_KEY: 64 hex digits or base64 of 32 bytes; empty: the key in `file`, made there at the first start
 * @throws Error where the setting or the file holds no key
 */
export function masterKey(setting: string, file: string): Uint8Array {
  if (setting === '') return secretKey(file);
  const key = Buffer.from(setting, hexForm.test(setting) ? 'hex' : 'base64');
  if (key.length !== keyBytes) throw new Error('FOYER_SECRET_KEY must be 64 hex digits or base64 of 32 bytes');
  return key;
}
