import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
/** First byte of every sealed text, so that a later form can be told from this one. */
const version = 1;

/** A text cannot be opened: it was sealed under another master key or for another purpose, or it was changed. */
export class SealedTextDamaged extends Error {
  override readonly name = 'SealedTextDamaged';
}

/**
 * What the exchange keeps secret at rest, all of it from one master key of 32 bytes: small texts in the catalog (connection values),
 * and the key of sealed files. Each purpose has a key of its own (HKDF-SHA256), so that what is known of one says nothing of another.
 */
export class SecretBox {
  /** The key that sealed files take. May be posted to a thread. */
  readonly fileKey: Uint8Array;
  readonly #textKey: Uint8Array;

  /** @throws RangeError where the key has not 32 bytes */
  constructor(masterKey: Uint8Array) {
    if (masterKey.length !== keyBytes) throw new RangeError(`a master key has ${keyBytes} bytes`);
    this.fileKey = derivedKey(masterKey, '', 'foyer exchange files');
    this.#textKey = derivedKey(masterKey, '', 'foyer exchange texts');
  }

  /**
   * Base64 of version, nonce, tag and the encrypted UTF-8. The same text never seals to the same one twice.
   * @param purpose what the text is and whose, such as `connection:4101`; it opens for the same purpose alone
   */
  sealText(purpose: string, text: string): string {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, this.#textKey, nonce).setAAD(Buffer.from(purpose));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), sealed]).toString('base64');
  }

  /** @throws SealedTextDamaged */
  openText(purpose: string, sealed: string): string {
    const bytes = Buffer.from(sealed, 'base64');
    if (bytes.length < 1 + nonceBytes + tagBytes || bytes[0] !== version || bytes.toString('base64') !== sealed)
      throw new SealedTextDamaged('this is no sealed text');
    const tagAt = 1 + nonceBytes;
    const decipher = createDecipheriv(algorithm, this.#textKey, bytes.subarray(1, tagAt), { authTagLength: tagBytes })
      .setAAD(Buffer.from(purpose))
      .setAuthTag(bytes.subarray(tagAt, tagAt + tagBytes));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(tagAt + tagBytes)), decipher.final()]).toString('utf8');
    } catch (error) {
      throw new SealedTextDamaged('a sealed text cannot be opened: another master key, another purpose, or it was changed', {
        cause: error,
      });
    }
  }
}

/** A key of 32 bytes for one purpose. */
export const derivedKey = (key: Uint8Array, salt: Uint8Array | string, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', key, salt, purpose, keyBytes));
