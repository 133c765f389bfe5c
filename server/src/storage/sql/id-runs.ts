/** Databases bound the number of values of a statement; many are sent in runs of this many. */
const runLength = 500;

/** Cuts ids into runs that one statement takes. */
export function* runsOf<T>(ids: readonly T[]): IterableIterator<readonly T[]> {
  for (let at = 0; at < ids.length; at += runLength) yield ids.slice(at, at + runLength);
}
