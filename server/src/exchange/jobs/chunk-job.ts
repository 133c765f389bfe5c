/** Chunks of jobs of the exchange are told from those of the Batch Segment Service by the top bit: job ids are below 2^28. */
export const chunkJobOf = (job: number): number => 0x8000_0000 + job;
