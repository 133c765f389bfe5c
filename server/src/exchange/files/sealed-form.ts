import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { derivedKey } from './secret-box.ts';

/**
 * A sealed file: a header of 32 bytes (8 bytes of magic, the frame size, 4 zero bytes, 16 random bytes: the file's id), then frames.
 * A frame is so many encrypted bytes and a tag of 16; only the last one may be shorter, and an empty file has one empty frame.
 *
 * Each file has its own key, derived from header and file key. The nonce is the frame's number and a mark on the last one:
 * under one key it never repeats, and a frame of another file, in another place, or in front of a cut end does not open.
 */
export const headerBytes = 32;
export const tagBytes = 16;
export const usualFrameBytes = 65_536;

const algorithm = 'aes-256-gcm';
const magic = Buffer.from('FYSEAL1\0', 'latin1');
const frameSizeAt = 8;
const idAt = 16;
/** Beyond it a header is damaged: a reader makes room for a frame before it can check anything. */
const mostFrameBytes = 16 * 2 ** 20;

/** A sealed file cannot be read: it was sealed under another key, or it was changed, cut short or mixed up. */
export class SealedFileDamaged extends Error {
  override readonly name = 'SealedFileDamaged';
}

export function newHeader(frameBytes: number): Buffer {
  const header = Buffer.alloc(headerBytes);
  magic.copy(header);
  header.writeUInt32LE(frameBytes, frameSizeAt);
  randomBytes(headerBytes - idAt).copy(header, idAt);
  return header;
}

/** The size of the file's frames. @throws SealedFileDamaged where this is no header */
export function frameSizeOf(header: Buffer): number {
  const frameBytes = header.length === headerBytes ? header.readUInt32LE(frameSizeAt) : 0;
  if (!header.subarray(0, magic.length).equals(magic) || frameBytes === 0 || frameBytes > mostFrameBytes)
    throw new SealedFileDamaged('this is no sealed file');
  return frameBytes;
}

/** How the plain bytes lie in a sealed file. */
export interface Layout {
  readonly frameBytes: number;
  readonly frames: number;
  readonly plainBytes: number;
}

/** @param fileBytes size of the sealed file. @throws SealedFileDamaged where no sealed file has that size */
export function layoutOf(frameBytes: number, fileBytes: number): Layout {
  const body = fileBytes - headerBytes;
  const frames = Math.max(1, Math.ceil(body / (frameBytes + tagBytes)));
  const plainBytes = body - frames * tagBytes;
  if (plainBytes < (frames - 1) * frameBytes + (frames > 1 ? 1 : 0)) throw new SealedFileDamaged('a sealed file is cut short');
  return { frameBytes, frames, plainBytes };
}

/** Seals and opens the frames of one file. */
export class FrameSeal {
  readonly #key: KeyObject;
  readonly #nonce = Buffer.alloc(12);

  constructor(fileKey: Uint8Array, header: Buffer) {
    this.#key = createSecretKey(derivedKey(fileKey, header, 'foyer sealed file'));
  }

  /** The encrypted bytes and the tag. */
  seal(frame: number, last: boolean, plain: Uint8Array): readonly [Buffer, Buffer] {
    const cipher = createCipheriv(algorithm, this.#key, this.#nonceOf(frame, last));
    const sealed = cipher.update(plain);
    cipher.final();
    return [sealed, cipher.getAuthTag()];
  }

  /** @param sealed the encrypted bytes, and the tag behind them. @throws SealedFileDamaged */
  open(frame: number, last: boolean, sealed: Uint8Array): Uint8Array {
    const end = sealed.length - tagBytes;
    const decipher = createDecipheriv(algorithm, this.#key, this.#nonceOf(frame, last), { authTagLength: tagBytes });
    decipher.setAuthTag(sealed.subarray(end));
    try {
      const plain = decipher.update(sealed.subarray(0, end));
      decipher.final();
      return plain;
    } catch (error) {
      throw new SealedFileDamaged(`frame ${frame} of a sealed file cannot be opened`, { cause: error });
    }
  }

  #nonceOf(frame: number, last: boolean): Buffer {
    this.#nonce.writeUIntLE(frame, 0, 6);
    this.#nonce.writeUInt32LE(last ? 1 : 0, 8);
    return this.#nonce;
  }
}
