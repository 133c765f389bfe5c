/** What became of a chunk. */
export interface WrittenChunk {
  /** One code an operation; null: all were applied. */
  readonly outcomes: Uint8Array | null;
  /** By idle user: 1 where the store refuses it; null: none is. */
  readonly idleRefused: Uint8Array | null;
  readonly added: number;
  readonly refreshed: number;
  readonly removed: number;
  /** Before-images (`ApplyResult.before`). */
  readonly before: Uint32Array | null;
}
