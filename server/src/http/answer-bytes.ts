import { Buffer } from 'node:buffer';

/** Free bytes before each body, for the head: an ordinary one takes half of them. */
export const headRoomBytes = 512;
/** Holds the answers of one turn: 64 of an ordinary profile. */
const blockBytes = 256 * 1024;

/**
 * An answer's body in memory that is used again when the answers of the turn are sent. The `headRoomBytes` before it are free for its
 * head. Who cannot write it at once copies it, or says `keep`.
 */
export class LentBody {
  readonly block: Buffer;
  readonly start: number;
  readonly end: number;
  readonly #lender: AnswerBytes;

  constructor(block: Buffer, start: number, end: number, lender: AnswerBytes) {
    this.block = block;
    this.start = start;
    this.end = end;
    this.#lender = lender;
  }

  get length(): number {
    return this.end - this.start;
  }
  /** The memory is still read, by a socket that had no room: it is not used again. */
  keep(): void {
    this.#lender.keep();
  }
  copied(): Buffer {
    return Buffer.from(this.block.subarray(this.start, this.end));
  }
}

/**
 * Writes bodies one behind the other into memory that is used again and again. A text that is put together of dozens of pieces is a tree
 * of them, which the socket has to walk and copy twice; written as bytes it is copied once, by the kernel. That was a third of a lookup.
 * Nothing checks for room but `room`.
 */
export class AnswerBytes {
  #block = Buffer.allocUnsafeSlow(blockBytes);
  #start = 0;
  #at = 0;
  #kept = false;

  /** Begins a body; one that was begun and not ended is forgotten. */
  begin(): void {
    if (this.#start + headRoomBytes > this.#block.length) this.#takeBlock(blockBytes);
    this.#at = this.#start + headRoomBytes;
  }

  end(): LentBody {
    const body = new LentBody(this.#block, this.#start + headRoomBytes, this.#at, this);
    this.#start = this.#at;
    return body;
  }

  /** All bodies were sent: their memory is free, but for what a socket still reads. */
  reuse(): void {
    if (this.#kept || this.#block.length !== blockBytes) this.#takeBlock(blockBytes);
    this.#kept = false;
    this.#start = 0;
  }

  /** Another block: the one before it lives as long as bodies in it do. */
  #takeBlock(bytes: number): void {
    this.#block = Buffer.allocUnsafeSlow(bytes);
    this.#start = 0;
  }

  keep(): void {
    this.#kept = true;
  }

  /** Makes room for so many bytes, to be called before they are put. */
  room(bytes: number): void {
    if (this.#at + bytes > this.#block.length) this.#move(bytes);
  }

  /** The body goes on in another block. */
  #move(bytes: number): void {
    const written = this.#block.subarray(this.#start + headRoomBytes, this.#at);
    this.#takeBlock(Math.max(blockBytes, (headRoomBytes + written.length + bytes) * 2));
    this.#block.set(written, headRoomBytes);
    this.#at = headRoomBytes + written.length;
  }

  put(bytes: Uint8Array): void {
    this.#block.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** For a few bytes, where a loop is faster than a call. */
  putFew(bytes: Uint8Array): void {
    const block = this.#block;
    const { length } = bytes;
    let at = this.#at;
    for (let index = 0; index < length; index++) block[at++] = bytes[index] as number;
    this.#at = at;
  }

  putByte(byte: number): void {
    this.#block[this.#at++] = byte;
  }

  /** Any text, as UTF-8; makes its own room. */
  putText(text: string): void {
    this.room(text.length * 3);
    this.#at += this.#block.write(text, this.#at, 'utf8');
  }

  /** A few characters that are ASCII for certain. */
  putAscii(text: string): void {
    const block = this.#block;
    const { length } = text;
    let at = this.#at;
    for (let index = 0; index < length; index++) block[at++] = text.charCodeAt(index);
    this.#at = at;
  }

  /** A whole number from 0 to 2^32-1, in decimal: 10 bytes at most. */
  putDigits(number: number): void {
    const block = this.#block;
    const end = this.#at + digitsOf(number);
    let at = end;
    let rest = number;
    // Beyond 2^31 the division cannot be one of 32-bit integers.
    while (rest > 0x7fff_ffff) {
      const tens = Math.floor(rest / 10);
      block[--at] = zero + rest - tens * 10;
      rest = tens;
    }
    do {
      const tens = (rest / 10) | 0;
      block[--at] = zero + rest - tens * 10;
      rest = tens;
    } while (rest > 0);
    this.#at = end;
  }

  /** Two digits over bytes that were put already; `back`: so many bytes before the end. */
  overwriteTwo(back: number, number: number): void {
    const tens = (number / 10) | 0;
    this.#block[this.#at - back] = zero + tens;
    this.#block[this.#at - back + 1] = zero + number - tens * 10;
  }

  /** The same for some bytes. */
  overwrite(back: number, bytes: Uint8Array): void {
    const block = this.#block;
    const { length } = bytes;
    let at = this.#at - back;
    for (let index = 0; index < length; index++) block[at++] = bytes[index] as number;
  }
}

const zero = 0x30;

function digitsOf(number: number): number {
  let digits = 1;
  for (let above = 10; number >= above; above *= 10) digits += 1;
  return digits;
}
