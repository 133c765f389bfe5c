import { isUtf8 } from 'node:buffer';
import { CsvFault } from './csv-fault.ts';

const lf = 0x0a;
const longestCharacter = 4;

/** Sees to it that text in pieces is UTF-8 (exchange.md section 3 rule 1), characters across two pieces included. */
export class Utf8Check {
  /** The begin of a character that the next piece ends. */
  #begun = Buffer.alloc(0);
  #line = 1;

  /** @throws CsvFault that names the line */
  push(piece: Uint8Array): void {
    const whole =
      this.#begun.length === 0 ? Buffer.from(piece.buffer, piece.byteOffset, piece.length) : Buffer.concat([this.#begun, piece]);
    const end = whole.length - openBytes(whole);
    this.#check(whole.subarray(0, end));
    this.#begun = Buffer.from(whole.subarray(end));
  }

  /** @throws CsvFault where the text ends within a character */
  end(): void {
    this.#check(this.#begun);
  }

  #check(bytes: Buffer): void {
    if (!isUtf8(bytes)) throw this.#fault(bytes);
    for (let at = bytes.indexOf(lf); at >= 0; at = bytes.indexOf(lf, at + 1)) this.#line += 1;
  }

  #fault(bytes: Buffer): CsvFault {
    let start = 0;
    for (let end = bytes.indexOf(lf); end >= 0 && isUtf8(bytes.subarray(start, end)); end = bytes.indexOf(lf, start)) {
      start = end + 1;
      this.#line += 1;
    }
    const field = `line ${this.#line}`;
    return new CsvFault('INVALID_CSV', `The text on ${field} is not UTF-8.`, [{ field, message: 'is not UTF-8' }]);
  }
}

/** How many bytes at the end begin a character that is not whole. */
function openBytes(bytes: Uint8Array): number {
  for (let back = 1; back < longestCharacter && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? back : 0;
  }
  return 0;
}
