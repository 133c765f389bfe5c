import { open } from 'node:fs/promises';

const pieceBytes = 1_048_576;

/** How far a file has been written, told by whoever writes it. */
export class FileGrowth {
  #bytes: number;
  #ended: boolean;
  #waiting: (() => void) | null = null;

  private constructor(bytes: number, ended: boolean) {
    this.#bytes = bytes;
    this.#ended = ended;
  }

  static begun = (): FileGrowth => new FileGrowth(0, false);
  /** Of a file that is there whole. */
  static whole = (): FileGrowth => new FileGrowth(Number.POSITIVE_INFINITY, true);

  get bytes(): number {
    return this.#bytes;
  }
  get ended(): boolean {
    return this.#ended;
  }

  grew(bytes: number, ended: boolean): void {
    this.#bytes = bytes;
    this.#ended = ended;
    this.#waiting?.();
    this.#waiting = null;
  }

  /** Resolves when there is more than so much, or no more will come. */
  beyond(bytes: number): Promise<void> {
    if (this.#bytes > bytes || this.#ended) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }
}

/** A file's bytes from its begin, as far as they are there, waiting for more until no more will come. @param onRead told how far it is */
export async function* growingFile(
  path: string,
  growth: FileGrowth,
  onRead: (bytes: number) => void = () => {},
): AsyncGenerator<Uint8Array> {
  // It may not be there before its first bytes are.
  await growth.beyond(0);
  const file = await open(path, 'r');
  try {
    for (let at = 0; ;) {
      await growth.beyond(at);
      const most = Math.min(pieceBytes, growth.bytes - at);
      if (most <= 0) return;
      const piece = new Uint8Array(most);
      const { bytesRead } = await file.read(piece, 0, most, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      onRead(at);
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
