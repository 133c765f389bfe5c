const tab = 0x09;
const lineEnd = 0x0a;
const tabsBefore = 3;

/**
 * The last column of a reject file, byte for byte: the refused lines themselves, each with its line end, without the head. What comes
 * in pieces goes out in pieces.
 */
export async function* refusedLines(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  /** Tabs met in the line; -1 in the head. */
  let tabs = -1;
  for await (const piece of pieces) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    const kept: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      const before = tabs >= 0 && tabs < tabsBefore;
      const end = bytes.indexOf(before ? tab : lineEnd, at);
      const next = end === -1 ? bytes.length : end + 1;
      if (tabs === tabsBefore) kept.push(bytes.subarray(at, next));
      if (end !== -1) tabs = before ? tabs + 1 : 0;
      at = next;
    }
    if (kept.length > 0) yield Buffer.concat(kept);
  }
}
