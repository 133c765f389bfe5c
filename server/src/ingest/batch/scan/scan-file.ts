import { avroRecords } from '../avro/avro-records.ts';
import { freePiece } from '../../../kit/free-piece.ts';
import { LineBlocks, type LineBlock } from './line-blocks.ts';
import { LineHash } from './line-hash.ts';
import { RepeatedLines, type ScanMemory } from './repeated-lines.ts';
import type { ScanOrder, ScanResult } from './scan-result.ts';
import { type UnpackedText, unpackedText, UnreadableFile } from './unpacked-text.ts';

const lf = 0x0a;
const cr = 0x0d;
const tab = 0x09;
/** A text in whose first block more of a thousand bytes are control characters is none. */
const mostControlPerMille = 20;

/** A first pass that has come to the end of the file. */
export interface Scanned {
  readonly result: ScanResult;
  /** Looks for repeats: one bit a line, null where there are none. To be called once, or `release`. */
  readonly repeats: () => Uint8Array | null;
  readonly release: () => void;
}

/**
 * The first pass over a file: can it be read to its end, how many lines has it, and which of them repeat an earlier one? Nothing is
 * written before this is known, so a file that is cut short or damaged has no effect. Memory does not grow with the file.
 */
export async function scanFile(source: AsyncIterable<Uint8Array>, order: ScanOrder, memory: ScanMemory): Promise<Scanned> {
  const scan = new Scan(order, new RepeatedLines(memory, order.repeats));
  try {
    await scan.run(source);
  } catch (error) {
    scan.release();
    if (!(error instanceof UnreadableFile)) throw error;
    return { result: scan.result(error.message), repeats: () => null, release: () => {} };
  }
  return { result: scan.result(null), repeats: () => scan.repeats(), release: () => scan.release() };
}

class Scan {
  readonly #order: ScanOrder;
  readonly #repeated: RepeatedLines;
  readonly #hash = new LineHash();
  readonly #seed = Math.floor(Math.random() * 2 ** 32);
  #unpacked: Pick<UnpackedText, 'format' | 'gzipped'> = { format: 'text', gzipped: false };
  /** The number of the last line, blank ones counted. */
  #line = 0;
  #lines = 0;
  #textBytes = 0;

  constructor(order: ScanOrder, repeated: RepeatedLines) {
    this.#order = order;
    this.#repeated = repeated;
  }

  async run(source: AsyncIterable<Uint8Array>): Promise<void> {
    const unpacked = await unpackedText(source, this.#order.textLimitBytes);
    this.#unpacked = unpacked;
    if (unpacked.format === 'avro') return this.#takeRecords(unpacked.pieces);
    const blocks = new LineBlocks();
    const takeAll = (): void => {
      for (let block = blocks.next(); block !== undefined; block = blocks.next()) this.#takeBlock(block);
    };
    for await (const piece of unpacked.pieces) {
      this.#textBytes += piece.length;
      blocks.push(piece);
      freePiece(piece);
      takeAll();
    }
    blocks.finish();
    takeAll();
    return undefined;
  }

  result(fault: string | null): ScanResult {
    const { format, gzipped } = this.#unpacked;
    return { format, gzipped, lines: this.#lines, textBytes: this.#textBytes, fault };
  }

  repeats(): Uint8Array | null {
    return this.#repeated.finish(this.#line);
  }

  release(): void {
    this.#repeated.release();
  }

  /** A record is a line. */
  async #takeRecords(pieces: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const records of avroRecords(this.#counted(pieces))) for (const { bytes } of records) this.#takeLine(bytes, 0, bytes.length);
  }

  async *#counted(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      this.#textBytes += piece.length;
      yield piece;
    }
  }

  #takeBlock({ bytes, start, end, oversize }: LineBlock): void {
    if (this.#line === 0) this.#refuseBinary(bytes.subarray(start, end));
    if (oversize) {
      this.#line += 1;
      this.#lines += 1;
      return;
    }
    for (let at = start; at < end;) {
      const found = bytes.indexOf(lf, at);
      const lineEnd = found < 0 || found >= end ? end : found;
      this.#takeLine(bytes, at, lineEnd > at && bytes[lineEnd - 1] === cr ? lineEnd - 1 : lineEnd);
      at = lineEnd + 1;
    }
  }

  #takeLine(bytes: Uint8Array, start: number, end: number): void {
    this.#line += 1;
    if (end === start) return;
    this.#lines += 1;
    const hash = this.#hash;
    hash.of(bytes, start, end, this.#seed);
    this.#repeated.add(hash.a, hash.b, hash.c, this.#line);
  }

  /** Bytes that are no text would only be thousands of malformed lines. @throws UnreadableFile */
  #refuseBinary(begin: Uint8Array): void {
    const { separators } = this.#order;
    let control = 0;
    for (const byte of begin) {
      if (byte >= 0x20 || byte === lf || byte === cr || byte === tab || separators.includes(byte)) continue;
      if (byte === 0) throw new UnreadableFile('the file holds zero bytes, so it is no text; send text, gzip or Avro');
      control += 1;
    }
    if (control * 1000 > begin.length * mostControlPerMille)
      throw new UnreadableFile('the file is full of control characters, so it is no text; send text, gzip or Avro');
  }
}
