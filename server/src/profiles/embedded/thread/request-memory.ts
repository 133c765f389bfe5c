/** Memory that requests and answers are written into or read from. */
export interface RequestMemory {
  readonly words: Uint32Array;
  readonly bytes: Uint8Array;
}
