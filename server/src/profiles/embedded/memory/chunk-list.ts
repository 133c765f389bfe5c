import { newHalves, newWords } from './shared-words.ts';

type Chunk = Uint32Array | Uint16Array;

/**
 * The chunks of one structure. The engine's thread adds them and tells who listens, before anything refers to the new chunk;
 * a reader in another thread holds a list of its own over the same memory. Views have a fixed length and never move.
 */
export class ChunkList<View extends Chunk = Uint32Array> {
  /** Read this array directly on hot paths: it stays the same one. */
  readonly views: View[] = [];
  readonly #view: (buffer: SharedArrayBuffer) => View;
  readonly #make: () => View;
  /** Told of each chunk that is made here. */
  onAdded: ((buffer: SharedArrayBuffer) => void) | null = null;

  private constructor(make: () => View, view: (buffer: SharedArrayBuffer) => View) {
    this.#make = make;
    this.#view = view;
  }

  static ofWords(wordsPerChunk: number): ChunkList {
    return new ChunkList<Uint32Array>(
      () => newWords(wordsPerChunk),
      (buffer) => new Uint32Array(buffer),
    );
  }

  static ofHalves(halvesPerChunk: number): ChunkList<Uint16Array> {
    return new ChunkList<Uint16Array>(
      () => newHalves(halvesPerChunk),
      (buffer) => new Uint16Array(buffer),
    );
  }

  get bytes(): number {
    return this.views.length * (this.views[0]?.byteLength ?? 0);
  }

  /** Writer: one more chunk of zeros. */
  add(): void {
    const view = this.#make();
    this.onAdded?.(view.buffer as SharedArrayBuffer);
    this.views.push(view);
  }

  /** Reader: the next chunk, made by the writer. */
  adopt(buffer: SharedArrayBuffer): void {
    this.views.push(this.#view(buffer));
  }
}
