import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Secrets } from './exchange-parts.ts';

const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM under a key of its own, made from the server's; the purpose is authenticated with the text. @param master 32 bytes */
export function secretsOf(master: Buffer): Secrets {
  const key = Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), 'foyer catalog texts', 32));
  return {
    seal(purpose, text) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return `1.${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')}`;
    },
    open(purpose, sealed) {
      const bytes = Buffer.from(sealed.slice(2), 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes)).setAAD(Buffer.from(purpose));
      decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString('utf8');
    },
  };
}
