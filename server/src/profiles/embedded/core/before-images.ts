import { beforeKind, beforeWords } from '../../before-image.ts';

/**
 * `ApplyResult.before` as the engine keeps and sends it, in a quarter of the room where most memberships are new: how many
 * operations, their kinds in a byte each (padded to words), and four words for each of those that are `held`, in their order.
 */
export type PackedBefore = Uint32Array & { readonly packed: unique symbol };

/** What is held goes here first. Used by one call at a time. */
let scratch = new Uint32Array(1024);

const kindWords = (count: number): number => (count + 3) >>> 2;
const heldWords = beforeWords - 1;

/** Takes the before-images of so many operations. Those of an operation that is not named are `unchanged`. One at a time, and in the operations' order. */
export class BeforeImages {
  readonly #head: Uint32Array<ArrayBuffer>;
  readonly #kinds: Uint8Array;
  #heldEnd = 0;

  constructor(count: number) {
    this.#head = new Uint32Array(1 + kindWords(count));
    this.#head[0] = count;
    this.#kinds = new Uint8Array(this.#head.buffer, 4);
  }

  none(operation: number): void {
    this.#kinds[operation] = beforeKind.none;
  }

  held(operation: number, value: number, addedAtS: number, lifetime: number, source: number): void {
    this.#kinds[operation] = beforeKind.held;
    const at = this.#heldEnd;
    if (at + heldWords > scratch.length) {
      const larger = new Uint32Array(scratch.length * 2);
      larger.set(scratch);
      scratch = larger;
    }
    scratch[at] = value;
    scratch[at + 1] = addedAtS;
    scratch[at + 2] = lifetime;
    scratch[at + 3] = source;
    this.#heldEnd = at + heldWords;
  }

  /** To be called once, after the last operation. */
  packed(): PackedBefore {
    if (this.#heldEnd === 0) return this.#head as Uint32Array as PackedBefore;
    const packed = new Uint32Array(this.#head.length + this.#heldEnd);
    packed.set(this.#head);
    packed.set(scratch.subarray(0, this.#heldEnd), this.#head.length);
    return packed as Uint32Array as PackedBefore;
  }
}

/** As the port has it. */
export function unpackBefore(packed: Uint32Array): Uint32Array {
  const count = packed[0] as number;
  const kinds = new Uint8Array(packed.buffer, packed.byteOffset + 4, count);
  const before = new Uint32Array(count * beforeWords);
  let from = 1 + kindWords(count);
  for (let operation = 0, to = 0; operation < count; operation++, to += beforeWords) {
    const kind = kinds[operation] as number;
    before[to] = kind;
    if (kind !== beforeKind.held) continue;
    for (let word = 0; word < heldWords; word++) before[to + 1 + word] = packed[from + word] as number;
    from += heldWords;
  }
  return before;
}
