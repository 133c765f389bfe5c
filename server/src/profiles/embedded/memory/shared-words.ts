/**
 * The only place that makes the engine's memory. Fixed-length views over SharedArrayBuffers, so that another thread can be
 * given the same chunks; length-tracking views were measured 67 times slower.
 */
export const newWords = (length: number): Uint32Array<SharedArrayBuffer> => new Uint32Array(new SharedArrayBuffer(length * 4));
export const newHalves = (length: number): Uint16Array<SharedArrayBuffer> => new Uint16Array(new SharedArrayBuffer(length * 2));
