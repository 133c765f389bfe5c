const gone = Symbol('gone');

/**
 * An immutable map that is cheap to change a little: a large base, shared between versions, and a small layer of changes over it.
 * `with` answers a new version and leaves the old one as it is; when the layer has grown it is folded into a new base.
 */
export class LayeredMap<Key, Value> {
  static readonly #foldAt = 1024;
  readonly #base: ReadonlyMap<Key, Value>;
  readonly #layer: ReadonlyMap<Key, Value | typeof gone>;

  constructor(base: ReadonlyMap<Key, Value> = new Map(), layer: ReadonlyMap<Key, Value | typeof gone> = new Map()) {
    this.#base = base;
    this.#layer = layer;
  }

  get(key: Key): Value | undefined {
    const changed = this.#layer.size === 0 ? undefined : this.#layer.get(key);
    if (changed === undefined) return this.#base.get(key);
    return changed === gone ? undefined : changed;
  }

  /** Entries in no particular order. */
  *entries(): IterableIterator<[Key, Value]> {
    for (const [key, value] of this.#base) if (!this.#layer.has(key)) yield [key, value];
    for (const [key, value] of this.#layer) if (value !== gone) yield [key, value];
  }

  *values(): IterableIterator<Value> {
    for (const [, value] of this.entries()) yield value;
  }

  /** A version with these changes; `undefined` takes a key out. */
  with(changes: Iterable<readonly [Key, Value | undefined]>): LayeredMap<Key, Value> {
    const layer = new Map(this.#layer);
    for (const [key, value] of changes) layer.set(key, value === undefined ? gone : value);
    const next = new LayeredMap(this.#base, layer);
    return layer.size < LayeredMap.#foldAt ? next : new LayeredMap(new Map(next.entries()));
  }
}
