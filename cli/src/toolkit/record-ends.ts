const lineFeed = 0x0a;
const quote = 0x22;

/** Finds where records of a CSV file end (exchange.md section 3): behind a line feed that stands in no quotes. Fed in order, of any size. */
export class RecordEnds {
  #quoted = false;

  /** Counts the records that end in this piece. @param onEnd called with the place behind each */
  feed(piece: Uint8Array, onEnd?: (place: number) => void): number {
    let quoted = this.#quoted;
    let ends = 0;
    for (let place = 0; place < piece.length; place += 1) {
      const byte = piece[place];
      if (byte === quote) quoted = !quoted;
      else if (byte === lineFeed && !quoted) {
        ends += 1;
        onEnd?.(place + 1);
      }
    }
    this.#quoted = quoted;
    return ends;
  }
}
