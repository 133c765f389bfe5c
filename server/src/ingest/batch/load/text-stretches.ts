import type { LineParser } from '../parse/line-parser.ts';
import type { ParsedChunk } from '../parse/parsed-chunk.ts';
import type { SegmentName } from '../parse/segment-table.ts';
import { freePiece } from '../../../kit/free-piece.ts';
import { type LineBlock, LineBlocks } from '../scan/line-blocks.ts';
import { isRepeatIn } from '../scan/repeated-lines.ts';
import type { Stretch } from './stretch.ts';

/** The stretches of a text, one for each block of lines. @param repeats one bit a line; null: no line repeats another */
export async function* textStretches(
  pieces: AsyncIterable<Uint8Array>,
  parser: LineParser,
  repeats: Uint8Array | null,
): AsyncGenerator<Stretch> {
  const blocks = new LineBlocks();
  const isRepeat = repeats === null ? null : (line: number): boolean => isRepeatIn(repeats, line);
  let line = 1;
  const take = (block: LineBlock): BlockStretch => new BlockStretch(block, line, parser, isRepeat);
  for await (const piece of pieces) {
    blocks.push(piece);
    freePiece(piece);
    for (let block = blocks.next(); block !== undefined; block = blocks.next()) {
      const stretch = take(block);
      yield stretch;
      line += stretch.physicalLines;
    }
  }
  blocks.finish();
  for (let block = blocks.next(); block !== undefined; block = blocks.next()) {
    const stretch = take(block);
    yield stretch;
    line += stretch.physicalLines;
  }
}

class BlockStretch implements Stretch {
  readonly bytes: Uint8Array;
  readonly firstLine: number;
  physicalLines = 0;
  readonly #oversize: boolean;
  readonly #parser: LineParser;
  readonly #isRepeat: ((line: number) => boolean) | null;
  #at = 0;

  constructor(block: LineBlock, firstLine: number, parser: LineParser, isRepeat: ((line: number) => boolean) | null) {
    this.bytes = block.bytes.slice(block.start, block.end);
    this.firstLine = firstLine;
    this.#oversize = block.oversize;
    this.#parser = parser;
    this.#isRepeat = isRepeat;
  }

  fillChunk(into: ParsedChunk): boolean {
    const line = this.firstLine + into.physicalLines;
    const isCut = this.#oversize ? (): boolean => true : null;
    this.#at = this.#parser.parse(this.bytes, this.#at, this.bytes.length, line, this.#isRepeat, into, isCut);
    this.physicalLines = into.physicalLines;
    return this.#at >= this.bytes.length;
  }

  unresolved(): readonly SegmentName[] {
    return this.#parser.unresolved();
  }

  release(): void {
    (this.bytes.buffer as ArrayBuffer).transfer(0);
  }
}
