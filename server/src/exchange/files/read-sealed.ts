import { type FileHandle, open } from 'node:fs/promises';
import { FrameSeal, frameSizeOf, headerBytes, type Layout, layoutOf, SealedFileDamaged, tagBytes } from './sealed-form.ts';

/** Plain bytes from `start` up to, not including, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The plain bytes of a sealed file, frame by frame, or of a range of it without reading what lies before. Every piece was authenticated
 * before it is handed out, and the file's end before the first one: a file that was cut short yields nothing.
 * @throws SealedFileDamaged; RangeError for a range beyond the end
 */
export async function* readSealed(path: string, key: Uint8Array, range?: ByteRange): AsyncGenerator<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    const { header, layout } = await readLayout(handle);
    const { start, end } = range ?? { start: 0, end: layout.plainBytes };
    if (start < 0 || start > end || end > layout.plainBytes) throw new RangeError(`${path} has ${layout.plainBytes} bytes`);
    const frames = new Frames(handle, new FrameSeal(key, header), layout);
    await frames.read(layout.frames - 1);
    const { frameBytes } = layout;
    for (let at = start; at < end;) {
      const number = Math.floor(at / frameBytes);
      const plain = await frames.read(number);
      const frameStart = number * frameBytes;
      yield plain.subarray(at - frameStart, end - frameStart);
      at = frameStart + frameBytes;
    }
  } finally {
    await handle.close();
  }
}

/** How many plain bytes a sealed file has, by the file's own size: `readSealed` says whether that is true. @throws SealedFileDamaged */
export async function sealedSize(path: string): Promise<number> {
  const handle = await open(path, 'r');
  try {
    return (await readLayout(handle)).layout.plainBytes;
  } finally {
    await handle.close();
  }
}

async function readLayout(handle: FileHandle): Promise<{ header: Buffer; layout: Layout }> {
  const header = await readAt(handle, 0, headerBytes);
  const { size } = await handle.stat();
  return { header, layout: layoutOf(frameSizeOf(header), size) };
}

class Frames {
  readonly #handle: FileHandle;
  readonly #seal: FrameSeal;
  readonly #layout: Layout;

  constructor(handle: FileHandle, seal: FrameSeal, layout: Layout) {
    this.#handle = handle;
    this.#seal = seal;
    this.#layout = layout;
  }

  async read(number: number): Promise<Uint8Array> {
    const { frameBytes, frames, plainBytes } = this.#layout;
    const last = number === frames - 1;
    const plain = last ? plainBytes - number * frameBytes : frameBytes;
    const sealed = await readAt(this.#handle, headerBytes + number * (frameBytes + tagBytes), plain + tagBytes);
    return this.#seal.open(number, last, sealed);
  }
}

async function readAt(handle: FileHandle, position: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(bytes);
  let filled = 0;
  while (filled < bytes) {
    const { bytesRead } = await handle.read(buffer, filled, bytes - filled, position + filled);
    if (bytesRead === 0) throw new SealedFileDamaged('a sealed file is cut short');
    filled += bytesRead;
  }
  return buffer;
}
