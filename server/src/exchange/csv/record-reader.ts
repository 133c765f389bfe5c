import { type CsvFault, malformed, overLimit } from './csv-fault.ts';
import type { CsvLimits } from './csv-limits.ts';

const comma = 0x2c;
const quote = 0x22;
const lf = 0x0a;
const cr = 0x0d;
const byteOrderMark = Buffer.of(0xef, 0xbb, 0xbf);

/** What the next byte is part of. */
const cellBegin = 0;
const plainCell = 1;
const quotedCell = 2;
/** Behind a quote in a quoted cell: the first of two, or the closing one. */
const behindQuote = 3;
/** Behind a carriage return that ends a record: only a line feed may follow. */
const behindReturn = 4;

/** How a cell is written: plain, in quotes, in quotes with doubled quotes inside. */
const plain = 0;
const quoted = 1;
const doubled = 2;

/**
 * Reads records of CSV (RFC 4180; exchange.md section 3 rules 1, 3 and 5) from pieces of bytes, however they are cut. One record is in
 * memory at a time, and no text is made of a cell before it is asked for. Lines without anything in them are no records.
 *
 * `push` a piece, then call `next` until it says false; after the last piece `end`, and `next` again.
 */
export class RecordReader {
  /** Cells of the current record. */
  cells = 0;
  /** The line on which the current record starts; the first one is 1. */
  line = 1;
  readonly #limits: Pick<CsvLimits, 'columns' | 'cellBytes'>;
  #bytes = Buffer.allocUnsafe(131_072);
  /** Bytes that are read end here. */
  #filled = 0;
  #start = 0;
  /** The next byte to look at. */
  #at = 0;
  #mode = cellBegin;
  #ended = false;
  #begun = false;
  /** The record ends here, without its line break; from its start, like all that follows. */
  #recordEnd = 0;
  #cellStart = 0;
  #doubledQuotes = 0;
  #nextLine = 1;
  #isOver = false;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #forms: Uint8Array;

  constructor(limits: Pick<CsvLimits, 'columns' | 'cellBytes'>) {
    this.#limits = limits;
    this.#starts = new Int32Array(limits.columns);
    this.#ends = new Int32Array(limits.columns);
    this.#forms = new Uint8Array(limits.columns);
  }

  /** Takes the next piece; a copy of it is kept. */
  push(piece: Uint8Array): void {
    this.#makeRoom(piece.length);
    this.#bytes.set(piece, this.#filled);
    this.#filled += piece.length;
  }

  end(): void {
    this.#ended = true;
  }

  /** Goes to the next record; false where more pieces are needed, or the file is over. @throws CsvFault */
  next(): boolean {
    if (this.#isOver) this.#begin(this.#at);
    if (!this.#begun && !this.#skipByteOrderMark()) return false;
    for (;;) {
      if (!this.#scan()) return false;
      this.#isOver = true;
      if (this.cells > 1 || this.#recordEnd > 0) return true;
      this.#begin(this.#at);
    }
  }

  /** The text of a cell of the current record; null: empty and without quotes. */
  text(cell: number): string | null {
    const form = this.#forms[cell] ?? plain;
    const start = this.#start + (this.#starts[cell] ?? 0);
    const end = this.#start + (this.#ends[cell] ?? 0);
    if (form === plain) return start === end ? null : this.#bytes.toString('utf8', start, end);
    const text = this.#bytes.toString('utf8', start, end);
    return form === quoted ? text : text.replaceAll('""', '"');
  }

  /** The texts of all cells of the current record. */
  texts(): (string | null)[] {
    return Array.from({ length: this.cells }, (_, cell) => this.text(cell));
  }

  /** The current record as it was received, without its line break. */
  raw(): string {
    return this.#bytes.toString('utf8', this.#start, this.#start + this.#recordEnd);
  }

  #begin(at: number): void {
    this.#start = at;
    this.#at = at;
    this.#mode = cellBegin;
    this.#isOver = false;
    this.cells = 0;
    this.#cellStart = 0;
    this.#recordEnd = 0;
    this.line = this.#nextLine;
  }

  /** False where too little is there to tell. */
  #skipByteOrderMark(): boolean {
    const { length } = byteOrderMark;
    if (this.#filled < length && !this.#ended) return false;
    this.#begun = true;
    if (this.#bytes.subarray(0, Math.min(length, this.#filled)).equals(byteOrderMark)) this.#begin(length);
    return true;
  }

  #makeRoom(more: number): void {
    if (this.#filled + more <= this.#bytes.length) return;
    // A record that was handed out is no longer needed.
    if (this.#isOver) this.#begin(this.#at);
    const kept = this.#filled - this.#start;
    const target = kept + more <= this.#bytes.length ? this.#bytes : Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, kept + more));
    this.#bytes.copy(target, 0, this.#start, this.#filled);
    this.#bytes = target;
    this.#at -= this.#start;
    this.#start = 0;
    this.#filled = kept;
  }

  /** Looks at bytes up to the end of the record; false where it is not there. */
  #scan(): boolean {
    for (;;) {
      if (this.#at >= this.#filled) return this.#ended ? this.#endOfFile() : this.#waitForMore();
      switch (this.#mode) {
        case cellBegin:
          if (this.#bytes[this.#at] === quote) {
            this.#at += 1;
            this.#doubledQuotes = 0;
            this.#mode = quotedCell;
          } else this.#mode = plainCell;
          break;
        case plainCell:
          if (this.#scanPlain()) return true;
          break;
        case quotedCell:
          this.#scanQuoted();
          break;
        case behindQuote:
          if (this.#scanBehindQuote()) return true;
          break;
        default:
          if (this.#bytes[this.#at] !== lf)
            throw this.#fault(
              this.#at - 1,
              'a carriage return stands alone; lines end with LF or CRLF, and a cell that holds one is quoted',
            );
          return this.#endRecord(this.#at + 1);
      }
    }
  }

  /** True at the end of the record. */
  #scanPlain(): boolean {
    const bytes = this.#bytes;
    const filled = this.#filled;
    let at = this.#at;
    let byte = 0;
    for (; at < filled; at++) {
      byte = bytes[at] ?? 0;
      if (byte <= comma && (byte === comma || byte === lf || byte === cr || byte === quote)) break;
    }
    this.#at = at;
    if (at === filled) return false;
    if (byte === quote) throw this.#fault(at, 'a quote in a cell that does not begin with one');
    this.#endCell(plain, at);
    return this.#behindCell(byte, at);
  }

  #scanQuoted(): void {
    const bytes = this.#bytes;
    const filled = this.#filled;
    let at = this.#at;
    for (; at < filled; at++) {
      const byte = bytes[at];
      if (byte === quote) {
        this.#mode = behindQuote;
        at += 1;
        break;
      }
      if (byte === lf) this.#nextLine += 1;
    }
    this.#at = at;
  }

  /** True at the end of the record. */
  #scanBehindQuote(): boolean {
    const at = this.#at;
    const byte = this.#bytes[at] ?? 0;
    if (byte === quote) {
      this.#doubledQuotes += 1;
      this.#mode = quotedCell;
      this.#at += 1;
      return false;
    }
    if (byte !== comma && byte !== lf && byte !== cr) throw this.#fault(at, 'text behind a closing quote');
    this.#endCell(this.#doubledQuotes > 0 ? doubled : quoted, at);
    return this.#behindCell(byte, at);
  }

  /** @param byte the one that ended the cell. True at the end of the record. */
  #behindCell(byte: number, at: number): boolean {
    if (byte === lf) {
      this.#recordEnd = at - this.#start;
      return this.#endRecord(at + 1);
    }
    if (byte === cr) {
      this.#recordEnd = at - this.#start;
      this.#mode = behindReturn;
    } else {
      this.#cellStart = at + 1 - this.#start;
      this.#mode = cellBegin;
    }
    this.#at = at + 1;
    return false;
  }

  #endRecord(at: number): boolean {
    this.#at = at;
    this.#nextLine += 1;
    return true;
  }

  #endCell(form: number, at: number): void {
    const cell = this.cells;
    if (cell >= this.#limits.columns) throw overLimit(`Line ${this.line} has more than ${this.#limits.columns} cells.`);
    const inQuotes = form === plain ? 0 : 1;
    const start = this.#cellStart + inQuotes;
    const end = at - this.#start - inQuotes;
    this.#checkSize(end - start - (form === doubled ? this.#doubledQuotes : 0));
    this.#starts[cell] = start;
    this.#ends[cell] = end;
    this.#forms[cell] = form;
    this.cells = cell + 1;
  }

  #checkSize(cellBytes: number): void {
    if (cellBytes > this.#limits.cellBytes) throw overLimit(`A cell on line ${this.line} has more than ${this.#limits.cellBytes} bytes.`);
  }

  #waitForMore(): boolean {
    const pending = this.#at - this.#start - this.#cellStart;
    // A cell that does not end must not fill the memory; quotes around and doubled are no part of its content.
    if (this.#mode === plainCell) this.#checkSize(pending);
    else if (this.#mode === quotedCell) this.#checkSize(pending - 1 - this.#doubledQuotes);
    return false;
  }

  #endOfFile(): boolean {
    const at = this.#at;
    if (this.#mode === quotedCell) throw this.#fault(this.#start + this.#cellStart, 'a quote that is opened here and never closed');
    if (this.#mode === behindReturn) throw this.#fault(at - 1, 'a carriage return stands alone; lines end with LF or CRLF');
    if (at === this.#start) return false;
    this.#endCell(this.#mode === behindQuote ? (this.#doubledQuotes > 0 ? doubled : quoted) : plain, at);
    this.#recordEnd = at - this.#start;
    return this.#endRecord(at);
  }

  #fault(at: number, text: string): CsvFault {
    const before = this.#bytes.subarray(this.#start, at);
    const lineStart = before.lastIndexOf(lf) + 1;
    // Lines inside the record were counted up to the place where reading stopped; the place may lie before it.
    let line = this.line;
    for (const byte of before) if (byte === lf) line += 1;
    return malformed({ line, column: before.toString('utf8', lineStart).length + 1 }, text);
  }
}
