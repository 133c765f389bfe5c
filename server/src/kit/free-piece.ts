/** Shorter ones may lie in memory that is shared with others. */
const fewestFreed = 65_536;

/**
 * Gives the memory of a piece of a file back at once, when it has been used: gigabytes would else wait for the collector. Nobody else may
 * look at the piece, nor write behind its end.
 */
export function freePiece(piece: Uint8Array): void {
  const { buffer, byteOffset, byteLength } = piece;
  if (buffer instanceof ArrayBuffer && byteLength >= fewestFreed && byteOffset + byteLength === buffer.byteLength) buffer.transfer(0);
}
