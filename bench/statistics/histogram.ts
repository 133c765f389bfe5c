/** Steps within a power of two, as bits: a recorded value is known to 1/128 of itself. */
const stepBits = 7;
const steps = 1 << stepBits;
const mostBits = 53;

/**
 * Counts of whole numbers in buckets that grow with the value (as HDR histograms do): exact below 256, then within 0.8%.
 * Recording allocates nothing. The unit is the caller's.
 */
export class Histogram {
  readonly #counts = new Float64Array((mostBits - stepBits) * steps + steps);
  #total = 0;
  #largest = 0;
  #smallest = Number.POSITIVE_INFINITY;

  get count(): number {
    return this.#total;
  }
  /** 0 where nothing was recorded. */
  get largest(): number {
    return this.#largest;
  }
  get smallest(): number {
    return this.#total === 0 ? 0 : this.#smallest;
  }

  /** @param value at least 0; a fraction is cut off. */
  record(value: number): void {
    if (!(value >= 0 && value < 2 ** mostBits)) throw new RangeError(`a histogram does not hold ${value}`);
    const whole = Math.floor(value);
    const at = bucketOf(whole);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#total += 1;
    if (whole > this.#largest) this.#largest = whole;
    if (whole < this.#smallest) this.#smallest = whole;
  }

  /** Forgets everything. */
  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
    this.#largest = 0;
    this.#smallest = Number.POSITIVE_INFINITY;
  }

  /**
   * The value that this share of all values does not exceed (the end of its bucket, never more than the largest one).
   * @param share 0 to 1; 0.99 is p99. 0 where nothing was recorded.
   */
  percentile(share: number): number {
    if (!(share >= 0 && share <= 1)) throw new RangeError(`a percentile's share cannot be ${share}`);
    const wanted = Math.max(1, Math.ceil(share * this.#total));
    let passed = 0;
    for (const [at, count] of this.#counts.entries()) {
      passed += count;
      if (passed >= wanted) return Math.min(lastOf(at), this.#largest);
    }
    return this.#largest;
  }
}

function bucketOf(whole: number): number {
  if (whole < 2 * steps) return whole;
  const bits = whole < 2 ** 31 ? 32 - Math.clz32(whole) : 63 - Math.clz32(Math.floor(whole / 2 ** 31));
  const shift = bits - 1 - stepBits;
  return shift * steps + Math.floor(whole / 2 ** shift);
}

/** The largest value of a bucket. */
function lastOf(at: number): number {
  const shift = Math.max(0, (at >>> stepBits) - 1);
  return (at - shift * steps + 1) * 2 ** shift - 1;
}
